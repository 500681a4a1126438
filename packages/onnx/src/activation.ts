import type { Activation } from "@stiffnet/core";
import type { GraphBuilder } from "./graph.ts";

/** An activation in the operators of opset 17 that onnxruntime has for both types. */
interface Operators {
  /** s(z), into the tensor `output`. */
  value(graph: GraphBuilder, z: string, output: string): string;
  /** s'(z), given z and s(z). */
  slope(graph: GraphBuilder, z: string, value: string, output: string): string;
}

const operator =
  (name: string): Operators["value"] =>
  (graph, z, output) =>
    graph.node(name, [z], output);

const one = (graph: GraphBuilder): string => graph.constant("one", [], [1]);

export const operators: Readonly<Record<Activation, Operators>> = {
  tanh: {
    value: operator("Tanh"),
    slope: (graph, _, value, output) =>
      graph.node("Sub", [one(graph), graph.node("Mul", [value, value], `${output}.square`)], output),
  },
  // The derivative at 0 is 0.
  relu: { value: operator("Relu"), slope: (graph, _, value, output) => graph.node("Sign", [value], output) },
  softplus: {
    value: (graph, z, output) =>
      graph.real === "float64" ? softplus(graph, z, output) : graph.node("Softplus", [z], output),
    slope: operator("Sigmoid"),
  },
  sin: { value: operator("Sin"), slope: cosine },
  identity: {
    value: operator("Identity"),
    slope: (graph, z, _, output) =>
      graph.node("Add", [graph.node("Sub", [z, z], `${output}.zero`), one(graph)], output),
  },
};

/** max(z, 0) + log(1 + exp(-|z|)): onnxruntime has no Softplus for float64. */
function softplus(graph: GraphBuilder, z: string, output: string): string {
  const negative = graph.node("Neg", [graph.node("Abs", [z], `${output}.size`)], `${output}.negative`);
  const exp = graph.node("Exp", [negative], `${output}.exp`);
  const shifted = graph.node("Add", [one(graph), exp], `${output}.shifted`);
  const log = graph.node("Log", [shifted], `${output}.log`);
  return graph.node("Add", [graph.node("Relu", [z], `${output}.positive`), log], output);
}

/** cos(z) = 1 - 2 sin(z/2)^2: not every onnxruntime has Cos for float64. */
function cosine(graph: GraphBuilder, z: string, _: string, output: string): string {
  if (graph.real === "float32") return graph.node("Cos", [z], output);
  const half = graph.node("Mul", [z, graph.constant("half", [], [0.5])], `${output}.half`);
  const sine = graph.node("Sin", [half], `${output}.sine`);
  const square = graph.node("Mul", [sine, sine], `${output}.square`);
  const twice = graph.node("Add", [square, square], `${output}.twice`);
  return graph.node("Sub", [one(graph), twice], output);
}
