import { counted } from "@stiffnet/base";
import { OnnxError } from "../errors.ts";
import { dataTypes, type OnnxModel, type OnnxNode } from "../proto.ts";
import { type Constant, constantOf, transposed } from "./constants.ts";
import {
  columns,
  type Expression,
  type ForeignActivation,
  gated,
  linear,
  uniform,
  widthOf,
} from "./expression.ts";

const activations: Readonly<Record<string, ForeignActivation>> = {
  Tanh: "tanh",
  Relu: "relu",
  Softplus: "softplus",
  Sin: "sin",
  Sigmoid: "sigmoid",
  Erf: "erf",
};

/** Nodes that leave the numbers of a row as they are. Dropout does so outside of training. */
const passing = new Set(["Identity", "Cast", "Dropout", "Flatten"]);

export interface ForeignGraph {
  readonly inputs: number;
  readonly output: Expression;
}

/** Reads a graph node by node. Throws `OnnxError` (`unsupported_node`) with the first node that has no place
 *  in a network of affine maps and activations. */
export function readGraph({ graph }: OnnxModel, from: string): ForeignGraph {
  const constants = new Map<string, Constant>();
  for (const tensor of graph.initializer) {
    const constant = constantOf(tensor);
    if (typeof constant === "string") throw new OnnxError(`${from}: ${constant}`, { code: "unsupported" });
    constants.set(tensor.name, constant);
  }
  const free = graph.input.filter(({ name }) => !constants.has(name));
  const width = free[0]?.type?.tensorType?.shape?.dim?.at(-1)?.dimValue;
  if (free.length !== 1 || graph.output.length !== 1 || width === undefined) {
    throw new OnnxError(
      `${from}: the graph has ${counted(free.length, "input")} and ${counted(graph.output.length, "output")}, ` +
        "expected one input [batch, columns] with a fixed number of columns, and one output",
      { code: "unsupported_node" },
    );
  }
  const values = new Map<string, Expression>([[free[0]!.name, { kind: "input" }]]);
  const outputName = graph.output[0]!.name;
  const reader = new NodeReader(constants, values, { inputs: width, output: outputName });
  graph.node.forEach((node, k) => {
    const why = reader.read(node);
    if (why === undefined) return;
    const name = node.name ? ` '${node.name}'` : "";
    throw new OnnxError(
      `${from}: node ${k + 1}${name} (${node.opType}): ${why}; importOnnx reads multilayer perceptrons and ` +
        "residual networks of Gemm, MatMul, Add, Sub, Mul, Div and activations",
      { code: "unsupported_node" },
    );
  });
  const output = values.get(outputName);
  if (!output) {
    throw new OnnxError(`${from}: the output '${outputName}' does not depend on the input`, {
      code: "unsupported_node",
    });
  }
  return { inputs: width, output };
}

class NodeReader {
  readonly #constants: Map<string, Constant>;
  readonly #values: Map<string, Expression>;
  /** Whether a value lies above a number, which is one for all columns. */
  readonly #above = new Map<string, { readonly of: Expression; readonly bound: number }>();
  readonly #inputs: number;
  readonly #output: string;

  constructor(
    constants: Map<string, Constant>,
    values: Map<string, Expression>,
    { inputs, output }: { readonly inputs: number; readonly output: string },
  ) {
    this.#constants = constants;
    this.#values = values;
    this.#inputs = inputs;
    this.#output = output;
  }

  /** Stores what the node's output holds, or says why it cannot. */
  read(node: OnnxNode): string | undefined {
    const { opType } = node;
    if (node.domain && node.domain !== "ai.onnx" && opType !== "Scaler") {
      return `it is of the domain '${node.domain}'`;
    }
    if (opType === "Constant") return this.#constant(node);
    const value = this.#values.get(node.input[0]!);
    const constant = this.#constants.get(node.input[0]!);
    if (passing.has(opType) || opType === "Reshape" || opType === "Squeeze" || opType === "Unsqueeze") {
      if (opType === "Cast" && !keepsNumbers(node) && !constant?.values.every(Number.isInteger))
        return "it rounds its input";
      if (opType === "Flatten" && !keepsBatch(node)) return "it makes one row of all";
      if (constant) {
        const width = constant.values.length;
        const dims = opType === "Unsqueeze" ? [1, width] : constant.dims;
        return this.#keep(node, passing.has(opType) ? constant : { ...constant, dims });
      }
      if (value && !passing.has(opType) && !this.#keepsRows(node, value))
        return "it changes the shape of a row";
      if (!value) return "it has no input that depends on x";
      return this.#store(node, value);
    }
    if (opType === "Transpose" && constant?.dims.length === 2) {
      const same = attributeOf(node, "perm")?.ints?.[0] === 0;
      return this.#keep(node, same ? constant : transposed(constant));
    }
    if (opType === "Gemm") return this.#gemm(node);
    if (opType === "MatMul") return this.#matMul(node);
    if (opType === "Greater") return this.#greater(node);
    if (opType === "Where") return this.#where(node);
    if (opType === "Scaler" && value) return this.#scaler(node, value);
    if (opType === "Gelu" && value) return this.#gelu(node, value);
    const activation = activations[opType];
    if (activation && value) return this.#store(node, { kind: "activation", name: activation, of: value });
    if (opType === "Add" || opType === "Sub" || opType === "Mul" || opType === "Div")
      return this.#binary(node);
    return "this operation is not one of such a network";
  }

  #store(node: OnnxNode, value: Expression): undefined {
    this.#values.set(node.output[0]!, value);
  }

  #keep(node: OnnxNode, constant: Constant): undefined {
    this.#constants.set(node.output[0]!, constant);
  }

  #constant(node: OnnxNode): string | undefined {
    const [attribute] = node.attribute;
    if (attribute?.t) {
      const constant = constantOf(attribute.t);
      return typeof constant === "string" ? constant : this.#keep(node, constant);
    }
    if (attribute?.name === "value_float")
      return this.#keep(node, { dims: [], values: Float64Array.of(attribute.f ?? 0) });
    return "its value is not a tensor of numbers";
  }

  #widthOf(value: Expression): number {
    return widthOf(value, this.#inputs);
  }

  /** Whether the new shape is still [batch, columns], or [batch] for one column. skl2onnx writes several
   *  outputs as [batch outputs, 1], which are the same numbers in the same order. */
  #keepsRows(node: OnnxNode, value: Expression): boolean {
    const width = this.#widthOf(value);
    if (node.opType !== "Reshape") return width === 1;
    const [rows, columns, ...more] = this.#constants.get(node.input[1]!)?.values ?? [];
    if (more.length > 0 || rows === undefined) return false;
    if (columns === undefined) return width === 1;
    return columns === width || rows === 0 || (columns === 1 && node.output[0] === this.#output);
  }

  #gemm(node: OnnxNode): string | undefined {
    const number = (name: string): number | undefined => {
      const attribute = attributeOf(node, name);
      // The decoder leaves out a zero.
      return attribute && (attribute.f ?? attribute.i ?? 0);
    };
    const x = this.#values.get(node.input[0]!);
    const matrix = this.#constants.get(node.input[1]!);
    const bias = node.input[2] ? this.#constants.get(node.input[2]) : undefined;
    if (!x || matrix?.dims.length !== 2 || (node.input[2] && !bias)) {
      return "expected x W^T + b with constant W and b";
    }
    if (number("transA")) return "its first matrix is transposed";
    const weight = number("transB") ? matrix : transposed(matrix);
    const alpha = number("alpha") ?? 1;
    const beta = number("beta") ?? 1;
    const [rows, columns] = weight.dims as [number, number];
    if (columns !== this.#widthOf(x))
      return `W has ${counted(columns, "column")} for ${counted(this.#widthOf(x), "number")} a row`;
    if (bias && bias.values.length !== 1 && bias.values.length !== rows) {
      return `b has ${bias.values.length} numbers for ${counted(rows, "column")}`;
    }
    return this.#store(
      node,
      linear(x, {
        rows,
        columns,
        weight: weight.values.map((w) => alpha * w),
        bias: bias ? spread(bias.values, rows).map((b) => beta * b) : new Float64Array(rows),
      }),
    );
  }

  #matMul(node: OnnxNode): string | undefined {
    const x = this.#values.get(node.input[0]!);
    const matrix = this.#constants.get(node.input[1]!);
    if (!x || matrix?.dims.length !== 2) return "expected a product of x and a constant matrix";
    const weight = transposed(matrix);
    const [rows, columns] = weight.dims as [number, number];
    if (columns !== this.#widthOf(x))
      return `W has ${counted(columns, "row")} for ${counted(this.#widthOf(x), "number")} a row`;
    return this.#store(
      node,
      linear(x, { rows, columns, weight: weight.values, bias: new Float64Array(rows) }),
    );
  }

  #gelu(node: OnnxNode, of: Expression): string | undefined {
    const approximate = new TextDecoder().decode(attributeOf(node, "approximate")?.s);
    if (approximate !== "" && approximate !== "none") return `it is the approximation '${approximate}'`;
    return this.#store(node, { kind: "activation", name: "gelu", of });
  }

  #greater(node: OnnxNode): string | undefined {
    const of = this.#values.get(node.input[0]!);
    const bound = uniform(this.#constants.get(node.input[1]!)?.values ?? new Float64Array());
    if (!of || bound === undefined) return "expected a comparison with a constant";
    this.#above.set(node.output[0]!, { of, bound });
    return undefined;
  }

  /** PyTorch's softplus: z above 20, where log(1 + exp(z)) is z to more digits than float32 has. */
  #where(node: OnnxNode): string | undefined {
    const above = this.#above.get(node.input[0]!);
    const [z, otherwise] = node.input.slice(1).map((name) => this.#values.get(name));
    const isSoftplus =
      otherwise?.kind === "activation" && otherwise.name === "softplus" && otherwise.of === z;
    if (!isSoftplus || above?.of !== z || above.bound < 16) return "it is not a softplus with a threshold";
    return this.#store(node, otherwise);
  }

  /** skl2onnx's StandardScaler: (x - offset) scale. */
  #scaler(node: OnnxNode, x: Expression): string | undefined {
    const list = (name: string): Float64Array | undefined => {
      const floats = attributeOf(node, name)?.floats;
      return floats && spread(floats, this.#widthOf(x));
    };
    const [offset, scale] = [list("offset"), list("scale")];
    if (!offset || !scale) return "it lacks an offset or a scale";
    return this.#store(
      node,
      columns(
        x,
        scale,
        offset.map((o, j) => -o * scale[j]!),
      ),
    );
  }

  #binary(node: OnnxNode): string | undefined {
    const [a, b] = node.input.map((name) => this.#values.get(name));
    const [c, d] = node.input.map((name) => this.#constants.get(name));
    const { opType } = node;
    if (a && b) {
      if (opType === "Add") return this.#store(node, { kind: "sum", first: a, second: b });
      const product = opType === "Mul" ? (gated(a, b) ?? gated(b, a)) : undefined;
      return product ? this.#store(node, product) : "both of its inputs depend on x";
    }
    const x = a ?? b;
    const constant = c ?? d;
    if (!x || !constant) return "one of its inputs is not known";
    const width = this.#widthOf(x);
    if (constant.values.length !== 1 && constant.values.length !== width) {
      return `its constant has ${constant.values.length} numbers for ${counted(width, "column")}`;
    }
    const numbers = spread(constant.values, width);
    if (opType === "Div" && !a) return "its divisor depends on x";
    const all = (value: number): Float64Array => new Float64Array(width).fill(value);
    const parts: Record<string, readonly [scale: Float64Array, shift: Float64Array]> = {
      Add: [all(1), numbers],
      Sub: a ? [all(1), numbers.map((n) => -n)] : [all(-1), numbers],
      Mul: [numbers, all(0)],
      Div: [numbers.map((n) => 1 / n), all(0)],
    };
    return this.#store(node, columns(x, ...parts[opType]!));
  }
}

const attributeOf = ({ attribute }: OnnxNode, name: string) => attribute.find((one) => one.name === name);

function keepsNumbers(cast: OnnxNode): boolean {
  const to = attributeOf(cast, "to")?.i;
  return to === dataTypes.float32 || to === dataTypes.float64;
}

/** Of [batch, columns], the axis 1 (or -1) leaves the rows as they are. The decoder leaves out a zero. */
function keepsBatch(flatten: OnnxNode): boolean {
  const axis = attributeOf(flatten, "axis");
  return axis === undefined || axis.i === 1 || axis.i === -1;
}

/** One number for all columns, or one for each. */
const spread = (values: ArrayLike<number>, width: number): Float64Array =>
  Float64Array.from({ length: width }, (_, j) => values[values.length === 1 ? 0 : j]!);
