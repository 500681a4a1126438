import {
  integrate,
  type Model,
  type NeuralOdeConfig,
  predict,
  refine,
  type StepSolver,
} from "@stiffnet/core";
import { radau } from "@stiffnet/integrators";
import { logSlope, mean, median } from "@stiffnet/report";
import { solverOf } from "../../solvers.ts";

/** One number of steps. Errors are root mean squares over the probes, relative to the standard deviation of
 *  the outputs. */
export interface ConvergencePoint {
  /** N. */
  readonly steps: number;
  /** The network as it computes, in float32, against the ODE. */
  readonly error: number;
  /** The same steps in float64. */
  readonly exactArithmetic: number;
  /** Between the two: what float32 does. */
  readonly rounding: number;
}

export interface Convergence {
  readonly solver: StepSolver;
  readonly order: number;
  readonly points: readonly ConvergencePoint[];
  /** Slope of the finest three float32 errors that are five times the rounding; null with fewer than two. */
  readonly slope: number | null;
  /** Slope of the three finest float64 errors. */
  readonly slopeExact: number | null;
  /** Median of the rounding. */
  readonly floor: number;
}

/** How many of the finest errors a slope is fitted to: coarse ones are not in their asymptotic regime. */
const fitted = 3;
/** Below, float64 errors are those of the reference and of its arithmetic. */
const exactFloor = 1e-11;

/** The outputs of the ODE that the model discretises, by tight error control; a hint where it cannot be
 *  solved. */
export async function exactOutputs(
  model: Model,
  probes: Float64Array,
): Promise<Float64Array | { readonly hint: string }> {
  const { outputs, failed, hint } = await integrate(model, probes, {
    solver: radau,
    rtol: 1e-12,
    atol: 1e-14,
  });
  return failed > 0 ? { hint } : outputs;
}

/** The same field by one more number of steps. */
export async function convergencePoint(
  model: Model<NeuralOdeConfig>,
  solver: StepSolver,
  factor: number,
  probes: Float64Array,
  exact: Float64Array,
): Promise<ConvergencePoint> {
  const finer = refine({ ...model, config: { ...model.config, solver } }, factor);
  const steps = finer.config.depth;
  const single = predict(finer, probes);
  const { outputs: double } = await integrate(finer, probes, {
    solver: solverOf(solver),
    steps,
    rtol: 1e-9,
    atol: 1e-11,
  });
  const middle = mean([...exact]);
  const size = rms(exact, () => middle);
  const distance = (a: Float64Array, b: Float64Array): number => rms(a, (i) => b[i]!) / size;
  return {
    steps,
    error: distance(single, exact),
    exactArithmetic: distance(double, exact),
    rounding: distance(single, double),
  };
}

function rms(values: Float64Array, from: (i: number) => number): number {
  return Math.sqrt(mean(Array.from(values, (value, i) => (value - from(i)) ** 2)));
}

export function convergenceOf(solver: StepSolver, points: readonly ConvergencePoint[]): Convergence {
  const slope = (of: (point: ConvergencePoint) => number, usable: (point: ConvergencePoint) => boolean) => {
    const finest = points.filter(usable).slice(-fitted);
    // Errors fall with the number of steps; orders are counted upwards.
    const found = -logSlope(finest.map((point) => ({ x: point.steps, y: of(point) })));
    return Number.isFinite(found) ? found : null;
  };
  return {
    solver,
    order: solverOf(solver).order,
    points,
    slope: slope(
      ({ error }) => error,
      ({ error, rounding }) => error > 5 * rounding,
    ),
    slopeExact: slope(
      ({ exactArithmetic }) => exactArithmetic,
      ({ exactArithmetic }) => exactArithmetic > exactFloor,
    ),
    floor: median(points.map(({ rounding }) => rounding)),
  };
}
