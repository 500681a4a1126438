import { readFile } from "node:fs/promises";
import { ServeError } from "../errors.ts";
import type { Tls } from "../http/certificates.ts";

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

/** One key a line. Empty lines and lines that begin with # are ignored. */
async function keysIn(flag: string, file: string): Promise<string[]> {
  const lines = (await textOf(flag, file)).split(/\r?\n/).map((line) => line.trim());
  const keys = lines.filter((line) => line.length > 0 && !line.startsWith("#"));
  if (keys.length === 0) {
    throw new ServeError(`${flag} ${file}: no API key, expected one a line`, { code: "bad_option" });
  }
  return keys;
}

/** The files of --tls-cert and --tls-key; nothing without them. */
export async function readTls(flags: { tlsCert?: string; tlsKey?: string }): Promise<Tls | undefined> {
  const { tlsCert, tlsKey } = flags;
  if (tlsCert === undefined && tlsKey === undefined) return undefined;
  if (tlsCert === undefined || tlsKey === undefined) {
    throw new ServeError("--tls-cert and --tls-key belong together, expected both", { code: "bad_option" });
  }
  return { cert: await textOf("--tls-cert", tlsCert), key: await textOf("--tls-key", tlsKey) };
}

/** Contents of the file of an option. */
async function textOf(flag: string, file: string): Promise<string> {
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
