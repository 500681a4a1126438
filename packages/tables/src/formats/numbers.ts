import { textOf } from "../text/bytes.ts";

/** Reads one cell at a byte offset. */
type CellReader = (view: DataView, offset: number, littleEndian: boolean) => number | bigint | string;

/** Readers of numbers by NumPy's kind and size. */
const numberReaders: { readonly [type: string]: CellReader } = {
  b1: (view, offset) => view.getUint8(offset),
  i1: (view, offset) => view.getInt8(offset),
  u1: (view, offset) => view.getUint8(offset),
  i2: (view, offset, little) => view.getInt16(offset, little),
  u2: (view, offset, little) => view.getUint16(offset, little),
  i4: (view, offset, little) => view.getInt32(offset, little),
  u4: (view, offset, little) => view.getUint32(offset, little),
  i8: (view, offset, little) => view.getBigInt64(offset, little),
  u8: (view, offset, little) => view.getBigUint64(offset, little),
  f2: (view, offset, little) => half(view.getUint16(offset, little)),
  f4: (view, offset, little) => view.getFloat32(offset, little),
  f8: (view, offset, little) => view.getFloat64(offset, little),
};

/** How cells of a type of NumPy (`<f8`, `|b1`, `<U12`) are read, and their bytes; undefined for types that
 *  are neither real numbers nor text. */
export function cellReader(
  type: string,
):
  | { readonly size: number; readonly read: (view: DataView, offset: number) => number | bigint | string }
  | undefined {
  const [, order, kind, digits] = /^([<>|=]?)([a-zA-Z])(\d+)$/.exec(type) ?? [];
  const little = order !== ">";
  const length = Number(digits);
  const number = numberReaders[`${kind}${digits}`];
  if (number) return { size: length, read: (view, offset) => number(view, offset, little) };
  if (kind === "S" && length > 0)
    return { size: length, read: (view, offset) => bytesText(view, offset, length) };
  if (kind !== "U" || !(length > 0)) return undefined;
  return {
    size: 4 * length,
    read(view, offset) {
      let text = "";
      for (let i = 0; i < length; i++) {
        const point = view.getUint32(offset + 4 * i, little);
        if (point > 0x10ffff) return "?";
        text += String.fromCodePoint(point);
      }
      return unpadded(text);
    },
  };
}

function bytesText(view: DataView, offset: number, length: number): string {
  return unpadded(textOf(new Uint8Array(view.buffer, view.byteOffset + offset, length)));
}

/** NumPy fills up with zeros. */
function unpadded(text: string): string {
  return text.replace(/\0+$/, "");
}

/** IEEE 754 half precision. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
