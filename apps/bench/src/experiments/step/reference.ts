import type { Layout } from "@stiffnet/core";
import { type ProblemPart, penaltyWeight, type StepModel, type StepProblem } from "./problem.ts";
import { penalty64 } from "./reference-penalty.ts";

export interface LossAndGradient {
  readonly loss: number;
  readonly gradient: Float64Array;
}

/** Arithmetic operations of one block and sample in these loops, for a state of D unknowns. */
const operations: Readonly<Record<StepModel, (D: number) => number>> = {
  RES: (D) => 6 * D ** 2,
  "RES L2": (D) => 6 * D ** 2,
  "RES stiff": (D) => 25 * D ** 3,
  "RES stiff (gelfand)": (D) => 60 * D ** 3,
};
/** Some seconds of them. */
const mostOperations = 4e9;

/** As many samples of all blocks as take some seconds, else so many blocks of one sample; undefined where one
 *  block of one sample takes longer. */
export function referencePart({ config, batch }: StepProblem, model: StepModel): ProblemPart | undefined {
  const pairs = Math.floor(mostOperations / operations[model](config.width));
  if (pairs === 0) return undefined;
  return pairs < config.depth
    ? { samples: 1, blocks: pairs }
    : { samples: Math.min(batch, Math.floor(pairs / config.depth)), blocks: config.depth };
}

/** Loss and gradient of the first batch at the initial parameters, written out in float64 with plain loops:
 *
 *      L = sqrt( 1/B sum_i ( |F(x_i) - y_i|^2 + lambda p_i^2 ) ),   tanh everywhere,
 *
 *  the yardstick for every engine. p is 0 (RES), the mean Euclidean norm over tensors (RES L2), or the mean
 *  over layers of the spectral radius of diag(s'(z)) W: the exact one (RES stiff) or Gelfand's (RES stiff
 *  (gelfand)). */
export function referenceStep(
  problem: StepProblem,
  model: StepModel,
  parameters: ArrayLike<number> = problem.parameters,
): LossAndGradient {
  const { batch } = problem;
  const lambda = penaltyWeight[model];
  const p = Float64Array.from(parameters);
  const passed = forward(problem, p);
  const gradient = new Float64Array(p.length);
  const slopeGradient = new Float64Array(passed.slopes.length);
  const penalty = penalty64(problem, model, p, passed.slopes);
  const loss = Math.sqrt((passed.squares + lambda * penalty.squares) / batch);
  penalty.pullback(lambda / (batch * loss), gradient, slopeGradient);
  backward(problem, p, passed, { loss, gradient, slopeGradient });
  return { loss, gradient };
}

interface Passed {
  /** h_0..h_N of every sample. */
  readonly states: readonly Float64Array[];
  /** s'(z) = 1 - tanh(z)^2: [N, B, D]. */
  readonly slopes: Float64Array;
  /** F(x) - y: [B, outputs]. */
  readonly errors: Float64Array;
  /** sum_i |F(x_i) - y_i|^2 */
  readonly squares: number;
}

/** W v + b of one tensor pair; v is read from `from` on. */
function affine(
  p: Float64Array,
  { weight, bias }: Layout["lift"],
  v: ArrayLike<number>,
  from: number,
): Float64Array {
  const columns = weight.shape[1]!;
  return Float64Array.from({ length: bias.size }, (_, r) => {
    let sum = p[bias.offset + r]!;
    for (let c = 0; c < columns; c++) sum += p[weight.offset + r * columns + c]! * v[from + c]!;
    return sum;
  });
}

function forward({ config, layout, batch, inputs, outputs }: StepProblem, p: Float64Array): Passed {
  const { width: D, depth: N, horizon, inputs: nIn, outputs: nOut } = config;
  const slopes = new Float64Array(N * batch * D);
  const errors = new Float64Array(batch * nOut);
  const states = Array.from({ length: batch }, (_, i) => {
    const h = new Float64Array((N + 1) * D);
    h.set(affine(p, layout.lift, inputs, i * nIn).map(Math.tanh));
    for (let n = 0; n < N; n++) {
      affine(p, layout.blocks[n]!, h, n * D).forEach((z, r) => {
        const t = Math.tanh(z);
        h[(n + 1) * D + r] = h[n * D + r]! + (horizon / N) * t;
        slopes[(n * batch + i) * D + r] = 1 - t * t;
      });
    }
    affine(p, layout.readout, h, N * D).forEach((y, k) => {
      errors[i * nOut + k] = y - outputs[i * nOut + k]!;
    });
    return h;
  });
  return { states, slopes, errors, squares: errors.reduce((sum, e) => sum + e * e, 0) };
}

/** Adds the gradient of the loss, and of what was added to `slopeGradient`. */
function backward(
  { config, layout, batch, inputs }: StepProblem,
  p: Float64Array,
  { states, slopes, errors }: Passed,
  into: { loss: number; gradient: Float64Array; slopeGradient: Float64Array },
): void {
  const { width: D, depth: N, horizon, inputs: nIn, outputs: nOut } = config;
  const alpha = horizon / N;
  const { loss, gradient: g, slopeGradient } = into;
  /** Adds dz v' and dz to a tensor pair's gradient, W' dz to `dv`. */
  const pull = (
    { weight, bias }: Layout["lift"],
    dz: Float64Array,
    v: ArrayLike<number>,
    from: number,
    dv?: Float64Array,
  ): void => {
    const columns = weight.shape[1]!;
    dz.forEach((d, r) => {
      g[bias.offset + r]! += d;
      for (let c = 0; c < columns; c++) {
        g[weight.offset + r * columns + c]! += d * v[from + c]!;
        if (dv) dv[c]! += d * p[weight.offset + r * columns + c]!;
      }
    });
  };
  for (const [i, h] of states.entries()) {
    // dL/dF = e / (B L).
    const dF = errors.slice(i * nOut, (i + 1) * nOut).map((e) => e / (batch * loss));
    const dh = new Float64Array(D);
    pull(layout.readout, dF, h, N * D, dh);
    for (let n = N - 1; n >= 0; n--) {
      const dz = dh.map((d, r) => {
        const t = (h[(n + 1) * D + r]! - h[n * D + r]!) / alpha;
        const at = (n * batch + i) * D + r;
        // s' = 1 - t^2, so ds'/dz = -2 t s'.
        return alpha * d * slopes[at]! - 2 * t * slopes[at]! * slopeGradient[at]!;
      });
      pull(layout.blocks[n]!, dz, h, n * D, dh);
    }
    pull(
      layout.lift,
      dh.map((d, r) => d * (1 - h[r]! * h[r]!)),
      inputs,
      i * nIn,
    );
  }
}
