import type { Activation } from "@stiffnet/core";
import type { GraphBuilder } from "./graph.ts";

/** s(z) in the operators of opset 17, into the tensor `output`. */
export function activationNode(graph: GraphBuilder, kind: Activation, z: string, output: string): string {
  if (kind === "softplus" && graph.real === "float64") return softplus(graph, z, output);
  return graph.node(operators[kind], [z], output);
}

/** max(z, 0) + log(1 + exp(-|z|)): onnxruntime has no Softplus for float64. */
function softplus(graph: GraphBuilder, z: string, output: string): string {
  const negative = graph.node("Neg", [graph.node("Abs", [z], `${output}.size`)], `${output}.negative`);
  const exp = graph.node("Exp", [negative], `${output}.exp`);
  const shifted = graph.node("Add", [graph.constant("one", [], [1]), exp], `${output}.shifted`);
  const log = graph.node("Log", [shifted], `${output}.log`);
  return graph.node("Add", [graph.node("Relu", [z], `${output}.positive`), log], output);
}

const operators: Record<Activation, string> = {
  tanh: "Tanh",
  relu: "Relu",
  softplus: "Softplus",
  sin: "Sin",
  identity: "Identity",
};

/** s'(z), given z and s(z); the derivative of relu at 0 is 0. */
export function slopeNode(
  graph: GraphBuilder,
  kind: Activation,
  z: string,
  value: string,
  output: string,
): string {
  const one = () => graph.constant("one", [], [1]);
  switch (kind) {
    case "tanh":
      return graph.node("Sub", [one(), graph.node("Mul", [value, value], `${output}.square`)], output);
    case "relu":
      return graph.node("Sign", [value], output);
    case "softplus":
      return graph.node("Sigmoid", [z], output);
    case "sin":
      // cos(z) = 1 - 2 sin(z/2)^2: onnxruntime has no Cos for float64.
      return cosine(graph, z, output, one());
    case "identity":
      return graph.node("Add", [graph.node("Sub", [z, z], `${output}.zero`), one()], output);
  }
}

function cosine(graph: GraphBuilder, z: string, output: string, one: string): string {
  if (graph.real === "float32") return graph.node("Cos", [z], output);
  const half = graph.node("Mul", [z, graph.constant("half", [], [0.5])], `${output}.half`);
  const sine = graph.node("Sin", [half], `${output}.sine`);
  const square = graph.node("Mul", [sine, sine], `${output}.square`);
  const twice = graph.node("Add", [square, square], `${output}.twice`);
  return graph.node("Sub", [one, twice], output);
}
