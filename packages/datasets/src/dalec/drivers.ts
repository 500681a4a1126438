import cos from "@stdlib/math-base-special-cos";
import sin from "@stdlib/math-base-special-sin";
import { needed } from "@stiffnet/base";
import { DatasetError } from "../errors.ts";
import { checkOptions, given } from "../options.ts";
import { dayLength, declination, sunsetAngle } from "./sun.ts";

/** One year of daily weather, which a run repeats. All arrays have one value a day. */
export interface Drivers {
  readonly name: string;
  /** Degrees north. */
  readonly latitude: number;
  /** Day of the year, 1 to 365. */
  readonly day: Float64Array;
  /** Lowest temperature of the day, degrees Celsius. */
  readonly minimum: Float64Array;
  /** Highest temperature of the day, degrees Celsius. */
  readonly maximum: Float64Array;
  /** Global radiation, MJ m-2 day-1. */
  readonly radiation: Float64Array;
  /** Carbon dioxide, ppm. */
  readonly co2: Float64Array;
}

/** A smooth synthetic year at a boreal evergreen site: sines of the date for temperature (coldest on 25
 *  January), its daily range, the clearness of the sky (least on 21 December) and CO2 (highest on 20 April),
 *  and the radiation above the atmosphere by astronomy. It is near to long-term means at boreal
 *  pine forests of 62 degrees north (a mean temperature of 3.5 degrees, monthly means from -9 to 16); no
 *  measured series went in. */
export function climatology(): Drivers {
  const latitude = 62;
  const day = Float64Array.from({ length: 365 }, (_, d) => d + 1);
  /** -1 on the given day of the year, 1 half a year later. */
  const season = (d: number, lowest: number): number => -cos((2 * Math.PI * (d - lowest)) / 365);
  const between = ([low, high]: readonly [number, number], s: number): number =>
    low + ((high - low) * (s + 1)) / 2;
  const middle = day.map((d) => 3.5 + 12.5 * season(d, 25));
  const halfRange = day.map((d) => between([5, 11], season(d, -10)) / 2);
  return requireDrivers({
    name: "synthetic boreal climatology",
    latitude,
    day,
    minimum: middle.map((t, i) => t - halfRange[i]!),
    maximum: middle.map((t, i) => t + halfRange[i]!),
    radiation: day.map((d) => between([0.3, 0.46], season(d, -10)) * extraterrestrial(d, latitude)),
    co2: day.map((d) => 390 - 7 * season(d, 110)),
  });
}

/** Daily radiation on a level surface above the atmosphere, MJ m-2, for a solar constant of 1361 W m-2. */
function extraterrestrial(day: number, latitude: number): number {
  const phi = (latitude * Math.PI) / 180;
  const delta = declination(day);
  const omega = sunsetAngle(phi, delta);
  const distance = 1 + 0.033 * cos((2 * Math.PI * day) / 365);
  const exposure = omega * sin(phi) * sin(delta) + cos(phi) * cos(delta) * sin(omega);
  return Math.max(0, ((86400 * 1361e-6) / Math.PI) * distance * exposure);
}

/** Drivers from daily rows with columns `day`, `minimum`, `maximum`, `radiation` and `co2`, in the units of
 *  `Drivers`; a table of `@stiffnet/tables` will do. Any number of days; a run repeats them. */
export function driversFrom(
  table: { readonly name: string; column(name: string): Float64Array },
  options: { latitude: number },
): Drivers {
  checkOptions<{ latitude: number }>("driversFrom", options, { latitude: needed(given) });
  const column = (name: string): Float64Array => table.column(name);
  return requireDrivers({
    name: table.name,
    latitude: options.latitude,
    day: column("day"),
    minimum: column("minimum"),
    maximum: column("maximum"),
    radiation: column("radiation"),
    co2: column("co2"),
  });
}

/** Refuses weather that the model is not made for, by day and variable. */
function requireDrivers(drivers: Drivers): Drivers {
  const { name, latitude, day, minimum, maximum, radiation, co2 } = drivers;
  if (!(Math.abs(latitude) <= 90)) {
    throw new DatasetError(`${name}: latitude ${latitude}, expected -90 to 90 degrees`, {
      code: "bad_drivers",
    });
  }
  const within = (what: string, values: Float64Array, low: number, high: number): void => {
    const bad = values.findIndex((x) => !(x >= low && x <= high));
    if (bad < 0) return;
    throw new DatasetError(`${name}, row ${bad + 1}: ${what} is ${values[bad]}, expected ${low} to ${high}`, {
      code: "bad_drivers",
    });
  };
  within("day", day, 1, 366);
  within("minimum", minimum, -90, 60);
  within("maximum", maximum, -90, 60);
  within("radiation", radiation, 0, 60);
  within("co2", co2, 50, 5000);
  const crossed = minimum.findIndex((low, i) => low > maximum[i]!);
  if (crossed >= 0) {
    throw new DatasetError(
      `${name}, row ${crossed + 1}: minimum ${minimum[crossed]} is above maximum ${maximum[crossed]}`,
      { code: "bad_drivers" },
    );
  }
  return drivers;
}

/** Hours of daylight of each day. */
export function dayLengths(drivers: Drivers): Float64Array {
  return drivers.day.map((d) => dayLength(d, drivers.latitude));
}
