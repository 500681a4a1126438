import type { Activation } from "@stiffnet/core";
import type { GraphBuilder, OpType } from "./graph.ts";

/** An activation in the operators of opset 17 that onnxruntime has for both types. */
interface Operators {
  /** s(z), into the tensor `output`. */
  value(graph: GraphBuilder, z: string, output: string): string;
  /** s'(z), given z and s(z). */
  slope(graph: GraphBuilder, z: string, value: string, output: string): string;
}

const operator =
  (name: OpType): Operators["value"] =>
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
  gelu: {
    value: (graph, z, output) => graph.node("Mul", [z, normal(graph, z, `${output}.normal`)], output),
    slope: (graph, z, _, output) => {
      const density = normalDensity(graph, z, `${output}.density`);
      const along = graph.node("Mul", [z, density], `${output}.along`);
      return graph.node("Add", [normal(graph, z, `${output}.normal`), along], output);
    },
  },
  silu: {
    // onnxruntime fuses z sigmoid(z) into an operator that it lacks in float64.
    value: (graph, z, output) =>
      graph.real === "float64"
        ? graph.node("Div", [z, onePlusExp(graph, z, output)], output)
        : graph.node("Mul", [z, graph.node("Sigmoid", [z], `${output}.sigmoid`)], output),
    // s' = sigmoid + s (1 - sigmoid)
    slope: (graph, z, value, output) => {
      const sigmoid = graph.node("Sigmoid", [z], `${output}.sigmoid`);
      const rest = graph.node("Sub", [one(graph), sigmoid], `${output}.rest`);
      return graph.node("Add", [sigmoid, graph.node("Mul", [value, rest], `${output}.along`)], output);
    },
  },
  identity: {
    value: operator("Identity"),
    slope: (graph, z, _, output) =>
      graph.node("Add", [graph.node("Sub", [z, z], `${output}.zero`), one(graph)], output),
  },
};

/** 1 + exp(-z) */
function onePlusExp(graph: GraphBuilder, z: string, output: string): string {
  const exp = graph.node("Exp", [graph.node("Neg", [z], `${output}.negative`)], `${output}.exp`);
  return graph.node("Add", [one(graph), exp], `${output}.shifted`);
}

/** max(z, 0) + log(1 + exp(-|z|)): onnxruntime has no Softplus for float64. */
function softplus(graph: GraphBuilder, z: string, output: string): string {
  const shifted = onePlusExp(graph, graph.node("Abs", [z], `${output}.size`), output);
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

/** Phi(z) = (1 + erf(z / sqrt 2)) / 2, the distribution function of the standard normal distribution. */
function normal(graph: GraphBuilder, z: string, output: string): string {
  if (graph.real === "float64") return normal64(graph, z, output);
  const root = graph.constant("root_half", [], [Math.SQRT1_2]);
  const erf = graph.node("Erf", [graph.node("Mul", [z, root], `${output}.scaled`)], `${output}.erf`);
  const sum = graph.node("Add", [erf, one(graph)], `${output}.sum`);
  return graph.node("Mul", [sum, graph.constant("half", [], [0.5])], output);
}

function bell(graph: GraphBuilder, z: string, output: string): string {
  const square = graph.node("Mul", [z, z], `${output}.square`);
  const half = graph.node("Mul", [square, graph.constant("minus_half", [], [-0.5])], `${output}.half`);
  return graph.node("Exp", [half], output);
}

function normalDensity(graph: GraphBuilder, z: string, output: string): string {
  const scale = graph.constant("normal_scale", [], [1 / Math.sqrt(2 * Math.PI)]);
  return graph.node("Mul", [bell(graph, z, `${output}.bell`), scale], output);
}

/** onnxruntime has no Erf for float64. With x = |z|, t = (x - 4) / (x + 4):
 *
 *      1 - Phi(x) = exp(-x^2 / 2) p(t) / (1 + x),   Phi(z) = 1/2 + sign(z) (1/2 - (1 - Phi(x)))
 *
 *  p as in the kernels, to 4e-16. Beyond 38 nothing is left of the tail. */
function normal64(graph: GraphBuilder, z: string, output: string): string {
  const constant = (name: string, value: number) => graph.constant(`normal.${name}`, [], [value]);
  const size = graph.node("Abs", [z], `${output}.size`);
  const x = graph.node("Min", [size, constant("end", 38)], `${output}.x`);
  const four = constant("four", 4);
  const above = graph.node("Add", [x, four], `${output}.above`);
  const t = graph.node("Div", [graph.node("Sub", [x, four], `${output}.below`), above], `${output}.t`);
  let p = constant(`c${normalTail.length - 1}`, normalTail.at(-1)!);
  for (let k = normalTail.length - 2; k >= 0; k--) {
    const product = graph.node("Mul", [p, t], `${output}.product${k}`);
    p = graph.node("Add", [product, constant(`c${k}`, normalTail[k]!)], `${output}.p${k}`);
  }
  const over = graph.node(
    "Div",
    [p, graph.node("Add", [x, one(graph)], `${output}.over`)],
    `${output}.ratio`,
  );
  const tail = graph.node("Mul", [over, bell(graph, x, `${output}.bell`)], `${output}.tail`);
  const half = graph.constant("half", [], [0.5]);
  const inside = graph.node("Sub", [half, tail], `${output}.inside`);
  const signed = graph.node("Mul", [graph.node("Sign", [z], `${output}.sign`), inside], `${output}.signed`);
  return graph.node("Add", [half, signed], output);
}

/** Coefficients of 1, t, t^2, ...: scripts/approximations.py of the kernels. */
const normalTail = [
  0.47205320650984467, -0.09670347732652539, 0.013999634724428892, 0.028600364053505495, -0.03219783742828309,
  0.017936097481078155, -0.005002378586579855, -0.00028562311770235674, 0.0006948970517556371,
  -9.443010393948004e-5, -8.785281388529543e-5, 2.1249380968267437e-5, 1.3625238441129697e-5,
  -3.430414532804623e-6, -2.608255853187153e-6, 4.0176734524103035e-7, 5.434410581463496e-7,
  3.2686804949770533e-9, -1.0119494760026601e-7, -1.9238134933652707e-8, 1.1284365545767843e-8,
  4.463055094435942e-9, 2.434527847538534e-10,
];
