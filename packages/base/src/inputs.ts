import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { StiffnetError } from "./errors.ts";

/** Files that the running command reads, by their real paths. */
const inputs = new Set<string>();

/** At the beginning of a command. */
export function forgetInputs(): void {
  inputs.clear();
}

/** The file is an input of the command: nothing that it writes may replace it. */
export function noteInput(path: string): void {
  inputs.add(behindLinks(path));
}

/** Refuses a file to write, or a folder to fill or empty, that is or holds an input of the command. A device
 *  such as /dev/null is refused too: a file that is renamed over it takes its place. */
export function refuseToReplace(path: string): void {
  const target = behindLinks(path);
  const held = existsSync(path) ? statSync(path, { bigint: true }) : undefined;
  if (held && !held.isFile() && !held.isDirectory()) {
    throw new StiffnetError(`${path}: is a device or a pipe, expected a file or a folder`, {
      code: "not_a_file",
    });
  }
  const input = [...inputs].find((one) => one === target || one.startsWith(target + sep));
  if (input === undefined) return;
  throw new StiffnetError(
    `${path}: would be written over ${input === target ? "itself" : input}, which this command reads; expected another place for the results`,
    { code: "input_replaced" },
  );
}

/** The path behind all links, also of what is not there yet. */
export function behindLinks(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    return dirname(whole) === whole ? whole : join(behindLinks(dirname(whole)), basename(whole));
  }
}
