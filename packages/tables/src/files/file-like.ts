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
  /** Names of the arrays (NPZ), variables (HDF5, NetCDF) or sheets (Excel) to read side by side, default all
   *  that fit, of a workbook the first sheet with cells. */
  arrays?: readonly string[];
}
