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
  /** Names of the arrays (NPZ) or variables (HDF5, NetCDF) to read, default all that fit. */
  arrays?: readonly string[];
}
