import type { OnnxNode, OpType } from "@stiffnet/onnx/file";

/** A node of TensorFlow's GraphDef as JSON. */
export interface TensorFlowNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr: Readonly<Record<string, unknown>>;
}

/** Writes what one ONNX node becomes. */
export interface Writer {
  /** Adds a node and returns its name; the last one of a translation is called `name`. */
  node(op: string, input: readonly string[], name: string, attr?: TensorFlowNode["attr"]): string;
  /** Adds a constant of int32, a vector unless `dims` says otherwise. */
  integers(values: readonly number[], dims?: readonly number[]): string;
  /** A constant of float32, a single number. */
  number(value: number): string;
  /** The node of that name, if it is one. */
  made(name: string): TensorFlowNode | undefined;
  /** The numbers of a constant that an ONNX node takes as its input, such as axes. */
  values(input: string): number[];
}

/** Its inputs come under the names that they have in TensorFlow's graph. */
type Translate = (writer: Writer, name: string, input: readonly string[], node: OnnxNode) => void;

const attributeOf = ({ attribute }: OnnxNode, name: string) => attribute.find((one) => one.name === name);
/** An integer that protobuf leaves out is 0. */
const integerOf = (node: OnnxNode, name: string): number => attributeOf(node, name)?.i ?? 0;
const integersOf = (node: OnnxNode, name: string): number[] => attributeOf(node, name)?.ints ?? [];

/** Over the axes, which stay as sizes of 1 where `keepdims` is 1, as it is unless said. */
const reduce =
  (op: string, along: (node: OnnxNode, values: Writer["values"]) => number[]): Translate =>
  (writer, name, [x], node) => {
    const kept = attributeOf(node, "keepdims") === undefined || integerOf(node, "keepdims") === 1;
    writer.node(op, [x!, writer.integers(along(node, writer.values))], name, { keep_dims: { b: kept } });
  };

/** The operations of a network's graph in those of TensorFlow: a name where the inputs are the same. All
 *  numbers are float32, so that a Cast changes nothing. Only Gaussian processes have Max and ReduceSum. */
export const operations: Readonly<Record<Exclude<OpType, "Max" | "ReduceSum">, string | Translate>> = {
  Abs: "Abs",
  Add: "AddV2",
  Cast: "Identity",
  Concat(writer, name, input, node) {
    const axis = writer.integers([integerOf(node, "axis")], []);
    writer.node("ConcatV2", [...input, axis], name, { N: { i: String(input.length) } });
  },
  Cos: "Cos",
  Div: "RealDiv",
  Erf: "Erf",
  Exp: "Exp",
  Gather(writer, name, [x, indices], node) {
    writer.node("GatherV2", [x!, indices!, writer.integers([integerOf(node, "axis")], [])], name);
  },
  // alpha x W' + b
  Gemm(writer, name, [x, weight, bias], node) {
    const transposed = { b: integerOf(node, "transB") === 1 };
    let product = writer.node("MatMul", [x!, weight!], `${name}/product`, { transpose_b: transposed });
    const { f: alpha = 1 } = attributeOf(node, "alpha") ?? {};
    if (alpha !== 1) product = writer.node("Mul", [product, writer.number(alpha)], `${name}/scaled`);
    writer.node("AddV2", [product, bias!], name);
  },
  Identity: "Identity",
  Log: "Log",
  // TensorFlow.js 4.22 repeats an operand along leading axes only. Other products are wrong, without an
  // error. So [members, batch, rows, D] times [members, 1, D, D] is taken with the batch in front.
  MatMul(writer, name, [a, b]) {
    const { op, input } = writer.made(b!) ?? {};
    if (op !== "ExpandDims" || input![1] !== writer.integers([1], [])) {
      writer.node("BatchMatMulV2", [a!, b!], name);
      return;
    }
    const order = writer.integers([1, 0, 2, 3]);
    const front = writer.node("Transpose", [a!, order], `${name}/front`);
    const product = writer.node("BatchMatMulV2", [front, input![0]!], `${name}/product`);
    writer.node("Transpose", [product, order], name);
  },
  Min: "Minimum",
  Mul: "Mul",
  Neg: "Neg",
  // ONNX has all sizes before the tensor, then all behind it; TensorFlow a pair for each axis.
  Pad(writer, name, [x, sizes]) {
    const pads = writer.values(sizes!);
    const rank = pads.length / 2;
    const pairs = pads.map((_, k) => pads[(k % 2) * rank + Math.floor(k / 2)]!);
    writer.node("Pad", [x!, writer.integers(pairs, [rank, 2])], name);
  },
  ReduceMean: reduce("Mean", (node) => integersOf(node, "axes")),
  Relu: "Relu",
  Reshape: "Reshape",
  Sigmoid: "Sigmoid",
  Sign: "Sign",
  Sin: "Sin",
  // x[..., start:end]: our slices are along the last axis.
  Slice(writer, name, [x, start, end]) {
    const bounds = [start!, end!].map((one) => writer.integers([0, writer.values(one)[0]!]));
    const strides = writer.integers([1, 1]);
    writer.node("StridedSlice", [x!, ...bounds, strides], name, { ellipsis_mask: { i: "1" } });
  },
  Softplus: "Softplus",
  Sqrt: "Sqrt",
  Squeeze(writer, name, [x, along]) {
    const list = { i: writer.values(along!).map(String) };
    writer.node("Squeeze", [x!], name, { squeeze_dims: { list } });
  },
  Sub: "Sub",
  Tanh: "Tanh",
  Transpose(writer, name, [x], node) {
    writer.node("Transpose", [x!, writer.integers(integersOf(node, "perm"))], name);
  },
  Unsqueeze(writer, name, [x, along]) {
    writer.node("ExpandDims", [x!, writer.integers(writer.values(along!), [])], name);
  },
};
