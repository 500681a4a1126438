import { readFile } from "node:fs/promises";
import { ServeError } from "../errors.ts";

/** What is in the file of an option. */
export async function textOf(flag: string, file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const reasons: Record<string, string> = {
      ENOENT: "no such file",
      EACCES: "this user may not read it",
      EISDIR: "a folder, expected a file",
    };
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new ServeError(`${flag} ${file}: ${reasons[code] ?? code}`, { code: "bad_option" });
  }
}
