import type { Group, Dataset as H5Dataset } from "h5wasm/node";
import { fileError, reasonOf, TableError } from "../errors.ts";
import { fileSize } from "../files/bytes.ts";
import { TableBuilder } from "../table/builder.ts";
import { storedCells } from "../table/cell.ts";
import { joinAlike } from "../table/join.ts";
import type { Table } from "../table/table.ts";
import { chosenArrays } from "./arrays.ts";
import { refuseBomb } from "./bomb.ts";

/** Values read from a dataset at a time. */
const blockSize = 2 ** 20;

/** Reads the numeric variables of an HDF5 or NetCDF-4 file side by side, in blocks of rows: the first
 *  dimension of each is the rows, further ones are laid side by side. Variables with another number of rows
 *  than the largest, and those that hold no real numbers, are left out with a note. `_FillValue` and
 *  `missing_value` are missing values; `scale_factor` and `add_offset` are applied.
 *
 *  MATLAB stores an array (-v7.3) with its dimensions in reverse order: there the last one is the rows, so
 *  that `x(i, j)` is row i as in MATLAB. Text and cells are left out with a note.
 *
 *  arrays: paths of the variables to read, default all; of these none is left out. */
export async function readHdf5(
  path: string,
  options: { file: string; arrays?: readonly string[] | undefined },
): Promise<Table> {
  const { file } = options;
  const { default: h5wasm } = await import("h5wasm/node");
  const library = await h5wasm.ready;
  // Otherwise the library prints its stack of errors.
  library.activate_throwing_error_handler();
  let opened: InstanceType<typeof h5wasm.File> | undefined;
  try {
    opened = new h5wasm.File(path, "r");
    const stored = await fileSize(path);
    return readAll(datasetsOf(opened as unknown as Group, h5wasm.Dataset), { ...options, stored });
  } catch (error) {
    if (error instanceof TableError) throw error;
    const what = `not a complete HDF5 or NetCDF-4 file: ${innermost(error)}`;
    throw fileError(file, what, "malformed_file", { cause: error });
  } finally {
    try {
      opened?.close();
    } catch {
      // A damaged file may not close either; the error that counts is already on its way.
    }
    library.deactivate_throwing_error_handler();
  }
}

function readAll(
  found: readonly [string, H5Dataset][],
  options: { file: string; stored: number; arrays?: readonly string[] | undefined },
): Table {
  const { file, stored, arrays } = options;
  const datasets = new Map(found);
  const notes: string[] = [];
  const tables: Table[] = [];
  for (const name of chosenArrays([...datasets.keys()], arrays, file, "variable")) {
    const dataset = datasets.get(name)!;
    const reason = unusable(dataset);
    if (reason === undefined) {
      const grown = 8 * dataset.shape!.reduce((product, size) => product * size, 1);
      refuseBomb(`${file}, variable '${name}'`, file, stored, grown, 1000);
      tables.push(readDataset(dataset, name, file));
    } else notes.push(`variable '${name}' ${reason}: left out`);
  }
  return joinAlike(tables, { file, what: "variable", lost: notes, asked: arrays !== undefined });
}

/** The innermost line of the library's stack of errors. */
function innermost(error: unknown): string {
  const reasons = [...String(error).matchAll(/#\d+: .*\(\): (.+)/g)].map((match) => match[1]!);
  return reasons.at(-1) ?? reasonOf(error);
}

/** All datasets with their paths, depth first. */
function datasetsOf(root: Group, kind: typeof H5Dataset): [string, H5Dataset][] {
  const found: [string, H5Dataset][] = [];
  const visit = (group: Group, prefix: string): void => {
    for (const key of group.keys()) {
      const entity = group.get(key);
      if (entity instanceof kind) {
        if (!isBareDimension(entity)) found.push([`${prefix}${key}`, entity]);
      } else if (entity && "keys" in entity && key !== "#refs#") visit(entity, `${prefix}${key}/`);
    }
  };
  visit(root, "");
  return found;
}

/** NetCDF-4 stores a dimension without a variable of its name as an empty dataset with these words. */
function isBareDimension(dataset: H5Dataset): boolean {
  const name = dataset.attrs.NAME?.value;
  return typeof name === "string" && name.startsWith("This is a netCDF dimension but not a netCDF variable");
}

/** Why a dataset cannot be columns, or undefined. */
function unusable(dataset: H5Dataset): string | undefined {
  const { shape, dtype } = dataset;
  const kind = matlabClass(dataset);
  if (kind !== undefined && !/^(double|single|logical|u?int\d+)$/.test(kind)) return `holds MATLAB's ${kind}`;
  // An empty array is stored as its dimensions.
  if (attribute(dataset, "MATLAB_empty")) return "is empty";
  if (!shape || shape.length === 0) return "has no rows";
  if (shape.some((size) => size === 0)) return "is empty";
  // 'f' and 'd' are reals, the others whole numbers by size and sign.
  return typeof dtype === "string" && /^[<>|=]?[bBhHiIlLqQefd]$/.test(dtype)
    ? undefined
    : "holds no real numbers";
}

function readDataset(dataset: H5Dataset, name: string, file: string): Table {
  const reversed = matlabClass(dataset) !== undefined;
  const [rows, ...others] = reversed ? [...dataset.shape!].reverse() : dataset.shape!;
  const across = others.reduce((product, size) => product * size, 1);
  const columns = across === 1 ? [name] : Array.from({ length: across }, (_, i) => `${name}.${i + 1}`);
  const builder = new TableBuilder(file, { columns }, storedCells);
  const fill = ["_FillValue", "missing_value"].flatMap((key) => attribute(dataset, key) ?? []);
  const scale = attribute(dataset, "scale_factor");
  const offset = attribute(dataset, "add_offset");
  const unpack = (raw: number | bigint): number | bigint =>
    scale === undefined && offset === undefined ? raw : Number(raw) * (scale ?? 1) + (offset ?? 0);
  const rowsAtOnce = Math.max(1, Math.floor(blockSize / across));
  for (let start = 0; start < rows!; start += rowsAtOnce) {
    const end = Math.min(rows!, start + rowsAtOnce);
    const whole = others.map(() => [] as []);
    const block = dataset.slice(reversed ? [...whole, [start, end]] : [[start, end], ...whole]) as ArrayLike<
      number | bigint
    > | null;
    if (block?.length !== (end - start) * across) {
      const what = `variable '${name}', rows ${start + 1} to ${end}: cannot be read`;
      throw fileError(file, what, "malformed_file");
    }
    for (let row = start; row < end; row++) {
      const { chunk, offset: place } = builder.store.next();
      for (let c = 0; c < across; c++) {
        const cell = block[reversed ? c * (end - start) + row - start : (row - start) * across + c]!;
        const missing = fill.includes(Number(cell));
        chunk[place + c] = builder.value(missing ? null : unpack(cell), c, row + 1);
      }
    }
  }
  return builder.finish();
}

/** What MATLAB calls the type of a variable that it has stored. */
function matlabClass(dataset: H5Dataset): string | undefined {
  const value = dataset.attrs.MATLAB_class?.value;
  return typeof value === "string" ? value : undefined;
}

/** A numeric attribute, or undefined. */
function attribute(dataset: H5Dataset, key: string): number | undefined {
  const value = dataset.attrs[key]?.value;
  const first = ArrayBuffer.isView(value) || Array.isArray(value) ? (value as ArrayLike<unknown>)[0] : value;
  if (typeof first === "bigint") return Number(first);
  return typeof first === "number" ? first : undefined;
}
