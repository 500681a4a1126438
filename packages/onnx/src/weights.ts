import { concatenated } from "@stiffnet/base";
import { discretisationOf, type Model, type Slot, tensor } from "@stiffnet/core";
import type { GraphBuilder } from "./graph.ts";

/** Places of W ([rows, columns], or [M, rows, columns] of several models) and b ([rows] or [M, 1, rows]). */
export interface LinearNodes {
  readonly weight: string;
  readonly bias: string;
}

/** The parameters of a layer as constants of their own names. Weights keep their shape, so that a reader
 *  finds them as they are. */
export function parameterNodes(
  graph: GraphBuilder,
  models: readonly Model[],
  { weight, bias }: { readonly weight: Slot; readonly bias: Slot },
): LinearNodes {
  const [several, stacked] = models.length === 1 ? [[], []] : [[models.length], [models.length, 1]];
  return {
    weight: graph.constant(weight.name, [...several, ...weight.shape], together(models, weight)),
    bias: graph.constant(bias.name, [...stacked, ...bias.shape], together(models, bias)),
  };
}

/** W and b at every node, a time at which the network reads them. Layers are constants. The graph expands
 *  other bases, W(t_m) = sum_j phi_j(t_m) Theta_j for all m, by one product of constants, which a runtime
 *  computes once when it loads the file. So the file holds only the Theta_j. */
export function blockNodes(graph: GraphBuilder, models: readonly Model[]): (node: number) => LinearNodes {
  const { config, layout } = models[0]!;
  const { nodes, terms, phi } = discretisationOf(config);
  const own = layout.blocks.map((block) => parameterNodes(graph, models, block));
  const values = phi(config.horizon);
  if (config.kind === "resnet" || config.weights.basis === "perLayer" || terms === 1) {
    return (node) => own[values.subarray(node * terms, (node + 1) * terms).indexOf(1)]!;
  }
  const basis = graph.constant("theta.basis", [nodes, terms], values);
  const expand = (kind: keyof LinearNodes): ((node: number) => string) => {
    const dims = [...(models.length === 1 ? [] : [models.length]), ...layout.blocks[0]![kind].shape];
    if (kind === "bias" && models.length > 1) dims.splice(1, 0, 1);
    const parts = own.map((nodes, j) =>
      graph.node("Unsqueeze", [nodes[kind], graph.integers("axis.0", [0])], `theta.${j}.${kind}.term`),
    );
    const all = graph.node("Concat", parts, `theta.${kind}`, { axis: 0 });
    const rows = graph.integers("theta.rows", [terms, -1]);
    const flat = graph.node("Reshape", [all, rows], `theta.${kind}.rows`);
    const product = graph.node("MatMul", [basis, flat], `theta.${kind}.expanded`);
    return (node) => {
      const row = graph.node(
        "Gather",
        [product, graph.integers(`node.${node}`, [node])],
        `node.${node}.${kind}.row`,
        {
          axis: 0,
        },
      );
      return graph.node("Reshape", [row, graph.integers(`theta.${kind}.dims`, dims)], `node.${node}.${kind}`);
    };
  };
  const [weight, bias] = [expand("weight"), expand("bias")];
  return (node) => ({ weight: weight(node), bias: bias(node) });
}

/** share x W^T + b. */
export function linear(
  graph: GraphBuilder,
  models: readonly Model[],
  { weight, bias }: LinearNodes,
  x: string,
  prefix: string,
  share = 1,
): string {
  const alpha = share === 1 ? {} : { alpha: { float: share } };
  if (models.length === 1)
    return graph.node("Gemm", [x, weight, bias], `${prefix}.z`, { ...alpha, transB: 1 });
  const transposed = graph.node("Transpose", [weight], `${weight}.transposed`, { perm: [0, 2, 1] });
  // All are constants. A runtime multiplies them once, when it loads the file.
  const shared =
    share === 1
      ? transposed
      : graph.node("Mul", [transposed, graph.constant("alpha", [], [share])], `${weight}.shared`);
  return graph.node("Add", [graph.node("MatMul", [x, shared], `${prefix}.product`), bias], `${prefix}.z`);
}

const together = (models: readonly Model[], slot: Slot): Float64Array =>
  concatenated(
    Float64Array,
    models.map((model) => tensor(model.parameters, slot)),
  );
