import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

export interface FoundPython {
  readonly command: string;
  readonly printed: string;
}

/** Of the environment that `peers/setup` makes: it says the same by --where. */
function peersPython(): string {
  const cache = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return join(cache, "stiffnet", "peers", "bin", "python");
}

/** $STIFFNET_PYTHON, or without it the first of the environment of `peers/setup`, python3 and
 *  /usr/bin/python3, that runs this program, and the last line that it printed; undefined where none does. */
export async function findPython(program: string): Promise<FoundPython | undefined> {
  const chosen = process.env.STIFFNET_PYTHON;
  for (const command of chosen ? [chosen] : [peersPython(), "python3", "/usr/bin/python3"]) {
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
