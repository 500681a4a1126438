import { ServeError } from "../errors.ts";
import { textOf } from "./text-of.ts";

interface KeyFlags {
  readonly apiKeyFile?: string;
  readonly adminKeyFile?: string;
}

export interface ReadKeys {
  readonly usual: readonly string[];
  /** Nothing where operators have no keys of their own. */
  readonly admin: readonly string[] | undefined;
}

/** The keys of the variable STIFFNET_API_KEYS and of the files. */
export async function readKeys({ apiKeyFile, adminKeyFile }: KeyFlags): Promise<ReadKeys> {
  const fromEnvironment = (process.env.STIFFNET_API_KEYS ?? "").split(",").map((key) => key.trim());
  const fromFile = apiKeyFile === undefined ? [] : await keysIn("--api-key-file", apiKeyFile);
  const usual = [...fromEnvironment, ...fromFile].filter((key) => key.length > 0);
  const admin = adminKeyFile === undefined ? undefined : await keysIn("--admin-key-file", adminKeyFile);
  return { usual, admin };
}

/** One a line; empty lines and those that begin with # are none. */
async function keysIn(flag: string, file: string): Promise<string[]> {
  const lines = (await textOf(flag, file)).split(/\r?\n/).map((line) => line.trim());
  const keys = lines.filter((line) => line.length > 0 && !line.startsWith("#"));
  if (keys.length === 0) {
    throw new ServeError(`${flag} ${file}: no API key, expected one a line`, { code: "bad_option" });
  }
  return keys;
}
