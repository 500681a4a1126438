import type { Matrix } from "../matrix/matrix.ts";
import { type StageArrays, stageArrays } from "../steppers/stage-sums.ts";

/** Derivatives of the state in several directions, one after another in one array. Column d is dy / dp_k if
 *  `parameter[d]` is k, or dy / dy0_j if it is -1. */
export interface Tangents extends StageArrays {
  readonly parameter: Int32Array;
}

/** At the start: unit vectors for the n components of y0, where these are wanted, and zeros for the
 *  parameters. */
export function tangentsOf(n: number, states: boolean, parameters: number): Tangents {
  const first = states ? n : 0;
  const columns = stageArrays(first + parameters, n);
  for (let j = 0; j < first; j++) columns.each[j]![j] = 1;
  const parameter = Int32Array.from(columns.each, (_, d) => (d < first ? -1 : d - first));
  return { ...columns, parameter };
}

/** Work of a step of s stages: blocks as long as all tangents together. */
export interface TangentWork {
  readonly argument: StageArrays;
  /** The blocks of all stages, and of each with its columns. */
  readonly all: Float64Array;
  readonly blocks: readonly StageArrays[];
}

export function tangentWork({ each }: Tangents, n: number, stages: number): TangentWork {
  const count = each.length;
  const { all, each: blocks } = stageArrays(stages, count * n);
  const columns = (block: Float64Array) => ({
    all: block,
    each: each.map((_, d) => block.subarray(d * n, (d + 1) * n)),
  });
  return { argument: stageArrays(count, n), all, blocks: blocks.map(columns) };
}

/** out += J v + df/dp dp in every direction. `byParameter` is column-major [n, p.length]. */
export function addTangentSlopes(
  jac: Matrix,
  byParameter: Float64Array,
  { parameter }: Tangents,
  v: StageArrays,
  out: StageArrays,
): void {
  const { n } = jac;
  for (let d = 0; d < parameter.length; d++) jac.addProduct(v.each[d]!, out.each[d]!);
  const slopes = out.all;
  for (let d = 0; d < parameter.length; d++) {
    const k = parameter[d]!;
    if (k < 0) continue;
    for (let i = 0; i < n; i++) slopes[d * n + i] = slopes[d * n + i]! + byParameter[k * n + i]!;
  }
}
