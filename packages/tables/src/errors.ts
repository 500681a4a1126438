import { StiffnetError } from "@stiffnet/base";

/** Where in a file something is wrong. Lines and columns count from 1. */
export interface Place {
  readonly file?: string;
  /** Line of a text file. */
  readonly line?: number;
  /** Row of data, where the file has no lines. */
  readonly row?: number;
  readonly column?: number;
}

/** Data or a request that cannot be used. The message is one line that names the place, what was found and
 *  what was expected; `code` is stable and in snake case. */
export class TableError extends StiffnetError {
  override readonly name = "TableError";
  readonly place: Place;

  constructor(message: string, options: { code: string; place?: Place; cause?: unknown }) {
    super(message, options);
    this.place = options.place ?? {};
  }
}

/** The error of a file, or of a line or row in it: `runs.csv, line 7: ...`. */
export function fileError(
  file: string,
  what: string,
  code: string,
  { cause, ...at }: Omit<Place, "file"> & { readonly cause?: unknown } = {},
): TableError {
  const { line, row } = at;
  const where = line !== undefined ? `, line ${line}` : row !== undefined ? `, row ${row}` : "";
  const place = { file, ...at };
  return new TableError(`${file}${where}: ${what}`, { code, place, ...(cause !== undefined && { cause }) });
}

/** The error of a library, or of the system, in one line. */
export const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0]!;
