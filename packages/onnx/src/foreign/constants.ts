import { realValues } from "../graph.ts";
import { dataTypes, type OnnxTensor } from "../proto.ts";

export interface Constant {
  readonly dims: readonly number[];
  readonly values: Float64Array;
}

/** The numbers of a tensor, or why they cannot be read. */
export function constantOf(tensor: OnnxTensor): Constant | string {
  const { name, dims, dataType, dataLocation = 0 } = tensor;
  const where = `the tensor '${name}'`;
  if (dataLocation !== 0) {
    return `${where} is in another file, expected all numbers in this one (external_data=False in PyTorch)`;
  }
  const types: readonly number[] = Object.values(dataTypes);
  if (!types.includes(dataType)) {
    return `${where} has data type ${dataType} of ONNX, expected float32 (1), float64 (11) or int64 (7)`;
  }
  const values = realValues(tensor);
  const expected = dims.reduce((a, b) => a * b, 1);
  if (values.length === expected) return { dims, values };
  return `${where} holds ${values.length} numbers, expected ${expected} (${dims.join(" x ")})`;
}

export function transposed({ dims, values }: Constant): Constant {
  const [rows = 1, columns = 1] = dims;
  const swapped = values.map((_, k) => values[(k % rows) * columns + Math.floor(k / rows)]!);
  return { dims: [columns, rows], values: swapped };
}
