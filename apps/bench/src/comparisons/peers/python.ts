import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { variable } from "@stiffnet/terminal";

/** A file of apps/bench/peers. */
export function peerFile(name: string): string {
  return fileURLToPath(new URL(`../../../peers/${name}`, import.meta.url));
}

/** Why a program of a peer is not here; undefined where it is. */
export function missingPeer(name: string): string | undefined {
  if (existsSync(peerFile(name))) return undefined;
  return `apps/bench/peers/${name} is not published, run this in a clone of the repository`;
}

export interface FoundPython {
  readonly command: string;
  readonly script: string;
  /** The last line that the program printed. */
  readonly printed: string;
}

/** Python of the environment that `peers/setup` makes. `peers/setup --where` prints the same. */
function peersPython(): string {
  const cache = variable("XDG_CACHE_HOME") ?? join(homedir(), ".cache");
  return join(cache, "stiffnet", "peers", "bin", "python");
}

/** $STIFFNET_PYTHON, or without it the first of the environment of `peers/setup`, python3 and
 *  /usr/bin/python3, that runs this program: it imports what `script`, of the peers, needs. The reason where
 *  none does. */
export async function findPython(
  script: string,
  program: string,
  libraries: string,
): Promise<FoundPython | { readonly reason: string }> {
  const missing = missingPeer(script);
  if (missing !== undefined) return { reason: missing };
  const chosen = variable("STIFFNET_PYTHON");
  for (const command of chosen ? [chosen] : [peersPython(), "python3", "/usr/bin/python3"]) {
    try {
      const { stdout } = await promisify(execFile)(command, ["-c", program], {
        timeout: 120_000,
        maxBuffer: 2 ** 24,
      });
      return { command, script: peerFile(script), printed: stdout.trim().split("\n").at(-1)! };
    } catch {
      // Not there, or without the library: the next one.
    }
  }
  return {
    reason: `no Python with ${libraries} was found (apps/bench/peers/setup makes one; STIFFNET_PYTHON names another)`,
  };
}
