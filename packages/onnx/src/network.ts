import { type Model, type Slot, tensor } from "@stiffnet/core";
import type { Preparation } from "@stiffnet/preparation";
import { activationNode, slopeNode } from "./activation.ts";
import { type Affine, affineOf, prepareNode, restoreNode } from "./affine.ts";
import type { GraphBuilder } from "./graph.ts";
import { fromFloat64, type PassedSteps, prepareSteps, restoreSteps } from "./steps.ts";

/** What one pass through the network left behind, for the outputs that are derived from it. */
export interface NetworkNodes {
  /** Number of members, M; tensors below have a leading axis [M] when it is above 1. */
  readonly members: number;
  /** How the inputs were prepared, where that is not affine: one entry, or one for each member whose preparation differs. */
  readonly inputSteps: readonly PassedSteps[];
  /** Prepared outputs, [batch, outputs] or [M, batch, outputs]. */
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
  const { prepared, inputSteps } = preparedNode(graph, models, x);
  const z0 = linear(graph, models, layout.lift, prepared, "lift");
  const lifted = config.lift === "tanh" ? graph.node("Tanh", [z0], "lift.h") : z0;
  const alpha = graph.constant("alpha", [], [config.horizon / config.depth]);
  const slopes: (() => string)[] = [];
  let h = lifted;
  for (const [n, block] of layout.blocks.entries()) {
    const z = linear(graph, models, block, h, `blocks.${n}`);
    const s = activationNode(graph, config.activation, z, `blocks.${n}.s`);
    slopes.push(() => slopeNode(graph, config.activation, z, s, `blocks.${n}.slope`));
    h = graph.node("Add", [h, graph.node("Mul", [s, alpha], `blocks.${n}.step`)], `blocks.${n}.h`);
  }
  const y = linear(graph, models, layout.readout, h, "readout");
  const network = { members: models.length, inputSteps, y, slopes };
  if (config.lift !== "tanh") return network;
  return { ...network, liftSlope: () => slopeNode(graph, "tanh", z0, lifted, "lift.slope") };
}

function preparedNode(
  graph: GraphBuilder,
  models: readonly Model[],
  x: string,
): { prepared: string; inputSteps: readonly PassedSteps[] } {
  const preparations = distinct(models.map((model) => model.preparation.inputs));
  const affines = affinesOf(preparations);
  if (affines) {
    const dims = affines.length === 1 ? [] : [affines.length, 1];
    const columns = affines[0]!.mean.length;
    return {
      prepared: prepareNode(graph, x, "inputs", [...dims, columns], stackAffines(affines)),
      inputSteps: [],
    };
  }
  const inputSteps = preparations.map((one, k) => prepareSteps(graph, one, x, `inputs.${k}`));
  const parts = inputSteps.map(({ value }) => value);
  return {
    prepared: fromFloat64(graph, stack(graph, parts, "inputs.members"), "inputs.prepared"),
    inputSteps,
  };
}

/** One preparation where all members share it. */
function distinct(preparations: readonly Preparation[]): readonly Preparation[] {
  const first = JSON.stringify(preparations[0]);
  return preparations.every((one) => JSON.stringify(one) === first) ? preparations.slice(0, 1) : preparations;
}

/** Nothing unless all are affine. */
function affinesOf(preparations: readonly Preparation[]): Affine[] | undefined {
  const affines = preparations.map(affineOf).filter((affine) => affine !== undefined);
  return affines.length === preparations.length ? affines : undefined;
}

/** Tensors of one shape behind one another along a new first axis; a single one stays as it is. */
export function stack(graph: GraphBuilder, parts: readonly string[], name: string): string {
  if (parts.length === 1) return parts[0]!;
  const axis = graph.integers("axis.0", [0]);
  const raised = parts.map((part, k) => graph.node("Unsqueeze", [part, axis], `${name}.${k}`));
  return graph.node("Concat", raised, name, { axis: 0 });
}

/** Member k of a stacked tensor; a single model's tensor stays as it is. */
export function memberOf(graph: GraphBuilder, members: number, x: string, k: number): string {
  if (members === 1) return x;
  const index = graph.integers(`member.${k}`, [k]);
  const slice = graph.node("Gather", [x, index], `${x}.slice.${k}`, { axis: 0 });
  return graph.node("Squeeze", [slice, graph.integers("axis.0", [0])], `${x}.member.${k}`);
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

/** The outputs and, where their preparation is not affine, its steps for every member. */
export interface OutputNodes {
  readonly names: readonly string[];
  readonly outputSteps: readonly PassedSteps[];
}

/** Physical outputs. One model: `outputs`. An ensemble: its mean as `outputs`, the standard deviation over the members
 *  sqrt(mean_k (y_k - mean)^2) as `outputs_std` and, when asked for, every member as `outputs_members` [M, batch, outputs]. */
export function outputNodes(
  graph: GraphBuilder,
  models: readonly Model[],
  network: NetworkNodes,
  withMembers: boolean,
): OutputNodes {
  const affines = affinesOf(models.map((model) => model.preparation.outputs));
  if (affines) {
    return { names: affineOutputs(graph, affines, network.y, withMembers), outputSteps: [] };
  }
  const outputSteps = models.map(({ preparation }, k) =>
    restoreSteps(graph, preparation.outputs, memberOf(graph, models.length, network.y, k), `outputs.${k}`),
  );
  const all = stack(
    graph,
    outputSteps.map(({ value }) => value),
    "outputs.all",
  );
  if (models.length === 1) return { names: [fromFloat64(graph, all, "outputs")], outputSteps };
  const { mean, spread } = statistics(graph, all);
  const names = [fromFloat64(graph, mean, "outputs"), fromFloat64(graph, spread, "outputs_std")];
  if (withMembers) names.push(fromFloat64(graph, all, "outputs_members"));
  return { names, outputSteps };
}

/** The spread is formed in standardised units, where outputs of any size neither underflow nor lose digits. */
function affineOutputs(
  graph: GraphBuilder,
  affines: readonly Affine[],
  y: string,
  withMembers: boolean,
): string[] {
  const reference = affines[0]!;
  const dims = [reference.mean.length];
  if (affines.length === 1) return [restoreNode(graph, y, "outputs", dims, reference, "outputs")];
  const common = commonUnits(graph, affines, y);
  const { mean, spread } = statistics(graph, common);
  const names = [
    restoreNode(graph, mean, "outputs", dims, reference, "outputs"),
    graph.node("Mul", [spread, graph.constant("outputs.scale", dims, reference.scale)], "outputs_std"),
  ];
  if (withMembers) names.push(restoreNode(graph, common, "outputs", dims, reference, "outputs_members"));
  return names;
}

/** Mean and standard deviation over the first axis. */
function statistics(graph: GraphBuilder, all: string): { mean: string; spread: string } {
  const mean = graph.node("ReduceMean", [all], "mean", { axes: [0], keepdims: 0 });
  const deviation = graph.node("Sub", [all, mean], "deviation");
  const square = graph.node("Mul", [deviation, deviation], "deviation.square");
  const variance = graph.node("ReduceMean", [square], "variance", { axes: [0], keepdims: 0 });
  return { mean, spread: graph.node("Sqrt", [variance], "spread") };
}

/** Members that were standardised differently, all in the units of the first one. */
function commonUnits(graph: GraphBuilder, affines: readonly Affine[], y: string): string {
  const reference = affines[0]!;
  const relative = affines.map(({ mean, scale }) => ({
    mean: mean.map((x, j) => (x - reference.mean[j]!) / reference.scale[j]!),
    scale: scale.map((x, j) => x / reference.scale[j]!),
  }));
  if (relative.every(({ mean, scale }) => mean.every((x) => x === 0) && scale.every((x) => x === 1)))
    return y;
  const dims = [affines.length, 1, reference.mean.length];
  return restoreNode(graph, y, "members", dims, stackAffines(relative), "members.common");
}

const stackAffines = (affines: readonly Affine[]): Affine => ({
  mean: concatenate(affines.map((affine) => affine.mean)),
  scale: concatenate(affines.map((affine) => affine.scale)),
});
