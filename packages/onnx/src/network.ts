import { type Model, type Slot, tensor } from "@stiffnet/core";
import { activationNode, slopeNode } from "./activation.ts";
import { type Affine, affineOf, prepareNode, restoreNode } from "./affine.ts";
import type { GraphBuilder } from "./graph.ts";

/** What one pass through the network left behind, for the outputs that are derived from it. */
export interface NetworkNodes {
  /** Number of members, M; tensors below have a leading axis [M] when it is above 1. */
  readonly members: number;
  /** Standardised outputs, [batch, outputs] or [M, batch, outputs]. */
  readonly y: string;
  /** s'(z_n) of block n, [batch, width]. */
  readonly slopes: readonly (() => string)[];
  /** s_lift'(z_0), or nothing where the lift is linear. */
  readonly liftSlope?: () => string;
}

/** h_0 = s_lift(A p + a), h_n = h_{n-1} + alpha s(W_n h_{n-1} + b_n), y = C h_N + c, for one model or for several of
 *  one configuration side by side, stacked along a leading axis so that the graph does not grow with their number. */
export function networkNodes(graph: GraphBuilder, models: readonly Model[], x: string): NetworkNodes {
  const { config, layout } = models[0]!;
  const prepared = preparedNode(graph, models, x);
  const z0 = linear(graph, models, layout.lift, prepared, "lift");
  const lifted = config.lift === "tanh" ? graph.node("Tanh", [z0], "lift.h") : z0;
  const alpha = graph.constant("alpha", [], [config.horizon / config.depth]);
  const slopes: (() => string)[] = [];
  let h = lifted;
  for (const [n, block] of layout.blocks.entries()) {
    const z = linear(graph, models, block, h, `blocks.${n}`);
    const s = activationNode(graph, config.activation, z, `blocks.${n}.s`);
    slopes.push(once(() => slopeNode(graph, config.activation, z, s, `blocks.${n}.slope`)));
    h = graph.node("Add", [h, graph.node("Mul", [s, alpha], `blocks.${n}.step`)], `blocks.${n}.h`);
  }
  const y = linear(graph, models, layout.readout, h, "readout");
  const network = { members: models.length, y, slopes };
  if (config.lift !== "tanh") return network;
  return { ...network, liftSlope: once(() => slopeNode(graph, "tanh", z0, lifted, "lift.slope")) };
}

/** Slopes are added to the graph when an output needs them, and once however many need them. */
function once(make: () => string): () => string {
  let made: string | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function preparedNode(graph: GraphBuilder, models: readonly Model[], x: string): string {
  const affines = models.map((model) => affineOf(model.preparation.inputs));
  const columns = models[0]!.config.inputs;
  if (affines.every((affine) => same(affine, affines[0]!))) {
    return prepareNode(graph, x, "inputs", [columns], affines[0]!);
  }
  return prepareNode(graph, x, "inputs", [models.length, 1, columns], stackAffines(affines));
}

/** x W^T + b. Weights keep their shape [rows, columns] (with [M] before it), so that a reader finds them as they are. */
function linear(
  graph: GraphBuilder,
  models: readonly Model[],
  slots: { readonly weight: Slot; readonly bias: Slot },
  x: string,
  prefix: string,
): string {
  const weight = parameterNode(graph, models, slots.weight);
  if (models.length === 1) {
    const bias = parameterNode(graph, models, slots.bias);
    return graph.node("Gemm", [x, weight, bias], `${prefix}.z`, { transB: 1 });
  }
  const rows = slots.bias.size;
  const bias = graph.constant(slots.bias.name, [models.length, 1, rows], stacked(models, slots.bias));
  const transposed = graph.node("Transpose", [weight], `${slots.weight.name}.transposed`, {
    perm: [0, 2, 1],
  });
  return graph.node("Add", [graph.node("MatMul", [x, transposed], `${prefix}.product`), bias], `${prefix}.z`);
}

/** The tensor of a slot as a constant of its own name. */
export function parameterNode(graph: GraphBuilder, models: readonly Model[], slot: Slot): string {
  const dims = models.length === 1 ? slot.shape : [models.length, ...slot.shape];
  return graph.constant(slot.name, dims, stacked(models, slot));
}

const stacked = (models: readonly Model[], slot: Slot): Float64Array =>
  concatenate(models.map((model) => Float64Array.from(tensor(model.parameters, slot))));

export function concatenate(parts: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

/** Physical outputs. One model: `outputs`. An ensemble: its mean as `outputs`, the standard deviation over the members
 *  sqrt(mean_k (y_k - mean)^2) as `outputs_std` and, when asked for, every member as `outputs_members` [M, batch, outputs].
 *  The spread is formed in standardised units, where outputs of any size neither underflow nor lose digits. */
export function outputNodes(
  graph: GraphBuilder,
  models: readonly Model[],
  network: NetworkNodes,
  withMembers: boolean,
): string[] {
  const affines = models.map((model) => affineOf(model.preparation.outputs));
  const reference = affines[0]!;
  const dims = [models[0]!.config.outputs];
  if (models.length === 1) return [restoreNode(graph, network.y, "outputs", dims, reference, "outputs")];
  const common = commonUnits(graph, affines, network.y);
  const mean = graph.node("ReduceMean", [common], "mean", { axes: [0], keepdims: 0 });
  const deviation = graph.node("Sub", [common, mean], "deviation");
  const square = graph.node("Mul", [deviation, deviation], "deviation.square");
  const variance = graph.node("ReduceMean", [square], "variance", { axes: [0], keepdims: 0 });
  const spread = graph.node("Sqrt", [variance], "spread");
  const names = [
    restoreNode(graph, mean, "outputs", dims, reference, "outputs"),
    graph.node("Mul", [spread, graph.constant("outputs.scale", dims, reference.scale)], "outputs_std"),
  ];
  if (withMembers) names.push(restoreNode(graph, common, "outputs", dims, reference, "outputs_members"));
  return names;
}

/** Members that were standardised differently, all in the units of the first one. */
function commonUnits(graph: GraphBuilder, affines: readonly Affine[], y: string): string {
  const reference = affines[0]!;
  if (affines.every((affine) => same(affine, reference))) return y;
  const relative = affines.map(({ mean, scale }) => ({
    mean: mean.map((x, j) => (x - reference.mean[j]!) / reference.scale[j]!),
    scale: scale.map((x, j) => x / reference.scale[j]!),
  }));
  const dims = [affines.length, 1, reference.mean.length];
  return restoreNode(graph, y, "members", dims, stackAffines(relative), "members.common");
}

const stackAffines = (affines: readonly Affine[]): Affine => ({
  mean: concatenate(affines.map((affine) => affine.mean)),
  scale: concatenate(affines.map((affine) => affine.scale)),
});

const same = (a: Affine, b: Affine): boolean =>
  a.mean.every((x, j) => x === b.mean[j]) && a.scale.every((x, j) => x === b.scale[j]);
