import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Writes aside and renames: a reader, and a process killed half-way, see the old file or the new one. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  ensureFolder(dirname(path));
  const aside = `${path}.${process.pid}.tmp`;
  try {
    writeFileSync(aside, content);
    renameSync(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw located(error, path);
  }
}

export function writeJson(path: string, value: unknown): void {
  writeWhole(path, `${JSON.stringify(value, null, 2)}\n`);
}

export function append(path: string, text: string): void {
  try {
    appendFileSync(path, text);
  } catch (error) {
    throw located(error, path);
  }
}

/** As mkdir -p. Not the recursive mkdir of Node, which reports a read-only file system as "no such file". */
export function ensureFolder(path: string): void {
  if (existsSync(path)) {
    // A file in its place is found out here, by its name.
    mkdirSync(path, { recursive: true });
    return;
  }
  ensureFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

/** A failed write says which file it was: the system's error of a full disk does not. */
function located(error: unknown, path: string): unknown {
  if (error instanceof Error && "syscall" in error) Object.assign(error, { path });
  return error;
}
