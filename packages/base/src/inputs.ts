import { realpathSync } from "node:fs";
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
  inputs.add(real(path));
}

/** Refuses a file to write, or a folder to fill or empty, that is or holds an input of the command. */
export function refuseToReplace(path: string): void {
  const target = real(path);
  const input = [...inputs].find((one) => one === target || one.startsWith(target + sep));
  if (input === undefined) return;
  throw new StiffnetError(
    `${path}: would be written over ${input === target ? "itself" : input}, which this command reads; expected another place for the results`,
    { code: "input_replaced" },
  );
}

/** Behind all links, also of what is not there yet. */
function real(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch {
    return dirname(whole) === whole ? whole : join(real(dirname(whole)), basename(whole));
  }
}
