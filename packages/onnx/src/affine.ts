import type { Preparation } from "@stiffnet/preparation";
import { OnnxError } from "./errors.ts";
import type { GraphBuilder, RealType } from "./graph.ts";
import { divideColumns } from "./scaling.ts";

/** prepared = (x - mean) / scale, column by column, in float64. */
export interface Affine {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** Joins the steps of a preparation, ((x - m1) / s1 - m2) / s2 = (x - (m1 + s1 m2)) / (s1 s2). Undefined if a
 *  step is not affine. */
export function affineOf(preparation: Preparation): Affine | undefined {
  const mean = new Float64Array(preparation.columns);
  const scale = new Float64Array(preparation.columns).fill(1);
  for (const step of preparation.steps) {
    if (step.kind !== "affine") return undefined;
    for (let j = 0; j < mean.length; j++) {
      mean[j] = mean[j]! + scale[j]! * step.mean[j]!;
      scale[j] = scale[j]! * step.scale[j]!;
    }
  }
  return { mean, scale };
}

const smallestNormal = 2 ** -126;
const largestFloat32 = (2 - 2 ** -23) * 2 ** 127;

/** Refuses, by name, a column whose size float32 cannot hold to full precision. */
export function requireRepresentable(
  affine: Affine | undefined,
  names: readonly string[],
  real: RealType,
): void {
  if (real === "float64" || !affine) return;
  for (let j = 0; j < names.length; j++) {
    const mean = Math.abs(affine.mean[j]!);
    const scale = affine.scale[j]!;
    if (mean + 16 * scale > largestFloat32 || scale < smallestNormal * 2 ** 24) {
      throw new OnnxError(
        `export: '${names[j]}' has mean ${affine.mean[j]} and scale ${scale}, outside what float32 holds to full precision; export with dtype "float64"`,
        { code: "not_representable" },
      );
    }
  }
}

/** A float64 constant as one tensor, or in a float32 graph as the sum of two. For x near a mean of 1e6, x -
 *  hi is exact, and lo carries the digits of the mean that float32 drops. */
function split(graph: GraphBuilder, name: string, dims: readonly number[], values: Float64Array) {
  const high = graph.constant(name, dims, values);
  if (graph.real === "float64") return { high };
  const rest = values.map((x) => x - Math.fround(x));
  return rest.every((x) => x === 0) ? { high } : { high, low: graph.constant(`${name}.low`, dims, rest) };
}

/** Physical units to what the network sees. `dims` is the shape of the constants, [columns] or [members, 1,
 *  columns]. */
export function prepareNode(
  graph: GraphBuilder,
  x: string,
  prefix: string,
  dims: readonly number[],
  affine: Affine,
): string {
  const { mean, scale } = affine;
  const centre = split(graph, `${prefix}.mean`, dims, mean);
  let centred = graph.node("Sub", [x, centre.high], `${prefix}.centred`);
  if (centre.low) centred = graph.node("Sub", [centred, centre.low], `${prefix}.centred.low`);
  return divideColumns(graph, centred, `${prefix}.scale`, dims, scale, graph.real, `${prefix}.prepared`);
}

/** Back to physical units, written to the tensor `output`: (scale y + low) + high. */
export function restoreNode(
  graph: GraphBuilder,
  y: string,
  prefix: string,
  dims: readonly number[],
  affine: Affine,
  output: string,
): string {
  const { mean, scale } = affine;
  const centre = split(graph, `${prefix}.mean`, dims, mean);
  let scaled = graph.node("Mul", [y, graph.constant(`${prefix}.scale`, dims, scale)], `${output}.scaled`);
  if (centre.low) scaled = graph.node("Add", [scaled, centre.low], `${output}.scaled.low`);
  return graph.node("Add", [scaled, centre.high], output);
}
