// For programs that write files. It needs Node, so it is an entry of its own.
import {
  appendFileSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { behindLinks, refuseToReplace } from "./inputs.ts";

export { forgetInputs, noteInput, refuseToReplace } from "./inputs.ts";

/** Lets `write` fill a file beside `path` and then renames it, so that a reader, and a process killed
 *  half-way, see the old file or the new one. A failure leaves `path` untouched and nothing beside it. A link
 *  stays one: the file behind it is replaced. */
export async function writeAside(path: string, write: (aside: string) => Promise<void>): Promise<void> {
  refuseToReplace(path);
  const target = behindLinks(path);
  const aside = asideOf(target);
  try {
    await write(aside);
    renameOver(aside, target);
  } catch (error) {
    await rm(aside, { force: true });
    throw error;
  }
}

/** The name that `path` has while it is written. */
export function asideOf(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

/** Renames a file written aside. Windows refuses while another program reads `path`, or scans what is new:
 *  there it is tried again, after so many milliseconds each time. */
export function renameOver(
  aside: string,
  path: string,
  waits: readonly number[] = ofThisSystem,
  move: typeof renameSync = renameSync,
): void {
  for (let attempt = 0; ; attempt++) {
    try {
      move(aside, path);
      return;
    } catch (error) {
      if (!isHeld(error) || attempt === waits.length) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waits[attempt]);
    }
  }
}

const ofThisSystem = process.platform === "win32" ? [10, 20, 50, 100, 200, 500, 1000] : [];

function isHeld(error: unknown): boolean {
  return ["EPERM", "EACCES", "EBUSY"].includes((error as NodeJS.ErrnoException).code ?? "");
}

/** Writes a temporary file and renames it. Readers see either the old file or the new one, even if the
 *  process is killed half-way. The parts are written one after the other, without a copy. */
export function writeWhole(path: string, ...parts: readonly (string | Uint8Array)[]): void {
  refuseToReplace(path);
  ensureFolder(dirname(path));
  const target = behindLinks(path);
  const aside = asideOf(target);
  try {
    withFile(aside, "w", (file) => {
      for (const part of parts) writeAll(file, typeof part === "string" ? Buffer.from(part) : part);
    });
    renameOver(aside, target);
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
