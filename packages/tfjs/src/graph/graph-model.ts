import { OnnxError, type SurrogateDescription } from "@stiffnet/onnx";
import {
  dataTypes,
  type OnnxModel,
  type OnnxTensor,
  type OnnxValue,
  rawBytes,
  realValues,
  version,
} from "@stiffnet/onnx/file";
import { operations, type TensorFlowNode, type Writer } from "./operations.ts";

interface Weight {
  readonly name: string;
  readonly shape: number[];
  readonly dtype: "float32" | "int32";
}

/** Input of `tf.io.fromMemory`, for `tf.loadGraphModel`. */
export interface TfjsModel {
  readonly format: "graph-model";
  readonly generatedBy: string;
  readonly convertedBy: null;
  readonly modelTopology: {
    readonly node: readonly TensorFlowNode[];
    readonly versions: { producer: number };
  };
  /** Names, types and shapes of inputs and outputs. */
  readonly signature: Readonly<Record<"inputs" | "outputs", Readonly<Record<string, unknown>>>>;
  /** `stiffnet` describes the surrogate. `structuredOutputKeys` names the outputs that `predict` returns. */
  readonly userDefinedMetadata: {
    readonly stiffnet: SurrogateDescription;
    readonly structuredOutputKeys?: readonly string[];
  };
  readonly weightSpecs: readonly Weight[];
  readonly weightData: ArrayBuffer;
}

/** The same graph with float32 throughout, which is all that TensorFlow.js has. */
export function inFloat32(model: OnnxModel): OnnxModel {
  const { graph } = model;
  const constant = (tensor: OnnxTensor): OnnxTensor => {
    if (tensor.dataType !== dataTypes.float64) return tensor;
    return {
      ...tensor,
      dataType: dataTypes.float32,
      rawData: rawBytes(realValues(tensor).map(held), "float32"),
    };
  };
  const value = (one: OnnxValue): OnnxValue => {
    const { shape } = one.type.tensorType;
    return { ...one, type: { tensorType: { elemType: dataTypes.float32, shape } } };
  };
  const node = graph.node.map((one) =>
    one.opType === "Cast" ? { ...one, opType: "Identity", attribute: [] } : one,
  );
  const initializer = graph.initializer.map(constant);
  const [input, output] = [graph.input.map(value), graph.output.map(value)];
  return { ...model, graph: { ...graph, node, initializer, input, output } };
}

/** Keeps guards of divisions from becoming 0. */
const held = (x: number): number => (x !== 0 && Math.abs(x) < 2 ** -126 ? Math.sign(x) * 2 ** -126 : x);

/** A graph of `inFloat32` as TensorFlow's; `from` names the file in errors. */
export function graphModel({ graph }: OnnxModel, surrogate: SurrogateDescription, from: string): TfjsModel {
  const [input, output] = [graph.input[0]!, graph.output];
  const { nodes, constants } = translate(graph, from);
  const used = new Set(nodes.flatMap((node) => node.input ?? []));
  const weights = constants.filter(({ name }) => used.has(name));
  const placeholder = { name: input.name, op: "Placeholder", attr: { ...float32, shape: shapeOf(input) } };
  const stored = weights.map(({ name, dtype }) => ({
    name,
    op: "Const",
    attr: { dtype: { type: typeNames[dtype] } },
  }));
  return {
    format: "graph-model",
    generatedBy: `stiffnet ${version}`,
    convertedBy: null,
    modelTopology: { node: [placeholder, ...stored, ...nodes], versions: { producer: 1 } },
    signature: { inputs: signatureOf([input]), outputs: signatureOf(output) },
    userDefinedMetadata: {
      stiffnet: surrogate,
      ...(output.length > 1 && { structuredOutputKeys: output.map(({ name }) => name) }),
    },
    weightSpecs: weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    weightData: dataOf(weights),
  };
}

type Constant = Weight & { readonly values: ArrayLike<number> };

function translate(
  graph: OnnxModel["graph"],
  from: string,
): { nodes: TensorFlowNode[]; constants: Constant[] } {
  const given = new Map(graph.initializer.map((tensor) => [tensor.name, tensor]));
  const constants = new Map<string, Constant>();
  const nodes: TensorFlowNode[] = [];
  const store = (
    name: string,
    shape: readonly number[],
    dtype: Weight["dtype"],
    values: ArrayLike<number>,
  ) => {
    constants.set(name, { name, shape: [...shape], dtype, values });
    return name;
  };
  for (const tensor of graph.initializer) {
    const dtype = tensor.dataType === dataTypes.int64 ? "int32" : "float32";
    store(nameOf(tensor.name), tensor.dims, dtype, realValues(tensor));
  }
  const writer: Writer = {
    node(op, input, name, attr = {}) {
      nodes.push({ name, op, input, attr: { T: { type: "DT_FLOAT" }, ...attr } });
      return name;
    },
    integers: (values, dims = [values.length]) =>
      store(`int32/${[dims.join("x"), ...values].join("_")}`, dims, "int32", values),
    number: (value) => store(`float32/${value}`, [], "float32", [value]),
    made: (name) => nodes.find((node) => node.name === name),
    values: (name) => [...realValues(given.get(name)!)],
  };
  for (const node of graph.node) {
    const operation = (operations as Partial<typeof operations>)[node.opType as keyof typeof operations];
    if (!operation) {
      throw new OnnxError(
        `${from}: '${node.name}' is a ${node.opType}, expected one of ${Object.keys(operations).join(", ")}`,
        { code: "unsupported" },
      );
    }
    const [name, input] = [nameOf(node.output[0]!), node.input.map(nameOf)];
    if (typeof operation === "string") writer.node(operation, input, name);
    else operation(writer, name, input, node);
  }
  return { nodes, constants: [...constants.values()] };
}

/** Our names are numbered by "#", which TensorFlow does not allow in names. */
const nameOf = (name: string): string => name.replaceAll("#", "/");

const typeNames = { float32: "DT_FLOAT", int32: "DT_INT32" } as const;
const float32 = { dtype: { type: typeNames.float32 } };

function shapeOf({ type }: OnnxValue) {
  const dim = type.tensorType.shape.dim.map(({ dimValue = -1 }) => ({ size: String(dimValue) }));
  return { shape: { dim } };
}

const signatureOf = (values: readonly OnnxValue[]): Record<string, unknown> =>
  Object.fromEntries(
    values.map((value) => [
      value.name,
      { name: `${value.name}:0`, dtype: typeNames.float32, tensorShape: shapeOf(value).shape },
    ]),
  );

/** One after the other, little-endian. */
function dataOf(weights: readonly Constant[]): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(weights.reduce((sum, { values }) => sum + 4 * values.length, 0)));
  let at = 0;
  for (const { dtype, values } of weights) {
    for (let k = 0; k < values.length; k++, at += 4) {
      if (dtype === "float32") view.setFloat32(at, values[k]!, true);
      else view.setInt32(at, values[k]!, true);
    }
  }
  return view.buffer;
}
