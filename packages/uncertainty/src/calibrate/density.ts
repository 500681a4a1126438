import exp from "@stdlib/math-base-special-exp";
import ln from "@stdlib/math-base-special-ln";
import type { Axis } from "@stiffnet/datasets";
import { type Calibration, levelsOf, usualLevel } from "../intervals.ts";
import { normalQuantile } from "./normal.ts";
import type { SpreadSurrogate } from "./surrogate.ts";
import type { LogDensity } from "./trajectory.ts";

/** What was measured: a value of one output, and its standard deviation. */
export interface Observation {
  /** Place among the outputs, from 0. */
  readonly output: number;
  readonly value: number;
  readonly error: number;
}

/** How an input is distributed before anything was observed; a number holds it there. */
export type Prior = Axis | number;

/** The posterior over the inputs that vary, in coordinates u without bounds:
 *
 *      x = lower + (upper - lower) / (1 + exp(-u)),
 *      ln p(u) = ln prior(x) + ln |dx / du| - 1/2 sum_o ( (y_o - F_o(x))^2 / v_o + ln v_o ),
 *      v_o = error_o^2 + s_o(x)^2,
 *
 *  with s the surrogate's own error. */
export interface Posterior {
  readonly dimension: number;
  readonly density: LogDensity;
  /** All inputs at u, those that are held among them. */
  inputsAt(u: ArrayLike<number>): Float64Array;
}

/** Standard deviation of the surrogate's error as its intervals tell it: half the width of the 90 % interval
 *  (or the widest that it has) over the normal's. What it is relative to F of a logarithmic output. */
export interface OwnError {
  of(output: number, mean: number, std: number): number;
  /** Derivatives of its square by mean and std. */
  slopes(output: number, mean: number, std: number): readonly [byMean: number, byStd: number];
}

/** undefined where the calibration had too few rows for every level. */
export function ownError(calibration: Calibration): OwnError | undefined {
  const levels = levelsOf(calibration);
  const level = levels.includes(usualLevel) ? usualLevel : levels.at(-1);
  if (level === undefined) return undefined;
  const at = calibration.levels.indexOf(level);
  const normal = normalQuantile((1 + level) / 2);
  const outputs = calibration.outputs.map(({ floor, factors, logarithmic = false }) => ({
    floor,
    logarithmic,
    ratio: factors[at]! / normal,
  }));
  return {
    of(output, mean, std) {
      const { floor, ratio, logarithmic } = outputs[output]!;
      const least = logarithmic ? floor * mean : floor;
      return ratio * Math.sqrt(std * std + least * least);
    },
    slopes(output, mean, std) {
      const { floor, ratio, logarithmic } = outputs[output]!;
      const square = 2 * ratio * ratio;
      return [logarithmic ? square * floor * floor * mean : 0, square * std];
    },
  };
}

export function posteriorOf(
  surrogate: SpreadSurrogate,
  priors: readonly Prior[],
  observations: readonly Observation[],
  own: OwnError,
): Posterior {
  const varied = priors.flatMap((prior, input) =>
    typeof prior === "number" ? [] : [{ input, axis: prior }],
  );
  const held = Float64Array.from(priors, (prior) => (typeof prior === "number" ? prior : 0));
  const inputsAt = (u: ArrayLike<number>): Float64Array => {
    const x = held.slice();
    varied.forEach(({ input, axis: { lower, upper } }, k) => {
      x[input] = lower + (upper - lower) * logistic(u[k]!);
    });
    return x;
  };
  return {
    dimension: varied.length,
    inputsAt,
    density(u, gradient) {
      const x = inputsAt(u);
      const { mean, std } = surrogate.at(x);
      const [byMean, byStd] = [new Float64Array(mean.length), new Float64Array(mean.length)];
      let value = 0;
      for (const { output, value: observed, error } of observations) {
        const [m, s] = [mean[output]!, std[output]!];
        const sigma = own.of(output, m, s);
        const variance = error * error + sigma * sigma;
        const off = observed - m;
        value -= ((off * off) / variance + ln(variance)) / 2;
        const byVariance = ((off * off) / variance - 1) / (2 * variance);
        const [slopeMean, slopeStd] = own.slopes(output, m, s);
        byMean[output]! += off / variance + byVariance * slopeMean;
        byStd[output]! += byVariance * slopeStd;
      }
      const byInput = surrogate.pull(byMean, byStd);
      varied.forEach(({ input, axis }, k) => {
        const share = logistic(u[k]!);
        const rest = logistic(-u[k]!);
        const prior = logPrior(axis, x[input]!);
        // ln |dx/du| = ln(upper - lower) + ln share + ln rest.
        value += prior.value + ln(share) + ln(rest);
        gradient[k] =
          (byInput[input]! + prior.slope) * (axis.upper - axis.lower) * share * rest + rest - share;
      });
      return value;
    },
  };
}

function logistic(u: number): number {
  if (u >= 0) return 1 / (1 + exp(-u));
  const e = exp(u);
  return e / (1 + e);
}

/** ln p(x) up to a constant, and its derivative. */
function logPrior({ distribution }: Axis, x: number): { value: number; slope: number } {
  switch (distribution.kind) {
    case "uniform":
      return { value: 0, slope: 0 };
    case "logUniform":
      return { value: -ln(x), slope: -1 / x };
    case "normal": {
      const z = (x - distribution.mean) / distribution.deviation;
      return { value: (-z * z) / 2, slope: -z / distribution.deviation };
    }
    case "logNormal": {
      const z = (ln(x) - distribution.mean) / distribution.deviation;
      return { value: (-z * z) / 2 - ln(x), slope: (-z / distribution.deviation - 1) / x };
    }
  }
}
