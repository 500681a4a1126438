import { execFile } from "node:child_process";
import { promisify } from "node:util";

export interface FoundPython {
  readonly command: string;
  readonly printed: string;
}

/** The first of $STIFFNET_PYTHON, python3 and /usr/bin/python3 that runs this program, and the last line that
 *  it printed; undefined where none does. */
export async function findPython(program: string): Promise<FoundPython | undefined> {
  const chosen = process.env.STIFFNET_PYTHON;
  for (const command of chosen ? [chosen] : ["python3", "/usr/bin/python3"]) {
    try {
      const { stdout } = await promisify(execFile)(command, ["-c", program], {
        timeout: 120_000,
        maxBuffer: 2 ** 24,
      });
      return { command, printed: stdout.trim().split("\n").at(-1)! };
    } catch {
      // Not there, or without the library: the next one.
    }
  }
  return undefined;
}
