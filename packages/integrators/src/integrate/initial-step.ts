import { startingSlope } from "../consistent-start.ts";
import { power } from "../power.ts";
import type { Stepper } from "../steppers/stepper.ts";
import { allFinite, weightedNorm } from "../vectors.ts";

/** Estimates a first step from the sizes of y, y' and y''. The estimate of y'' takes one evaluation of f.
 *  @see Hairer, Norsett and Wanner I, II.4 */
export function initialStep(stepper: Stepper, t: number, t1: number, weights: Float64Array): number {
  const { y, system } = stepper;
  const length = Math.abs(t1 - t);
  const direction = t1 >= t ? 1 : -1;
  if (system.mass !== undefined) {
    const derivative = startingSlope(system, t, y, weights, direction * 1e-8 * length);
    return Math.min(1e-3 * length, 0.5 / weightedNorm(derivative, weights));
  }
  const slope = stepper.slope(t);
  const sizeY = weightedNorm(y, weights);
  const sizeSlope = weightedNorm(slope, weights);
  // A state below the tolerances is as good as zero, and no measure of what is a small change of it.
  let guess = sizeY < 1e-5 || sizeSlope < 1e-5 ? 1e-6 : (0.01 * Math.max(1, sizeY)) / sizeSlope;
  guess = Math.min(guess, length);
  if (!(guess > 0)) return length;
  const probe = new Float64Array(y.length);
  const change = new Float64Array(y.length);
  for (let i = 0; i < y.length; i++) probe[i] = y[i]! + direction * guess * slope[i]!;
  system.f(t + direction * guess, probe, change);
  if (!allFinite(change)) return guess * 1e-3;
  for (let i = 0; i < y.length; i++) change[i] = change[i]! - slope[i]!;
  const sizeCurve = weightedNorm(change, weights) / guess;
  const largest = Math.max(sizeSlope, sizeCurve);
  const step =
    largest <= 1e-15 ? Math.max(1e-6, guess * 1e-3) : power(0.01 / largest, 1 / (stepper.errorOrder + 1));
  return Math.min(100 * guess, step, length);
}
