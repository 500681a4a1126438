import { concatenated } from "@stiffnet/base";
import type { Model, ModelConfig } from "@stiffnet/core";
import type { Preparation } from "@stiffnet/preparation";
import { operators } from "./activation.ts";
import { type Affine, affineOf, prepareNode, restoreNode } from "./affine.ts";
import type { GraphBuilder } from "./graph.ts";
import { type LayerNodes, layerNodes } from "./layers.ts";
import { fromFloat64, prepareSteps, restoreSteps, type StepNodes } from "./preparation.ts";
import { linear, parameterNodes } from "./weights.ts";

/** Results of one pass through the network, for the outputs that are derived from it. */
export interface NetworkNodes {
  /** Number of members, M; tensors below have a leading axis [M] when it is above 1. */
  readonly members: number;
  /** How the inputs were prepared, where that is not affine: one entry, or one for each member whose
   *  preparation differs. */
  readonly inputSteps: readonly StepNodes[];
  /** Prepared outputs, [batch, outputs] or [M, batch, outputs]. */
  readonly y: string;
  readonly steps: LayerNodes["steps"];
  /** s_lift'(z_0), or nothing where the lift is linear. */
  readonly liftSlope?: () => string;
}

/** h_0 = (s_lift(A p + a), 0), the steps of the residual blocks or of the solver, y = C h_N + c, for one
 *  model or for several of one configuration side by side, stacked along a leading axis so that the graph
 *  does not grow with their number. */
export function networkNodes(graph: GraphBuilder, models: readonly Model[], x: string): NetworkNodes {
  const { config, layout } = models[0]!;
  const { prepared, inputSteps, stackedInputs } = preparedNode(graph, models, x);
  const several = models.length > 1;
  const lift = config.lift === "none" ? undefined : parameterNodes(graph, models, layout.lift);
  const z0 = lift ? linear(graph, models, lift, prepared, "lift") : prepared;
  const lifted = config.lift === "tanh" ? graph.node("Tanh", [z0], "lift.h") : z0;
  const rank = several && (lift || stackedInputs) ? 3 : 2;
  const start = config.augment ? augmentedNode(graph, lifted, rank, config.augment) : lifted;
  const { h, share, steps } = layerNodes(graph, models, start);
  const y = readsState(config)
    ? columnsNode(graph, times(graph, h, share), config.outputs, "readout.z")
    : linear(graph, models, parameterNodes(graph, models, layout.readout), h, "readout", share);
  const network = { members: models.length, inputSteps, y, steps };
  if (config.lift !== "tanh") return network;
  return { ...network, liftSlope: () => operators.tanh.slope(graph, z0, lifted, "lift.slope") };
}

const times = (graph: GraphBuilder, h: string, share: number): string =>
  share === 1 ? h : graph.node("Mul", [h, graph.constant("alpha", [], [share])], "end.h");

/** Whether y is the first numbers of h_N. */
export const readsState = (config: ModelConfig): boolean =>
  config.kind === "neuralOde" && config.readout === "none";

/** The first `count` numbers along the last axis. */
export function columnsNode(graph: GraphBuilder, x: string, count: number, output: string): string {
  const range = [
    graph.integers("axis.0", [0]),
    graph.integers(`columns.${count}`, [count]),
    graph.integers("axis.-1", [-1]),
  ];
  return graph.node("Slice", [x, ...range], output);
}

/** Zeros behind the last axis. */
function augmentedNode(graph: GraphBuilder, h: string, rank: number, zeros: number): string {
  const pads = Array.from({ length: 2 * rank }, (_, k) => (k === 2 * rank - 1 ? zeros : 0));
  return graph.node("Pad", [h, graph.integers("augment.pads", pads)], "augment.h");
}

function preparedNode(
  graph: GraphBuilder,
  models: readonly Model[],
  x: string,
): { prepared: string; inputSteps: readonly StepNodes[]; stackedInputs: boolean } {
  const preparations = distinct(models.map((model) => model.preparation.inputs));
  const affines = affinesOf(preparations);
  const stackedInputs = preparations.length > 1;
  if (affines) {
    const dims = affines.length === 1 ? [] : [affines.length, 1];
    const columns = affines[0]!.mean.length;
    return {
      prepared: prepareNode(graph, x, "inputs", [...dims, columns], stackAffines(affines)),
      inputSteps: [],
      stackedInputs,
    };
  }
  const inputSteps = preparations.map((one, k) => prepareSteps(graph, one, x, `inputs.${k}`));
  const parts = inputSteps.map(({ value }) => value);
  return {
    prepared: fromFloat64(graph, stack(graph, parts, "inputs.members"), "inputs.prepared"),
    inputSteps,
    stackedInputs,
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

/** The outputs and, where their preparation is not affine, its steps for every member. */
export interface OutputNodes {
  readonly names: readonly string[];
  readonly outputSteps: readonly StepNodes[];
}

/** Physical outputs. One model gives `outputs`. An ensemble gives its mean as `outputs` and the standard
 *  deviation over the members, sqrt(sum_k (y_k - mean)^2 / (M - 1)), as `outputs_std`. On request every
 *  member is in `outputs_members` [M, batch, outputs]. */
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
  const std = graph.node(
    "Mul",
    [
      fromFloat64(graph, spread, "spread.real"),
      graph.constant("spread.factor", [1], [unbiased(models.length)]),
    ],
    "outputs_std",
  );
  const names = [fromFloat64(graph, mean, "outputs"), std];
  if (withMembers) names.push(fromFloat64(graph, all, "outputs_members"));
  return { names, outputSteps };
}

/** The spread is formed in standardised units, where outputs of any size neither underflow nor lose
 *  digits. */
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
  const scale = reference.scale.map((x) => x * unbiased(affines.length));
  const names = [
    restoreNode(graph, mean, "outputs", dims, reference, "outputs"),
    graph.node("Mul", [spread, graph.constant("outputs_std.scale", dims, scale)], "outputs_std"),
  ];
  if (withMembers) names.push(restoreNode(graph, common, "outputs", dims, reference, "outputs_members"));
  return names;
}

/** Factor from sqrt(sum / M) to sqrt(sum / (M - 1)). */
function unbiased(members: number): number {
  return Math.sqrt(members / (members - 1));
}

/** Mean and quadratic mean deviation from it, over the first axis. */
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

function stackAffines(affines: readonly Affine[]): Affine {
  const [means, scales] = [affines.map(({ mean }) => mean), affines.map(({ scale }) => scale)];
  return { mean: concatenated(Float64Array, means), scale: concatenated(Float64Array, scales) };
}
