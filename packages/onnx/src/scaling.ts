import type { GraphBuilder } from "./graph.ts";

/* onnxruntime folds a product or quotient with a constant of one element into a neighbouring MatMul, as an
   attribute in float32 even
 * where the tensors are float64. A single float64 factor is therefore written as a 1 x 1 matrix, which keeps
 * its digits. */

/** x divided by one number for each column, into the tensor `output`. */
export function divideColumns(
  graph: GraphBuilder,
  x: string,
  name: string,
  dims: readonly number[],
  divisors: ArrayLike<number>,
  type: "float32" | "float64",
  output: string,
): string {
  if (type === "float64" && divisors.length === 1) {
    return graph.node(
      "MatMul",
      [x, graph.constant(`${name}.inverse`, [1, 1], [1 / divisors[0]!], type)],
      output,
    );
  }
  return graph.node("Div", [x, graph.constant(name, dims, divisors, type)], output);
}

/** x times one number for each column. */
export function multiplyColumns(
  graph: GraphBuilder,
  x: string,
  name: string,
  dims: readonly number[],
  factors: ArrayLike<number>,
  type: "float32" | "float64",
  output: string,
): string {
  const single = type === "float64" && factors.length === 1;
  const constant = graph.constant(single ? `${name}.matrix` : name, single ? [1, 1] : dims, factors, type);
  return graph.node(single ? "MatMul" : "Mul", [x, constant], output);
}

/** x, [batch, rows, columns], times one number for each row, in float64. */
export function multiplyRows(
  graph: GraphBuilder,
  x: string,
  name: string,
  factors: readonly number[],
  output: string,
): string {
  const constant = graph.constant(name, [factors.length, 1], factors, "float64");
  return factors.length === 1
    ? graph.node("MatMul", [constant, x], output)
    : graph.node("Mul", [x, constant], output);
}
