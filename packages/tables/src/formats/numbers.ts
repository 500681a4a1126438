import { TableError } from "../errors.ts";

/** Reads one number at a byte offset. */
export type NumberReader = (view: DataView, offset: number, littleEndian: boolean) => number;

/** Readers by NumPy's kind and size. Whole numbers beyond 2^53 throw, since a float64 does not hold them. */
export const numberReaders: { readonly [type: string]: NumberReader } = {
  b1: (view, offset) => view.getUint8(offset),
  i1: (view, offset) => view.getInt8(offset),
  u1: (view, offset) => view.getUint8(offset),
  i2: (view, offset, little) => view.getInt16(offset, little),
  u2: (view, offset, little) => view.getUint16(offset, little),
  i4: (view, offset, little) => view.getInt32(offset, little),
  u4: (view, offset, little) => view.getUint32(offset, little),
  i8: (view, offset, little) => exactNumber(view.getBigInt64(offset, little)),
  u8: (view, offset, little) => exactNumber(view.getBigUint64(offset, little)),
  f2: (view, offset, little) => half(view.getUint16(offset, little)),
  f4: (view, offset, little) => view.getFloat32(offset, little),
  f8: (view, offset, little) => view.getFloat64(offset, little),
};

/** A 64-bit whole number as float64. */
export function exactNumber(big: bigint): number {
  const value = Number(big);
  if (Number.isSafeInteger(value)) return value;
  throw new TableError(`whole number ${big} is beyond 2^53, expected one that a float64 holds`, {
    code: "not_representable",
  });
}

/** IEEE 754 half precision. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
