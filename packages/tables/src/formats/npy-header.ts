import { TableError } from "../errors.ts";
import { cellReader } from "./numbers.ts";
import { type PythonLiteral, parsePythonLiteral } from "./python-literal.ts";

export interface NpyHeader {
  /** Reads one cell. */
  readonly read: (view: DataView, offset: number) => number | bigint | string;
  /** Bytes of one cell. */
  readonly size: number;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  /** Where the cells begin. */
  readonly dataOffset: number;
}

/** An array of cells that are neither real numbers nor text. */
export class StrangeCells extends TableError {}

/** The longest header that is believed. */
const longestNpyHeader = 2 ** 20;

/** Length of the whole header, from the first 12 bytes. */
export function npyHeaderLength(start: Buffer, file: string): number {
  if (start.length < 10 || start.toString("latin1", 0, 6) !== "\x93NUMPY") {
    throw broken(file, "does not begin with NumPy's magic bytes, expected an NPY array");
  }
  const major = start[6]!;
  if (major < 1 || major > 3) throw broken(file, `has NPY version ${major}, expected 1 to 3`);
  if (major > 1 && start.length < 12) throw broken(file, "ends within its header");
  const length = major === 1 ? 10 + start.readUInt16LE(8) : 12 + start.readUInt32LE(8);
  if (length > longestNpyHeader)
    throw broken(file, `has a header of ${length} bytes, expected at most ${longestNpyHeader}`);
  return length;
}

/** Reads a whole header. Throws one line where it is damaged or the array holds no numbers. */
export function parseNpyHeader(header: Buffer, file: string): NpyHeader {
  const length = npyHeaderLength(header, file);
  if (header.length < length) throw broken(file, "ends within its header");
  const text = header.toString("utf8", header[6] === 1 ? 10 : 12, length);
  const literal = literalOf(text.trim(), file);
  const { descr, fortran_order: fortran, shape } = literal;
  if (descr === undefined || typeof fortran !== "boolean" || !Array.isArray(shape)) {
    throw broken(file, "has a header without 'descr', 'fortran_order' and 'shape'");
  }
  const sizes = shape.map((size) => {
    if (typeof size === "number" && Number.isSafeInteger(size) && size >= 0) return size;
    throw broken(file, `has a dimension of ${size}, expected a whole number of at least 0`);
  });
  return { ...cellsOf(descr, file), fortran, shape: sizes, dataOffset: length };
}

function literalOf(text: string, file: string): { [key: string]: PythonLiteral } {
  try {
    const literal = parsePythonLiteral(text);
    if (literal !== null && typeof literal === "object" && !Array.isArray(literal)) return literal;
  } catch (error) {
    throw broken(file, `has a header that cannot be read: ${error instanceof Error ? error.message : error}`);
  }
  throw broken(file, "has a header that is not a dictionary");
}

function cellsOf(descr: PythonLiteral, file: string): Pick<NpyHeader, "read" | "size"> {
  const reader = typeof descr === "string" ? cellReader(descr) : undefined;
  if (reader) return reader;
  const hint = descr === "|O" ? " (pickled objects are never loaded)" : "";
  const type = typeof descr === "string" ? `of type '${descr}'` : "of several fields";
  throw new StrangeCells(`${file}: holds cells ${type}, expected real numbers or text${hint}`, {
    code: "malformed_file",
    place: { file },
  });
}

function broken(file: string, message: string): TableError {
  return new TableError(`${file}: ${message}`, {
    code: "malformed_file",
    place: { file },
  });
}
