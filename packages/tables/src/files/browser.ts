import { TableError } from "../errors.ts";
import type * as node from "./node.ts";
import { readFileLike } from "./read-file-like.ts";

/** Takes the place of functions of `node.ts` that need files. */
const none = (who: string, expected: string): never => {
  throw new TableError(`${who}: a browser cannot open a path, expected ${expected}`, { code: "unsupported" });
};

export const readTable: typeof node.readTable = async (file, options = {}) =>
  typeof file === "string"
    ? none("readTable", "a File that was chosen in the page, or rows for tableOf")
    : readFileLike(file, options);
export const writeTable: typeof node.writeTable = async () => none("writeTable", "Node");
