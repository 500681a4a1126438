import { ancestry, type Graph } from "./graph.ts";
import { type OperationName, operations } from "./operations.ts";
import { type Expression, Traced } from "./traced.ts";

/** Derivatives in several directions, by the number of the direction. Missing ones are 0 for all values. */
export type Directions = ReadonlyMap<number, Expression>;

const NONE: Directions = new Map();

/** Forward mode: the derivatives of the outputs, given those of some inputs. */
export function forwards(
  graph: Graph,
  outputs: readonly Expression[],
  seeds: ReadonlyMap<Traced, Directions>,
): Directions[] {
  const { math } = graph;
  const found = new Map<Expression, Directions>(seeds);
  for (const node of ancestry(outputs)) {
    if (found.has(node)) continue;
    const sum = new Map<number, Expression>();
    node.args.forEach((each, k) => {
      const along = found.get(each);
      if (along === undefined) return;
      const partial = partialOf(graph, node, k);
      if (partial === 0) return;
      for (const [direction, slope] of along) {
        const term = math.mul(partial, slope);
        const before = sum.get(direction);
        sum.set(direction, before === undefined ? term : math.add(before, term));
      }
    });
    if (sum.size > 0) found.set(node, sum);
  }
  return outputs.map((each) => found.get(each) ?? NONE);
}

/** Reverse mode: of sum_i weights_i outputs_i, the derivatives by all that they are computed from. */
export function backwards(
  graph: Graph,
  outputs: readonly Expression[],
  weights: readonly Expression[],
): ReadonlyMap<Traced, Expression> {
  const { math } = graph;
  const found = new Map<Traced, Expression>();
  const add = (node: Expression, term: Expression) => {
    if (node instanceof Traced) found.set(node, math.add(found.get(node) ?? 0, term));
  };
  outputs.forEach((each, i) => {
    add(each, weights[i]!);
  });
  for (const node of ancestry(outputs).reverse()) {
    const weight = found.get(node)!;
    node.args.forEach((each, k) => {
      if (each instanceof Traced) add(each, math.mul(weight, partialOf(graph, node, k)));
    });
  }
  return found;
}

function partialOf({ math }: Graph, node: Traced, k: number): Expression {
  const [a, b] = node.args as [Expression, Expression];
  return operations[node.operation as OperationName].partials[k]!(math, a, b ?? 0, node);
}
