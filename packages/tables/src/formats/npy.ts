import { TableError } from "../errors.ts";
import { cellOf } from "../table/cell.ts";
import { FaultLog } from "../table/faults.ts";
import { NumberStore, type Precision } from "../table/store.ts";
import { Table } from "../table/table.ts";
import { type NpyHeader, npyHeaderLength, parseNpyHeader } from "./npy-header.ts";

/** Reads an NPY array from its bytes as they come. The first dimension is the rows; further ones are laid
 *  side by side.
 *
 *  size: how many bytes there are in all, which the header is held against before anything is allocated.
 *  name: the array's name in an NPZ file, for the names of the columns. */
export async function readNpyStream(
  chunks: AsyncIterable<Buffer>,
  options: { file: string; size: number; precision: Precision; name?: string | undefined },
): Promise<Table> {
  const { file, size, precision, name } = options;
  let header: NpyHeader | undefined;
  let sink: Sink | undefined;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    rest = Buffer.concat([rest, chunk]);
    if (!header) {
      if (rest.length < 12 || rest.length < npyHeaderLength(rest, file)) continue;
      header = parseNpyHeader(rest, file);
      sink = new Sink(header, { file, precision, name, available: size - header.dataOffset });
      rest = rest.subarray(header.dataOffset);
    }
    rest = rest.subarray(sink!.take(rest));
  }
  if (!header || !sink) {
    parseNpyHeader(rest, file);
    throw new TableError(`${file}: ends within its header`, { code: "malformed_file", place: { file } });
  }
  return sink.finish();
}

/** Takes cells in the array's order and puts them in rows. */
class Sink {
  readonly #header: NpyHeader;
  readonly #file: string;
  readonly #names: string[];
  readonly #store: NumberStore;
  readonly #faults = new FaultLog();
  readonly #rows: number;
  /** Cells in one row. */
  readonly #across: number;
  readonly #named: boolean;
  #taken = 0;

  constructor(
    header: NpyHeader,
    options: { file: string; precision: Precision; name: string | undefined; available: number },
  ) {
    const { shape, size } = header;
    const { file, available } = options;
    const [rows = 1, ...others] = shape;
    const across = others.reduce((product, length) => product * length, 1);
    const needed = rows * across * size;
    if (needed > available) {
      throw new TableError(
        `${file}: shape (${shape.join(", ")}) needs ${needed} bytes of numbers, the file has ${available}`,
        { code: "malformed_file", place: { file } },
      );
    }
    if (rows * across === 0) {
      throw new TableError(
        `${file}: shape (${shape.join(", ")}) holds no numbers, expected at least one row`,
        { code: "no_rows", place: { file } },
      );
    }
    this.#header = header;
    this.#file = file;
    this.#rows = rows;
    this.#across = across;
    this.#names = namesOf(across, options.name);
    this.#named = options.name !== undefined;
    this.#store = new NumberStore(across, options.precision);
    this.#store.extend(rows);
  }

  /** Takes the whole cells of the bytes; returns how many bytes they are. */
  take(bytes: Buffer): number {
    const { read, size, fortran, shape } = this.#header;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = Math.min(Math.floor(bytes.length / size), this.#rows * this.#across - this.#taken);
    for (let i = 0; i < count; i++) {
      const index = this.#taken++;
      const row = fortran ? index % this.#rows : Math.floor(index / this.#across);
      const column = fortran ? fortranPlace(shape, index) : index % this.#across;
      const value = cellOf(read(view, i * size), column, row, `row ${row + 1}`, this.#faults);
      this.#store.set(row, column, value);
    }
    return this.#taken === this.#rows * this.#across ? bytes.length : count * size;
  }

  finish(): Table {
    const total = this.#rows * this.#across;
    if (this.#taken < total) {
      throw new TableError(`${this.#file}: ends after ${this.#taken} of ${total} cells`, {
        code: "malformed_file",
        place: { file: this.#file },
      });
    }
    this.#store.finish();
    const header = this.#named ? "stored" : "none";
    const [name, columns, store, faults] = [this.#file, this.#names, this.#store, this.#faults];
    return new Table({ name, columns, store, faults, header });
  }
}

/** Where in its row, in C order, the number stands that is the index-th of the array in Fortran order. */
function fortranPlace(shape: readonly number[], index: number): number {
  let rest = Math.floor(index / shape[0]!);
  const at = shape.slice(1).map((size) => {
    const here = rest % size;
    rest = Math.floor(rest / size);
    return here;
  });
  return at.reduce((place, here, axis) => place * shape[axis + 1]! + here, 0);
}

/** Names of a row's cells: c1, c2, ...; of an array with a name, the name and a number where it is wide. */
function namesOf(across: number, array: string | undefined): string[] {
  if (array !== undefined && across === 1) return [array];
  const prefix = array === undefined ? "c" : `${array}.`;
  return Array.from({ length: across }, (_, place) => `${prefix}${place + 1}`);
}
