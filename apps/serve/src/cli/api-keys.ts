import { readFile } from "node:fs/promises";
import { ServeError } from "../errors.ts";

/** The keys of the variable STIFFNET_API_KEYS and of a file. */
export async function readKeys(file: string | undefined): Promise<string[]> {
  const fromEnvironment = (process.env.STIFFNET_API_KEYS ?? "").split(",");
  const text = file === undefined ? "" : await readKeyFile(file);
  const fromFile = text.split(/\r?\n/);
  const keys = [...fromEnvironment, ...fromFile].map((key) => key.trim()).filter((key) => key.length > 0);
  if (file !== undefined && keys.length === 0) {
    throw new ServeError(`${file}: no API key, expected one a line`, { code: "bad_option" });
  }
  return keys;
}

async function readKeyFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    const reasons: Record<string, string> = {
      ENOENT: "no such file",
      EACCES: "this user may not read it",
      EISDIR: "a folder, expected a file",
    };
    const { code = "" } = error as NodeJS.ErrnoException;
    throw new ServeError(`--api-key-file ${file}: ${reasons[code] ?? code}`, { code: "bad_option" });
  }
}
