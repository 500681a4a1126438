import exp from "@stdlib/math-base-special-exp";
import pow from "@stdlib/math-base-special-pow";
import { type Drivers, dayLengths } from "./drivers.ts";

/** Coefficients a2 to a10 of the aggregated canopy model as REFLEX fixed them: Fox et al. (2009), the REFLEX
 *  project, Agricultural and Forest Meteorology 149, 1597-1615. a1, the canopy efficiency, is an input. */
const canopy = {
  a2: 0.0156935,
  a3: 4.22273,
  a4: 208.868,
  a5: 0.0453194,
  a6: 0.37836,
  a7: 7.19298,
  a8: 0.011136,
  a9: 2.1001,
  a10: 0.789798,
  /** Greatest difference of water potential between soil and leaf, MPa. */
  psi: -2,
  /** Resistance of soil and plant to the flow of water, MPa m2 s mmol-1. */
  resistance: 1,
} as const;

/** The part of the canopy model that depends on the weather alone, for each day. */
export interface CanopyWeather {
  /** Canopy conductance g = |psi|^a10 / (a6 R + (Tmax - Tmin) / 2). */
  readonly conductance: Float64Array;
  /** exp(a8 Tmax) / g. */
  readonly warmth: Float64Array;
  /** a2 s + a5, s the day length in hours. */
  readonly daylight: Float64Array;
  readonly radiation: Float64Array;
  readonly co2: Float64Array;
}

export function canopyWeather(drivers: Drivers): CanopyWeather {
  const { minimum, maximum, radiation, co2 } = drivers;
  const potential = pow(-canopy.psi, canopy.a10);
  const conductance = maximum.map(
    (t, d) => potential / (canopy.a6 * canopy.resistance + (t - minimum[d]!) / 2),
  );
  return {
    conductance,
    warmth: maximum.map((t, d) => exp(canopy.a8 * t) / conductance[d]!),
    daylight: dayLengths(drivers).map((s) => canopy.a2 * s + canopy.a5),
    radiation,
    co2,
  };
}

/** Gross primary production of one day, gC m-2, by the aggregated canopy model of Williams et al. (1997),
 *  Predicting gross primary productivity in terrestrial ecosystems, Ecological Applications 7, 882-894:
 *
 *      p = LAI a1 exp(a8 Tmax) / g,  q = a3 - a4
 *      Ci = (Ca + q - p + sqrt((Ca + q - p)^2 - 4 (Ca q - p a3))) / 2
 *      E0 = a7 LAI^2 / (LAI^2 + a9)
 *      GPP = E0 I g (Ca - Ci) / (E0 I + g (Ca - Ci)) * (a2 s + a5)
 *
 *  The difference Ca - Ci is computed as 2 p (Ca - a3) / (b + sqrt(b^2 - 4 p (Ca - a3))) with b = Ca - q + p,
 *  which is the same and does not cancel when the leaf area is small. Without leaves or light it is 0. */
export function photosynthesis(
  leafArea: number,
  efficiency: number,
  day: number,
  weather: CanopyWeather,
): number {
  const light =
    ((canopy.a7 * leafArea * leafArea) / (leafArea * leafArea + canopy.a9)) * weather.radiation[day]!;
  if (light === 0) return 0;
  const co2 = weather.co2[day]!;
  const p = leafArea * efficiency * weather.warmth[day]!;
  const b = co2 - (canopy.a3 - canopy.a4) + p;
  const c = p * (co2 - canopy.a3);
  const diffusion = (weather.conductance[day]! * 2 * c) / (b + Math.sqrt(b * b - 4 * c));
  return ((light * diffusion) / (light + diffusion)) * weather.daylight[day]!;
}
