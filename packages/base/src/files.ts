// For those who write files: Node alone, and so not among what the package's main entry has.
import { renameSync } from "node:fs";
import { rm } from "node:fs/promises";

/** Lets `write` fill a file beside `path` and then renames it, so that a reader, and a process killed
 *  half-way, see the old file or the new one. What fails leaves `path` untouched and nothing beside it. */
export async function writeAside(path: string, write: (aside: string) => Promise<void>): Promise<void> {
  const aside = asideOf(path);
  try {
    await write(aside);
    renameOver(aside, path);
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
