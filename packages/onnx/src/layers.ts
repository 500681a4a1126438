import { discretisationOf, type Model, type ModelConfig } from "@stiffnet/core";
import { operators } from "./activation.ts";
import type { GraphBuilder } from "./graph.ts";
import { blockNodes, type LinearNodes, linear } from "./weights.ts";

/** One evaluation of the field, k = s(W u + b). */
export interface StageNodes {
  readonly weights: LinearNodes;
  /** s'(W u + b), [batch, D] or [M, batch, D]. */
  readonly slope: () => string;
}

/** The steps from h_0 to h_N, written out. */
export interface LayerNodes {
  /** h_N / share. */
  readonly h: string;
  readonly share: number;
  /** [N][stages]; the first stage of a step is the field at its beginning. */
  readonly steps: readonly (readonly StageNodes[])[];
}

/** u_i = h_n + alpha sum_{j<i} a_ij k_j,  k_i = s(W u_i + b),  h_{n+1} = h_n + alpha sum_i b_i k_i, or
 *  h_{n+1} = k_0 without skip connections.
 *
 *  In a float32 graph the state is carried as g = h / alpha:  v_i = g_n + sum_{j<i} a_ij k_j,  k_i = s(alpha
 *  W v_i + b), g_{n+1} = g_n + sum_i b_i k_i. The product with W takes alpha along for free, so each step has
 *  one operator less. A small network's time is the number of its operators. The attribute that holds alpha
 *  there has 32 bits, too few for a float64 graph. */
export function layerNodes(graph: GraphBuilder, models: readonly Model[], start: string): LayerNodes {
  const { config } = models[0]!;
  const { stages, nodeOf } = discretisationOf(config);
  const { a, b } = tableauOf(config);
  const weightsAt = blockNodes(graph, models);
  const alpha = config.horizon / config.depth;
  const share = graph.real === "float32" && hasSkips(config) ? alpha : 1;
  const along = (h: string, weights: readonly number[], k: readonly string[], prefix: string): string => {
    const parts = k.flatMap((value, j) => {
      const name = stages === 1 ? `${prefix}.step` : `${prefix}.step.${j}`;
      const factor = weights[j]! * (alpha / share);
      if (factor === 0) return [];
      return factor === 1 ? [value] : [graph.node("Mul", [value, factorNode(graph, factor, alpha)], name)];
    });
    if (parts.length === 0) return h;
    return graph.node("Add", [h, total(graph, parts, `${prefix}.step`)], `${prefix}.h`);
  };
  let h = start;
  if (share !== 1)
    h = graph.node("Mul", [start, graph.constant("alpha.inverse", [], [1 / share])], "start.h");
  const steps = Array.from({ length: config.depth }, (_, n) => {
    const k: string[] = [];
    const made = Array.from({ length: stages }, (_, i): StageNodes => {
      const prefix = stages === 1 ? `blocks.${n}` : `blocks.${n}.${i}`;
      const weights = weightsAt(nodeOf[n * stages + i]!);
      const z = linear(graph, models, weights, along(h, a[i]!, k, prefix), prefix, share);
      const s = operators[config.activation].value(graph, z, `${prefix}.s`);
      k.push(s);
      return { weights, slope: () => operators[config.activation].slope(graph, z, s, `${prefix}.slope`) };
    });
    h = hasSkips(config) ? along(h, b, k, `blocks.${n}`) : k[0]!;
    return made;
  });
  return { h, share, steps };
}

/** dy/dh_0 from dy/dh_N, both [..., outputs, D], backwards through the stages:
 *
 *      dy/du_i = (alpha b_i dy/dh_{n+1} + alpha sum_{l>i} a_li dy/du_l) diag(s'_i) W_i,   dy/dh_n =
 *      dy/dh_{n+1} + sum_i dy/du_i */
export function pullbackNodes(
  graph: GraphBuilder,
  config: ModelConfig,
  steps: LayerNodes["steps"],
  end: string,
  /** For a product with every row of the batch: of weights and of slopes. */
  perRow: { readonly weight: (weight: string) => string; readonly slope: (slope: string) => string },
): string {
  const { a, b } = tableauOf(config);
  return steps.reduceRight((g, stages, n) => {
    const through = (prefix: string, i: number, slope: string, to: string): string =>
      graph.node(
        "MatMul",
        [slope, perRow.weight(stages[i]!.weights.weight)],
        to === "" ? prefix : `${prefix}.${to}`,
      );
    const weighted = (cotangent: string, slope: string, name: string): string =>
      graph.node("Mul", [cotangent, perRow.slope(slope)], name);
    if (!hasSkips(config)) {
      const prefix = `blocks.${n}.pullback`;
      return through(prefix, 0, weighted(g, stages[0]!.slope(), `${prefix}.slope`), "");
    }
    const pulled: string[] = [];
    for (let i = stages.length - 1; i >= 0; i--) {
      const prefix = stages.length === 1 ? `blocks.${n}.pullback` : `blocks.${n}.${i}.pullback`;
      const cotangents: [string, number][] = [[g, b[i]!]];
      for (let l = i + 1; l < stages.length; l++) cotangents.push([pulled[l]!, a[l]![i]!]);
      // The step's share is taken with the slopes: next to a product a runtime would fold it in, in float32.
      const parts = cotangents
        .filter(([, share]) => share !== 0)
        .map(([cotangent, share], k) => {
          const name = k === 0 ? "" : `.${k}`;
          const alpha = config.horizon / config.depth;
          const step = factorNode(graph, alpha * share, alpha);
          const slope = graph.node("Mul", [stages[i]!.slope(), step], `${prefix}.alpha${name}`);
          return weighted(cotangent, slope, `${prefix}.slope${name}`);
        });
      pulled[i] = through(prefix, i, total(graph, parts, `${prefix}.slopes`), "product");
    }
    return graph.node("Add", [g, total(graph, pulled, `blocks.${n}.products`)], `blocks.${n}.pullback`);
  }, end);
}

const hasSkips = (config: ModelConfig): boolean => config.kind === "neuralOde" || config.skip !== false;

/** Those of an explicit method; `requireExport` lets no other one pass. */
function tableauOf(config: ModelConfig) {
  const { method } = discretisationOf(config);
  if ("share" in method) throw new RangeError("tableauOf: the method is implicit");
  return method;
}

/** alpha, a coefficient of the method, or their product. */
function factorNode(graph: GraphBuilder, factor: number, alpha: number): string {
  return graph.constant(factor === alpha ? "alpha" : `factor.${factor}`, [], [factor]);
}

function total(graph: GraphBuilder, parts: readonly string[], name: string): string {
  return parts.reduce((sum, part, k) => graph.node("Add", [sum, part], `${name}.sum.${k}`));
}
