import { attributeTypes, dataTypes, type OnnxAttribute, type OnnxNode, type OnnxTensor } from "./proto.ts";

export type RealType = "float32" | "float64";

/** The operations that graphs are made of, those of float64 included. */
export type OpType =
  | ("Abs" | "Add" | "Cast" | "Concat" | "Cos" | "Div" | "Erf" | "Exp" | "Gather" | "Gemm" | "Identity")
  | ("Log" | "MatMul" | "Max" | "Min" | "Mul" | "Neg" | "Pad" | "ReduceMean" | "ReduceSum" | "Relu")
  | ("Reshape" | "Sigmoid" | "Sign" | "Sin" | "Slice" | "Softplus" | "Sqrt" | "Squeeze" | "Sub" | "Tanh")
  | ("Transpose" | "Unsqueeze");

type AttributeValue = number | readonly number[] | { readonly float: number };

/** Collects the nodes and constants of one ONNX graph; tensors are known by their names. */
export interface GraphBuilder {
  readonly real: RealType;
  readonly nodes: OnnxNode[];
  readonly constants: OnnxTensor[];
  /** Adds a node with one output, which is also its name, and returns that name. Numbers become INT
   *  attributes, arrays INTS, and { float } FLOAT, which has 32 bits in every graph. The same node is added
   *  once; another one that would bear a name again is numbered. */
  node(
    opType: OpType,
    inputs: readonly string[],
    output: string,
    attributes?: Readonly<Record<string, AttributeValue>>,
  ): string;
  /** Adds a constant, of the graph's own type unless told otherwise. The same name is stored once. */
  constant(name: string, dims: readonly number[], values: ArrayLike<number>, type?: RealType): string;
  /** Adds an int64 vector, as axes and shapes need. */
  integers(name: string, values: readonly number[]): string;
}

export function graphBuilder(real: RealType): GraphBuilder {
  const nodes: OnnxNode[] = [];
  const constants: OnnxTensor[] = [];
  const known = new Set<string>();
  const made = new Map<string, string>();
  const store = (name: string, dims: readonly number[], dataType: number, rawData: Uint8Array): string => {
    if (!known.has(name)) constants.push({ dims: [...dims], dataType, name, rawData });
    known.add(name);
    return name;
  };
  return {
    real,
    nodes,
    constants,
    node(opType, inputs, output, attributes = {}) {
      const attribute = Object.entries(attributes).map(([name, value]): OnnxAttribute => {
        if (typeof value === "number") return { name, type: attributeTypes.int, i: value };
        if ("float" in value) return { name, type: attributeTypes.float, f: value.float };
        return { name, type: attributeTypes.ints, ints: [...value] };
      });
      const content = JSON.stringify([opType, inputs, attribute]);
      let name = output;
      for (let k = 2; made.has(name); k++) {
        if (made.get(name) === content) return name;
        name = `${output}#${k}`;
      }
      made.set(name, content);
      nodes.push({ input: [...inputs], output: [name], name, opType, attribute });
      return name;
    },
    constant: (name, dims, values, type = real) => store(name, dims, dataTypes[type], rawBytes(values, type)),
    integers(name, values) {
      const bytes = new Uint8Array(8 * values.length);
      const view = new DataView(bytes.buffer);
      values.forEach((value, i) => {
        view.setBigInt64(8 * i, BigInt(value), true);
      });
      return store(name, [values.length], dataTypes.int64, bytes);
    },
  };
}

/** Little-endian, as TensorProto.raw_data is on every machine. */
export function rawBytes(values: ArrayLike<number>, real: RealType): Uint8Array {
  const size = real === "float32" ? 4 : 8;
  const bytes = new Uint8Array(size * values.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < values.length; i++) {
    if (real === "float32") view.setFloat32(4 * i, values[i]!, true);
    else view.setFloat64(8 * i, values[i]!, true);
  }
  return bytes;
}

/** The numbers of a stored constant. */
export function realValues(tensor: OnnxTensor): Float64Array {
  const { rawData, dataType, floatData, doubleData, int64Data } = tensor;
  const listed = [floatData, doubleData, int64Data].find((list) => list?.length);
  if (listed) return Float64Array.from(listed);
  if (!rawData?.length) return new Float64Array();
  const view = new DataView(rawData.buffer, rawData.byteOffset, rawData.byteLength);
  if (dataType === dataTypes.int64) {
    return Float64Array.from({ length: rawData.length / 8 }, (_, i) => Number(view.getBigInt64(8 * i, true)));
  }
  if (dataType === dataTypes.float64) {
    return Float64Array.from({ length: rawData.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
  }
  return Float64Array.from({ length: rawData.length / 4 }, (_, i) => view.getFloat32(4 * i, true));
}
