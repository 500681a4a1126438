import { rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { DatasetError } from "../errors.ts";

/** Lets `write` fill a file beside `path` and then renames it, so that `path` is whole or untouched. */
export async function writeAside(path: string, write: (aside: string) => Promise<void>): Promise<void> {
  const aside = join(dirname(path), `.${basename(path)}.${process.pid}.part`);
  try {
    await write(aside);
    await rename(aside, path);
  } catch (error) {
    await rm(aside, { force: true });
    if (error instanceof DatasetError) throw error;
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new DatasetError(`${basename(path)}: cannot be written: ${reason}`, {
      code: "unwritable_file",
      place: { file: basename(path) },
      cause: error,
    });
  }
}
