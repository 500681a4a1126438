import type { RealType } from "@stiffnet/onnx";
import { badRequest } from "../errors.ts";
import { kindOf } from "../json/parse.ts";
import type { ServedModel } from "../models/files.ts";
import type { Rows } from "./batch.ts";
import { withoutLogarithm } from "./logarithms.ts";

/** Names of the Open Inference Protocol. */
export const datatypes = { float32: "FP32", float64: "FP64" } as const;
export const bytesPer = { float32: 4, float64: 8 } as const;

export const newRows = (dtype: RealType, length: number): Rows =>
  dtype === "float32" ? new Float32Array(length) : new Float64Array(length);

/** One number of a request: a finite JSON number that the tensor's type can hold. Nothing is coerced. */
export function requireNumber(value: unknown, dtype: RealType, where: string): number {
  if (typeof value !== "number") throw badRequest(`${where} is ${kindOf(value)}, expected a number`);
  if (!isHeld(value, dtype))
    throw badRequest(`${where} is ${kindOf(value)}, which ${datatypes[dtype]} cannot hold`);
  return value;
}

const isHeld = (value: number, dtype: RealType): boolean =>
  Number.isFinite(dtype === "float32" ? Math.fround(value) : value);

/** Numbers of a tensor of `shape`, given flat (row-major) or nested, or as numbers of `dtype` already. */
export function readNumbers(
  data: unknown,
  shape: readonly [number, number],
  dtype: RealType,
  where: string,
): Rows {
  const isRead = data instanceof Float32Array || data instanceof Float64Array;
  if (!isRead && !Array.isArray(data))
    throw badRequest(`${where} is ${kindOf(data)}, expected an array of numbers`);
  const [count, columns] = shape;
  const expected = (wanted: number): string => `expected ${wanted} (shape [${shape.join(", ")}])`;
  if (isRead || !Array.isArray(data[0])) {
    const wanted = count * columns;
    if (data.length !== wanted) throw badRequest(`${where} has ${data.length} numbers, ${expected(wanted)}`);
    if (isRead) return data;
    const rows = newRows(dtype, data.length);
    copyNumbers(data, rows, 0, dtype, where);
    return rows;
  }
  if (data.length !== count) throw badRequest(`${where} has ${data.length} rows, ${expected(count)}`);
  const rows = newRows(dtype, count * columns);
  for (let i = 0; i < count; i++) {
    const row: unknown = data[i];
    const place = `${where}[${i}]`;
    if (!Array.isArray(row)) {
      throw badRequest(`${place} is ${kindOf(row)}, expected an array of ${columns} numbers`);
    }
    if (row.length !== columns) throw badRequest(`${place} has ${row.length} numbers, ${expected(columns)}`);
    copyNumbers(row, rows, i * columns, dtype, place);
  }
  return rows;
}

function copyNumbers(from: unknown[], to: Rows, offset: number, dtype: RealType, where: string): void {
  for (let k = 0; k < from.length; k++) {
    const value = from[k];
    if (typeof value !== "number" || !isHeld(value, dtype)) requireNumber(value, dtype, `${where}[${k}]`);
    to[offset + k] = value as number;
  }
}

/** Reads a tensor from bytes, little-endian and row-major. Their number must be that of `shape` and of the
 *  client. */
export function binaryRows(
  bytes: Uint8Array,
  size: unknown,
  shape: readonly number[],
  dtype: RealType,
): Rows {
  const length = shape.reduce((a, b) => a * b, 1);
  const expected = length * bytesPer[dtype];
  if (size !== expected) {
    throw badRequest(
      `inputs[0].parameters.binary_data_size is ${kindOf(size)}, expected ${expected} (shape [${shape.join(", ")}] of ${datatypes[dtype]})`,
    );
  }
  if (bytes.length !== expected) {
    throw badRequest(`${bytes.length} bytes follow the JSON, expected ${expected} (binary_data_size)`);
  }
  // A copy, since the bytes seldom start at a multiple of the number's size.
  const { buffer } = Uint8Array.from(bytes);
  return dtype === "float32" ? new Float32Array(buffer) : new Float64Array(buffer);
}

/** Refuses a value without a logarithm where the model takes one: zero would give a finite, wrong answer.
 *  @param place Names the value, by its row from 0 and its input. */
export function requireLogarithms(
  { surrogate: { inputs }, logarithmic }: ServedModel,
  rows: Rows,
  place: (row: number, input: string) => string,
): void {
  const wrong = withoutLogarithm(rows, logarithmic);
  if (wrong < 0) return;
  const where = place(Math.floor(wrong / inputs.length), inputs[wrong % inputs.length]!.name);
  throw badRequest(`${where} is ${rows[wrong]}, expected a positive number: the model takes its logarithm`);
}

export const bytesOf = (data: Rows): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** JSON has no NaN: an output that is not finite is an error, never null. */
export function requireFinite(name: string, data: Rows): void {
  let wrong = 0;
  while (wrong < data.length && Number.isFinite(data[wrong])) wrong++;
  if (wrong === data.length) return;
  throw badRequest(
    `output ${name}[${wrong}] is ${data[wrong]}, which JSON cannot hold: the inputs lie too far outside the training range (binary_data: true returns it)`,
  );
}
