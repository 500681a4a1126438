import { fileError, TableError } from "../errors.ts";
import { TableBuilder } from "../table/builder.ts";
import { storedCells } from "../table/cell.ts";
import type { Table } from "../table/table.ts";
import { cellReader } from "./numbers.ts";

/** An array of cells that are neither real numbers nor text. */
export class StrangeCells extends TableError {}

/** Reads an NPY array. The first dimension is the rows; further ones are laid side by side.
 *
 *  name: the array's name in an NPZ file, for the names of the columns. */
export function readNpy(bytes: Uint8Array, { file, name }: { file: string; name?: string }): Table {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { descr, fortran, shape, dataOffset } = headerOf(bytes, view, file);
  const { read, size } = cellsOf(descr, file);
  const [rows = 1, ...others] = shape;
  const across = others.reduce((product, length) => product * length, 1);
  const needed = rows * across * size;
  const available = bytes.length - dataOffset;
  if (needed > available) {
    const what = `needs ${needed} bytes of numbers, the file has ${available}`;
    throw fileError(file, `shape (${shape.join(", ")}) ${what}`, "malformed_file");
  }
  if (rows * across === 0) {
    const what = "holds no numbers, expected at least one row";
    throw fileError(file, `shape (${shape.join(", ")}) ${what}`, "no_rows");
  }
  const header = name === undefined ? "none" : "stored";
  const builder = new TableBuilder(file, { columns: namesOf(across, name), header }, storedCells);
  for (let row = 0; row < rows; row++) {
    const { chunk, offset } = builder.store.next();
    for (let column = 0; column < across; column++) {
      const at = fortran ? row + rows * fortranPlace(others, column) : row * across + column;
      chunk[offset + column] = builder.value(read(view, dataOffset + at * size), column, row + 1);
    }
  }
  return builder.finish();
}

/** The header is a literal of Python with three entries. */
function headerOf(bytes: Uint8Array, view: DataView, file: string) {
  const broken = (what: string): TableError => fileError(file, what, "malformed_file");
  const text = (from: number, to: number): string =>
    String.fromCharCode(...bytes.subarray(from, Math.min(to, bytes.length)));
  if (text(0, 6) !== "\x93NUMPY") {
    throw broken("does not begin with NumPy's magic bytes, expected an NPY array");
  }
  if (bytes.length < 12) throw broken("ends within its header");
  const major = view.getUint8(6);
  if (major < 1 || major > 3) throw broken(`has NPY version ${major}, expected 1 to 3`);
  const start = major === 1 ? 10 : 12;
  const dataOffset = start + (major === 1 ? view.getUint16(8, true) : view.getUint32(8, true));
  if (dataOffset > longestHeader) {
    throw broken(`has a header of ${dataOffset} bytes, expected at most ${longestHeader}`);
  }
  if (bytes.length < dataOffset) throw broken("ends within its header");
  const literal = new TextDecoder().decode(bytes.subarray(start, dataOffset));
  const [, descr] = /'descr':\s*(\[.*\]|'[^']*')/.exec(literal) ?? [];
  const [, fortran] = /'fortran_order':\s*(True|False)/.exec(literal) ?? [];
  const [, sizes] = /'shape':\s*\(([^)]*)\)/.exec(literal) ?? [];
  if (descr === undefined || fortran === undefined || sizes === undefined) {
    throw broken(
      `has a header without 'descr', 'fortran_order' and 'shape': '${literal.slice(0, 40).trim()}'`,
    );
  }
  const shape = sizes
    .split(",")
    .filter((size) => size.trim() !== "")
    .map((size) => {
      // Python 2 wrote 5L.
      const length = Number(size.trim().replace(/L$/, ""));
      if (Number.isSafeInteger(length) && length >= 0) return length;
      throw broken(`has a dimension of ${size.trim()}, expected a whole number of at least 0`);
    });
  return { descr, fortran: fortran === "True", shape, dataOffset };
}

/** The longest header that is believed. */
const longestHeader = 2 ** 20;

function cellsOf(descr: string, file: string) {
  const type = descr.startsWith("'") ? descr.slice(1, -1) : undefined;
  const reader = type === undefined ? undefined : cellReader(type);
  if (reader) return reader;
  const hint = type === "|O" ? " (pickled objects are never loaded)" : "";
  const cells = type === undefined ? "of several fields" : `of type '${type}'`;
  throw new StrangeCells(`${file}: holds cells ${cells}, expected real numbers or text${hint}`, {
    code: "malformed_file",
    place: { file },
  });
}

/** The place in Fortran's order of what stands in this place in C's. */
function fortranPlace(sizes: readonly number[], place: number): number {
  let rest = place;
  return sizes.reduceRight((at, size, axis) => {
    const here = rest % size;
    rest = Math.floor(rest / size);
    return at + here * sizes.slice(0, axis).reduce((product, length) => product * length, 1);
  }, 0);
}

/** Names of a row's cells: c1, c2, ...; of an array with a name, the name and a number where it is wide. */
function namesOf(across: number, array: string | undefined): string[] {
  if (array !== undefined && across === 1) return [array];
  const prefix = array === undefined ? "c" : `${array}.`;
  return Array.from({ length: across }, (_, place) => `${prefix}${place + 1}`);
}
