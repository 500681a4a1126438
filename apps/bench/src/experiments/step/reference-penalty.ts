import { spectralRadiusOf } from "@stiffnet/stiffness";
import type { StepModel, StepProblem } from "./problem.ts";
import { gelfandRadiusOf } from "./reference-gelfand.ts";

interface Penalty64 {
  /** sum_i p_i^2 */
  readonly squares: number;
  /** Adds factor * d(sum_i p_i^2) / 2 to the gradients by parameters and slopes. */
  pullback(factor: number, gradient: Float64Array, slopeGradient: Float64Array): void;
}

/** The penalty of a model at parameters p; slopes: [N, B, D]. */
export function penalty64(
  problem: StepProblem,
  model: StepModel,
  p: Float64Array,
  slopes: Float64Array,
): Penalty64 {
  switch (model) {
    case "RES":
      return { squares: 0, pullback: () => {} };
    case "RES L2":
      return meanNorm(problem, p);
    case "RES stiff":
      return meanRadius(problem, p, slopes, spectralRadiusOf);
    case "RES stiff (gelfand)":
      return meanRadius(problem, p, slopes, gelfandRadiusOf);
  }
}

function meanNorm({ layout, batch }: StepProblem, p: Float64Array): Penalty64 {
  const norms = layout.slots.map(({ offset, size }) =>
    Math.sqrt(p.subarray(offset, offset + size).reduce((sum, x) => sum + x * x, 0)),
  );
  const mean = norms.reduce((a, b) => a + b, 0) / norms.length;
  return {
    squares: batch * mean * mean,
    pullback(factor, gradient) {
      layout.slots.forEach(({ offset, size }, s) => {
        const scale = (factor * batch * mean) / (norms.length * norms[s]!);
        for (let j = offset; j < offset + size; j++) gradient[j]! += scale * p[j]!;
      });
    },
  };
}

function meanRadius(
  { config: { width: D, depth: N }, layout, batch }: StepProblem,
  p: Float64Array,
  slopes: Float64Array,
  radiusOf: (jacobian: Float64Array) => { readonly radius: number; readonly gradient: Float64Array },
): Penalty64 {
  const weightsOf = (n: number): Float64Array => {
    const { offset } = layout.blocks[n]!.weight;
    return p.subarray(offset, offset + D * D);
  };
  const found = Array.from({ length: N * batch }, (_, at) =>
    radiusOf(weightsOf(Math.floor(at / batch)).map((w, k) => slopes[at * D + Math.floor(k / D)]! * w)),
  );
  const means = Array.from({ length: batch }, (_, i) => {
    let sum = 0;
    for (let n = 0; n < N; n++) sum += found[n * batch + i]!.radius;
    return sum / N;
  });
  return {
    squares: means.reduce((sum, x) => sum + x * x, 0),
    pullback(factor, gradient, slopeGradient) {
      found.forEach(({ gradient: dJ }, at) => {
        const n = Math.floor(at / batch);
        const { offset } = layout.blocks[n]!.weight;
        const cotangent = (factor * means[at % batch]!) / N;
        weightsOf(n).forEach((w, k) => {
          const row = at * D + Math.floor(k / D);
          gradient[offset + k]! += cotangent * dJ[k]! * slopes[row]!;
          slopeGradient[row]! += cotangent * dJ[k]! * w;
        });
      });
    },
  };
}
