import { concatenated } from "@stiffnet/base";
import { type Layout, type Model, stateWidth } from "@stiffnet/core";
import { type Affine, affineOf } from "./affine.ts";
import type { GraphBuilder } from "./graph.ts";
import { pullbackNodes } from "./layers.ts";
import { columnsNode, memberOf, type NetworkNodes, readsState, stack } from "./network.ts";
import { fromFloat64, prepareSteps, restoreSteps, type StepNodes } from "./preparation.ts";
import { dataTypes } from "./proto.ts";
import { multiplyColumns } from "./scaling.ts";
import { parameterNodes } from "./weights.ts";

/** dy/dx in physical units, [batch, outputs, inputs]; of an ensemble, that of its mean. Carried backwards,
 *
 *      G_N = C,  G_{n-1} = G_n + (G_n diag(alpha s'(z_n))) W_n,  dy/dx = diag(scale_y) G_0 diag(s_lift'(z_0))
 *      A diag(1 / scale_x),
 *
 *  which costs one product per block and output row; of a Runge-Kutta method, one per stage. */
export function jacobianNode(
  graph: GraphBuilder,
  models: readonly Model[],
  network: NetworkNodes,
  outputSteps: readonly StepNodes[],
): string {
  const { layout, config } = models[0]!;
  const perRow = {
    // [M, rows, columns] to [M, 1, rows, columns], to broadcast over the batch.
    weight: (node: string): string =>
      models.length === 1 ? node : unsqueeze(graph, node, 1, `${node}.perRow`),
    slope: (node: string): string => unsqueeze(graph, node, -2, `${node}.perRow`),
  };
  const weight = (slots: Layout["lift"]): string =>
    perRow.weight(parameterNodes(graph, models, slots).weight);
  const state = stateWidth(config);
  const end = readsState(config)
    ? graph.constant("readout.selection", [config.outputs, state], identityMatrix(state, config.outputs))
    : weight(layout.readout);
  let g = pullbackNodes(graph, config, network.steps, end, perRow);
  if (config.augment) g = columnsNode(graph, g, config.width, "augment.pullback");
  if (network.liftSlope) g = graph.node("Mul", [g, perRow.slope(network.liftSlope())], "lift.pullback");
  const prepared =
    config.lift === "none" ? g : graph.node("MatMul", [g, weight(layout.lift)], "jacobian.prepared");
  return inPhysicalUnits(graph, models, network, outputSteps, prepared);
}

/** The chain rule through both preparations and, of an ensemble, the mean over the members. */
function inPhysicalUnits(
  graph: GraphBuilder,
  models: readonly Model[],
  { members, inputSteps, y: network }: NetworkNodes,
  outputSteps: readonly StepNodes[],
  prepared: string,
): string {
  const mean = (all: string): string =>
    graph.node("ReduceMean", [all], "jacobian.mean", { axes: [0], keepdims: 0 });
  const affines = models.map(({ preparation }) => [
    affineOf(preparation.inputs),
    affineOf(preparation.outputs),
  ]);
  const scales = affines.flatMap(([x, y]) => (x && y ? [scaleRatios(x, y)] : []));
  if (scales.length === models.length) {
    const { columns } = models[0]!.preparation.inputs;
    const dims = [scales[0]!.length / columns, columns];
    const shape = members === 1 ? dims : [members, 1, ...dims];
    const factors = concatenated(Float64Array, scales);
    const scaled = multiplyColumns(
      graph,
      prepared,
      "jacobian.scale",
      shape,
      factors,
      graph.real,
      "jacobian.scaled",
    );
    return graph.node("Identity", [members === 1 ? scaled : mean(scaled)], "jacobian");
  }
  const parts = models.map(({ preparation }, k) => {
    const member = memberOf(graph, members, prepared, k);
    // A side whose steps were folded into affine nodes is passed here as steps after all.
    const input =
      inputSteps[k] ??
      inputSteps[0] ??
      prepareSteps(graph, preparation.inputs, "inputs", `jacobian.inputs.${k}`);
    const output =
      outputSteps[k] ??
      restoreSteps(graph, preparation.outputs, memberOf(graph, members, network, k), `jacobian.outputs.${k}`);
    return output.chain(
      input.chain(graph.node("Cast", [member], `jacobian.${k}.float64`, { to: dataTypes.float64 })),
    );
  });
  const all = stack(graph, parts, "jacobian.members");
  return fromFloat64(graph, members === 1 ? all : mean(all), "jacobian");
}

/** scale_y[j] / scale_x[i], [outputs, inputs]. */
function scaleRatios({ scale: x }: Affine, { scale: y }: Affine): Float64Array {
  return Float64Array.from(
    { length: x.length * y.length },
    (_, k) => y[Math.floor(k / x.length)]! / x[k % x.length]!,
  );
}

/** [rows, size] */
const identityMatrix = (size: number, rows: number): number[] =>
  Array.from({ length: rows * size }, (_, k) => (k % (size + 1) === 0 ? 1 : 0));

const unsqueeze = (graph: GraphBuilder, x: string, axis: number, name: string): string =>
  graph.node("Unsqueeze", [x, graph.integers(`axis.${axis}`, [axis])], name);
