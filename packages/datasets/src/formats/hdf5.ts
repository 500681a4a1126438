import type { Group, Dataset as H5Dataset } from "h5wasm/node";
import { DatasetError } from "../errors.ts";
import { FaultLog } from "../table/faults.ts";
import { joinAlike } from "../table/join.ts";
import { NumberStore, type Precision } from "../table/store.ts";
import { checked, Table } from "../table/table.ts";
import { exactNumber } from "./numbers.ts";

/** Values read from a dataset at a time. */
const blockSize = 2 ** 20;

/** Reads the numeric variables of an HDF5 or NetCDF-4 file side by side, in blocks of rows: the first dimension of each is
 *  the rows, further ones are laid side by side. Variables with another number of rows than the largest, and those that
 *  hold no real numbers, are left out with a note. `_FillValue` and `missing_value` are missing values; `scale_factor`
 *  and `add_offset` are applied.
 *
 *  arrays: paths of the variables to read, default all. */
export async function readHdf5(
  path: string,
  options: { file: string; precision: Precision; arrays?: readonly string[] | undefined },
): Promise<Table> {
  const { file, precision, arrays } = options;
  const { default: h5wasm } = await import("h5wasm/node");
  await h5wasm.ready;
  const opened = quietly(() => new h5wasm.File(path, "r"));
  if (!opened || opened.file_id <= 0n) {
    throw new DatasetError(`${file}: not a whole HDF5 or NetCDF-4 file`, {
      code: "malformed_file",
      place: { file },
    });
  }
  try {
    const found = datasetsOf(opened as unknown as Group, h5wasm.Dataset);
    const lost = arrays?.find((name) => !found.some(([key]) => key === name));
    if (lost !== undefined || found.length === 0) {
      const has =
        found.length > 0
          ? `the file has ${found.map(([key]) => `'${key}'`).join(", ")}`
          : "the file has none";
      throw new DatasetError(
        `${file}: ${lost === undefined ? "no variable" : `no variable '${lost}'`}, ${has}`,
        {
          code: "no_such_array",
          place: { file },
        },
      );
    }
    const notes: string[] = [];
    const tables: Table[] = [];
    for (const [name, dataset] of found) {
      if (arrays && !arrays.includes(name)) continue;
      const reason = unusable(dataset);
      if (reason === undefined) tables.push(readDataset(dataset, name, file, precision));
      else notes.push(`variable '${name}' ${reason}: left out`);
    }
    if (tables.length === 0) {
      throw new DatasetError(`${file}: no variable with rows of numbers (${notes.join("; ")})`, {
        code: "no_rows",
        place: { file },
      });
    }
    return joinAlike(tables, file, "variable").renamed(file, notes);
  } catch (error) {
    if (error instanceof DatasetError) throw error;
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new DatasetError(`${file}: damaged HDF5 or NetCDF-4 file: ${reason}`, {
      code: "malformed_file",
      place: { file },
      cause: error,
    });
  } finally {
    opened.close();
  }
}

/** All datasets with their paths, depth first. */
function datasetsOf(root: Group, kind: typeof H5Dataset): [string, H5Dataset][] {
  const found: [string, H5Dataset][] = [];
  const visit = (group: Group, prefix: string): void => {
    for (const key of group.keys()) {
      const entity = group.get(key);
      if (entity instanceof kind) found.push([`${prefix}${key}`, entity]);
      else if (entity && "keys" in entity) visit(entity, `${prefix}${key}/`);
    }
  };
  visit(root, "");
  return found;
}

/** Why a dataset cannot be columns, or undefined. */
function unusable(dataset: H5Dataset): string | undefined {
  const { shape, dtype } = dataset;
  if (!shape || shape.length === 0) return "has no rows";
  if (shape.some((size) => size === 0)) return "is empty";
  // 'f' and 'd' are reals, the others whole numbers by size and sign.
  return typeof dtype === "string" && /^[<>|=]?[bBhHiIlLqQefd]$/.test(dtype)
    ? undefined
    : "holds no real numbers";
}

function readDataset(dataset: H5Dataset, name: string, file: string, precision: Precision): Table {
  const [rows, ...others] = dataset.shape!;
  const across = others.reduce((product, size) => product * size, 1);
  const columns = across === 1 ? [name] : Array.from({ length: across }, (_, i) => `${name}.${i + 1}`);
  const store = new NumberStore(across, precision);
  const faults = new FaultLog();
  const fill = ["_FillValue", "missing_value"].flatMap((key) => attribute(dataset, key) ?? []);
  const scale = attribute(dataset, "scale_factor") ?? 1;
  const offset = attribute(dataset, "add_offset") ?? 0;
  const rowsAtOnce = Math.max(1, Math.floor(blockSize / across));
  for (let start = 0; start < rows!; start += rowsAtOnce) {
    const end = Math.min(rows!, start + rowsAtOnce);
    const block = dataset.slice([[start, end], ...others.map(() => [] as [])]) as ArrayLike<
      number | bigint
    > | null;
    if (block?.length !== (end - start) * across) {
      throw new DatasetError(`${file}: variable '${name}', rows ${start + 1} to ${end}: cannot be read`, {
        code: "malformed_file",
        place: { file },
      });
    }
    for (let row = start; row < end; row++) {
      const { chunk, offset: place } = store.next();
      for (let c = 0; c < across; c++) {
        const cell = block[(row - start) * across + c]!;
        const raw = typeof cell === "bigint" ? exactNumber(cell) : cell;
        const value = fill.includes(raw) ? Number.NaN : raw * scale + offset;
        chunk[place + c] = checked(value, c, row, `row ${row + 1}`, faults);
      }
    }
  }
  store.finish();
  return new Table({ name: file, columns, store, faults });
}

/** A numeric attribute, or undefined. */
function attribute(dataset: H5Dataset, key: string): number | undefined {
  const value = dataset.attrs[key]?.value;
  const first = ArrayBuffer.isView(value) || Array.isArray(value) ? (value as ArrayLike<unknown>)[0] : value;
  if (typeof first === "bigint") return Number(first);
  return typeof first === "number" ? first : undefined;
}

/** The library prints its error stack besides throwing; a one-line error is all that is wanted. */
function quietly<T>(open: () => T): T | undefined {
  try {
    return open();
  } catch {
    return undefined;
  }
}
