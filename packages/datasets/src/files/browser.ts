import { DatasetError } from "../errors.ts";
import type * as node from "./node.ts";

/** What of `node.ts` a browser has not. */
const none = (who: string): never => {
  throw new DatasetError(
    `${who}: files are not read or written in a browser, expected rows: tableOf takes them`,
    {
      code: "unsupported",
    },
  );
};

export const readTable: typeof node.readTable = async () => none("readTable");
export const writeTable: typeof node.writeTable = async () => none("writeTable");
