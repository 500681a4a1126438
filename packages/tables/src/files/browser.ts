import { TableError } from "../errors.ts";
import { readFileLike } from "./read-file-like.ts";
import type * as node from "./read-table.ts";

/** Takes the place of the function that opens paths. */
export const readTable: typeof node.readTable = async (file, options = {}) => {
  if (typeof file !== "string") return readFileLike(file, options);
  const expected = "a File that was chosen in the page, or rows for tableOf";
  throw new TableError(`readTable: a browser cannot open a path, expected ${expected}`, {
    code: "unsupported",
  });
};
