import { basename } from "node:path";
import { writeAside } from "@stiffnet/base/files";
import { TableError } from "../errors.ts";

/** Lets `write` fill a file that takes the place of `path` when it is whole; an error names the file. */
export async function writeFileWhole(path: string, write: (aside: string) => Promise<void>): Promise<void> {
  try {
    await writeAside(path, write);
  } catch (error) {
    if (error instanceof TableError) throw error;
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new TableError(`${basename(path)}: cannot be written: ${reason}`, {
      code: "unwritable_file",
      place: { file: basename(path) },
      cause: error,
    });
  }
}
