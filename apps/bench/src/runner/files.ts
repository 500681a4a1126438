import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { asideOf, renameOver } from "@stiffnet/base/files";

/** Writes aside and renames: a reader, and a process killed half-way, see the old file or the new one. The
 *  parts are written one after the other from where they are. */
export function writeWhole(path: string, ...parts: readonly (string | Uint8Array)[]): void {
  ensureFolder(dirname(path));
  const aside = asideOf(path);
  try {
    withFile(aside, "w", (file) => {
      for (const part of parts) writeAll(file, typeof part === "string" ? Buffer.from(part) : part);
    });
    renameOver(aside, path);
  } catch (error) {
    rmSync(aside, { force: true });
    throw located(error, path);
  }
}

/** Gives `use` the bytes of a file, to be read one after the other, and their number. */
export function readFrom<T>(
  path: string,
  use: (source: { size: number; read(into: Uint8Array): void }) => T,
): T {
  return withFile(path, "r", (file) =>
    use({
      size: fstatSync(file).size,
      read(into) {
        for (let at = 0; at < into.length; ) {
          const got = readSync(file, into, at, into.length - at, null);
          if (got === 0) throw new Error(`${path}: ended while it was read`);
          at += got;
        }
      },
    }),
  );
}

function withFile<T>(path: string, flags: string, use: (file: number) => T): T {
  const file = openSync(path, flags);
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
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

/** Gives `use` a folder for files of the moment, and removes it when that is done. */
export async function inScratchFolder<T>(name: string, use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), `stiffnet-${name}-`));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A failed write says which file it was: the system's error of a full disk does not. */
function located(error: unknown, path: string): unknown {
  if (error instanceof Error && "syscall" in error) Object.assign(error, { path });
  return error;
}
