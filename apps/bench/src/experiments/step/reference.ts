import { type ProblemPart, penaltyWeight, type StepModel, type StepProblem } from "./problem.ts";
import { gelfand } from "./reference-gelfand.ts";
import { spectralRadius64 } from "./reference-spectral.ts";

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

/** As many samples of all blocks as take some seconds, else so many blocks of one sample; undefined where one block of one
 *  sample takes longer. */
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
 *  the yardstick for every engine. p is 0 (RES), the mean Euclidean norm over tensors (RES L2), or the mean over
 *  layers of the spectral radius of diag(s'(z)) W: the exact one (RES stiff) or Gelfand's (RES stiff (gelfand)). */
export function referenceStep(
  problem: StepProblem,
  model: StepModel,
  parameters: ArrayLike<number> = problem.parameters,
): LossAndGradient {
  const { config, layout, batch } = problem;
  const { inputs: nIn, outputs: nOut, width: D, depth: N, horizon } = config;
  const alpha = horizon / N;
  const lambda = penaltyWeight[model];
  const p = Float64Array.from(parameters);
  const g = new Float64Array(p.length);
  const slopes = new Float64Array(N * batch * D);
  const states: Float64Array[] = [];
  const errors = new Float64Array(batch * nOut);

  // Forward, sample by sample; states[i] holds h_0..h_N, slopes holds s'(z) = 1 - tanh(z)^2.
  let squares = 0;
  for (let i = 0; i < batch; i++) {
    const h = new Float64Array((N + 1) * D);
    states.push(h);
    for (let r = 0; r < D; r++) {
      let z = p[layout.lift.bias.offset + r]!;
      for (let c = 0; c < nIn; c++)
        z += p[layout.lift.weight.offset + r * nIn + c]! * problem.inputs[i * nIn + c]!;
      h[r] = Math.tanh(z);
    }
    for (let n = 0; n < N; n++) {
      const { weight, bias } = layout.blocks[n]!;
      for (let r = 0; r < D; r++) {
        let z = p[bias.offset + r]!;
        for (let c = 0; c < D; c++) z += p[weight.offset + r * D + c]! * h[n * D + c]!;
        const t = Math.tanh(z);
        h[(n + 1) * D + r] = h[n * D + r]! + alpha * t;
        slopes[(n * batch + i) * D + r] = 1 - t * t;
      }
    }
    for (let k = 0; k < nOut; k++) {
      let y = p[layout.readout.bias.offset + k]!;
      for (let c = 0; c < D; c++) y += p[layout.readout.weight.offset + k * D + c]! * h[N * D + c]!;
      const e = y - problem.outputs[i * nOut + k]!;
      errors[i * nOut + k] = e;
      squares += e * e;
    }
  }

  const slopeGradient = new Float64Array(slopes.length);
  const penalty = penaltyOf(model);
  const loss = Math.sqrt((squares + lambda * penalty.squares) / batch);
  penalty.pullback(lambda / (batch * loss));

  // Backward. dL/df = e / (B L).
  for (let i = 0; i < batch; i++) {
    const h = states[i]!;
    let dh = new Float64Array(D);
    for (let k = 0; k < nOut; k++) {
      const d = errors[i * nOut + k]! / (batch * loss);
      g[layout.readout.bias.offset + k]! += d;
      for (let c = 0; c < D; c++) {
        g[layout.readout.weight.offset + k * D + c]! += d * h[N * D + c]!;
        dh[c]! += d * p[layout.readout.weight.offset + k * D + c]!;
      }
    }
    for (let n = N - 1; n >= 0; n--) {
      const { weight, bias } = layout.blocks[n]!;
      const next = dh.slice();
      for (let r = 0; r < D; r++) {
        const t = (h[(n + 1) * D + r]! - h[n * D + r]!) / alpha;
        const at = (n * batch + i) * D + r;
        // s' = 1 - t^2, so ds'/dz = -2 t s'.
        const dz = alpha * dh[r]! * slopes[at]! - 2 * t * slopes[at]! * slopeGradient[at]!;
        g[bias.offset + r]! += dz;
        for (let c = 0; c < D; c++) {
          g[weight.offset + r * D + c]! += dz * h[n * D + c]!;
          next[c]! += dz * p[weight.offset + r * D + c]!;
        }
      }
      dh = next;
    }
    for (let r = 0; r < D; r++) {
      const dz = dh[r]! * (1 - h[r]! * h[r]!);
      g[layout.lift.bias.offset + r]! += dz;
      for (let c = 0; c < nIn; c++)
        g[layout.lift.weight.offset + r * nIn + c]! += dz * problem.inputs[i * nIn + c]!;
    }
  }
  return { loss, gradient: g };

  /** sum_i p_i^2, and its pullback: adds factor * d(sum_i p_i^2)/2 to the gradients. */
  function penaltyOf(kind: StepModel): { squares: number; pullback: (factor: number) => void } {
    if (kind === "RES") return { squares: 0, pullback: () => {} };
    if (kind === "RES L2") {
      const norms = layout.slots.map(({ offset, size }) =>
        Math.sqrt(p.subarray(offset, offset + size).reduce((sum, x) => sum + x * x, 0)),
      );
      const mean = norms.reduce((a, b) => a + b, 0) / norms.length;
      return {
        squares: batch * mean * mean,
        pullback(factor) {
          layout.slots.forEach(({ offset, size }, s) => {
            const scale = (factor * batch * mean) / (norms.length * norms[s]!);
            for (let j = offset; j < offset + size; j++) g[j]! += scale * p[j]!;
          });
        },
      };
    }
    const proxy = kind === "RES stiff" ? spectralRadius64 : gelfand;
    const each = layout.blocks.flatMap(({ weight }, n) =>
      Array.from({ length: batch }, (_, i) =>
        proxy(
          p.subarray(weight.offset, weight.offset + D * D),
          slopes.subarray((n * batch + i) * D, (n * batch + i + 1) * D),
        ),
      ),
    );
    const means = Array.from({ length: batch }, (_, i) => {
      let sum = 0;
      for (let n = 0; n < N; n++) sum += each[n * batch + i]!.radius;
      return sum / N;
    });
    return {
      squares: means.reduce((sum, x) => sum + x * x, 0),
      pullback(factor) {
        for (let n = 0; n < N; n++) {
          const { offset } = layout.blocks[n]!.weight;
          for (let i = 0; i < batch; i++) {
            const at = n * batch + i;
            each[at]!.pullback(
              (factor * means[i]!) / N,
              g.subarray(offset, offset + D * D),
              slopeGradient.subarray(at * D, (at + 1) * D),
            );
          }
        }
      },
    };
  }
}
