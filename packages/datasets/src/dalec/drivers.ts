import cos from "@stdlib/math-base-special-cos";
import sin from "@stdlib/math-base-special-sin";
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

/** A smooth synthetic year at a boreal evergreen site. Sines of the date give the temperature (coldest on 25
 *  January), its daily range, the clearness of the sky (least on 21 December) and CO2 (highest on 20 April).
 *  Astronomy gives the radiation above the atmosphere. The year is close to long-term means at boreal pine
 *  forests of 62 degrees north. The mean temperature is 3.5 degrees, and monthly means are from -9 to 16. It
 *  uses no measured series. */
export function climatology(): Drivers {
  const latitude = 62;
  const day = Float64Array.from({ length: 365 }, (_, d) => d + 1);
  /** -1 on the given day of the year, 1 half a year later. */
  const season = (d: number, lowest: number): number => -cos((2 * Math.PI * (d - lowest)) / 365);
  const between = ([low, high]: readonly [number, number], s: number): number =>
    low + ((high - low) * (s + 1)) / 2;
  const middle = day.map((d) => 3.5 + 12.5 * season(d, 25));
  const halfRange = day.map((d) => between([5, 11], season(d, -10)) / 2);
  return {
    name: "synthetic boreal climatology",
    latitude,
    day,
    minimum: middle.map((t, i) => t - halfRange[i]!),
    maximum: middle.map((t, i) => t + halfRange[i]!),
    radiation: day.map((d) => between([0.3, 0.46], season(d, -10)) * extraterrestrial(d, latitude)),
    co2: day.map((d) => 390 - 7 * season(d, 110)),
  };
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

/** Hours of daylight of each day. */
export function dayLengths(drivers: Drivers): Float64Array {
  return drivers.day.map((d) => dayLength(d, drivers.latitude));
}
