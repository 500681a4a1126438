import { TableError } from "../errors.ts";
import { type PythonLiteral, parsePythonLiteral } from "./python-literal.ts";

/** One number of a record: how it is stored and where. */
interface Field {
  readonly name: string | undefined;
  /** NumPy's kind and size, without the byte order: `f8`, `i4`, `b1`. */
  readonly type: string;
  readonly littleEndian: boolean;
  readonly offset: number;
  readonly size: number;
}

export interface NpyHeader {
  readonly fields: readonly Field[];
  /** Bytes of one record: of one number, unless the array is structured. */
  readonly recordSize: number;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  /** Where the numbers begin. */
  readonly dataOffset: number;
}

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
  const { fields, recordSize } = fieldsOf(descr, file);
  return { fields, recordSize, fortran, shape: sizes, dataOffset: length };
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

function fieldsOf(descr: PythonLiteral, file: string): { fields: Field[]; recordSize: number } {
  if (typeof descr === "string") {
    const field = fieldOf(undefined, descr, 0, file);
    return { fields: [field], recordSize: field.size };
  }
  if (!Array.isArray(descr)) throw broken(file, "has a 'descr' that is neither a type nor a list of fields");
  const fields: Field[] = [];
  let offset = 0;
  for (const entry of descr) {
    if (
      !Array.isArray(entry) ||
      typeof entry[0] !== "string" ||
      typeof entry[1] !== "string" ||
      entry.length > 2
    ) {
      throw broken(file, "has nested fields, expected plain numbers");
    }
    const field = fieldOf(entry[0], entry[1], offset, file);
    offset += field.size;
    // Unnamed fields are padding.
    if (entry[0] !== "") fields.push(field);
  }
  return { fields, recordSize: offset };
}

const numeric = new Set(["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]);

function fieldOf(name: string | undefined, descr: string, offset: number, file: string): Field {
  const [, order, kind, digits] = /^([<>|=]?)([a-zA-Z])(\d*)$/.exec(descr) ?? [];
  const type = `${kind}${digits}`;
  const what = name === undefined ? "the array" : `field '${name}'`;
  if (kind === "V" && name === "") return { name, type, littleEndian: true, offset, size: Number(digits) };
  if (!numeric.has(type)) {
    const hint = kind === "O" ? " (pickled objects are never loaded)" : "";
    throw broken(file, `: ${what} is of type '${descr}', expected real numbers${hint}`);
  }
  return { name, type, littleEndian: order !== ">", offset, size: Number(digits) };
}

function broken(file: string, message: string): TableError {
  return new TableError(`${file}${message.startsWith(":") ? "" : ": "}${message}`, {
    code: "malformed_file",
    place: { file },
  });
}
