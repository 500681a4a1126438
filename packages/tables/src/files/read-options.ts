import { flag, oneOf } from "@stiffnet/base";
import { fileError } from "../errors.ts";
import { checkOptions, names } from "../options.ts";
import type { TextOptions } from "../text/read.ts";
import type { Format } from "./format.ts";

/** What of a browser's `File` is asked for. */
export interface FileLike {
  readonly name: string;
  arrayBuffer(): Promise<ArrayBuffer>;
}

export interface ReadOptions extends TextOptions {
  /** Recognised by the file's first bytes and its name where not given. */
  format?: Format;
  /** Names of the arrays (NPZ), variables (HDF5, NetCDF) or sheets (Excel) to read side by side in this
   *  order, default all that fit, of a workbook the first sheet with cells. */
  arrays?: readonly string[];
}

/** Options that have an effect beside `format`, by format: what a new format reads is a row here. */
const uses: { readonly [format in Format]: readonly (keyof ReadOptions)[] } = {
  text: ["header", "delimiter", "decimal"],
  jsonl: [],
  npy: [],
  npz: ["arrays"],
  parquet: [],
  hdf5: ["arrays"],
  xlsx: ["arrays", "header"],
};

const formats = Object.keys(uses) as Format[];

export function checkReadOptions(options: ReadOptions): void {
  checkOptions("readTable", options, {
    format: oneOf(...formats),
    arrays: names,
    header: flag,
    delimiter: oneOf(",", ";", "\t", "|", " "),
    decimal: oneOf(".", ","),
  });
}

/** Throws for an option that would have no effect on this format. */
export function requireUsed(options: ReadOptions, format: Format, file: string): void {
  const given = Object.entries(options).flatMap(([key, value]) => (value === undefined ? [] : [key]));
  const stray = (given as (keyof ReadOptions)[]).find(
    (key) => key !== "format" && !uses[format].includes(key),
  );
  if (stray === undefined) return;
  const where = formats.filter((other) => uses[other].includes(stray)).join(", ");
  const what = `${stray} is given for a file of format ${format}, expected one of format ${where}`;
  throw fileError(file, what, "bad_option");
}
