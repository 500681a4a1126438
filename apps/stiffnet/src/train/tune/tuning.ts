import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type ResultsFolder, tuneFolder } from "@stiffnet/trials";
import type { TuneBudget } from "./option.ts";

/** How a configuration was chosen: written beside the rounds. */
export interface Tuning {
  readonly budget: TuneBudget;
  /** Number of the candidate that was chosen; 0 is what was asked for. */
  readonly chosen: number;
  /** Validation risk of each in the rounds that it trained in, the geometric mean over its trials; null
   *  where one diverged. */
  readonly candidates: readonly { readonly settings: string; readonly risks: readonly (number | null)[] }[];
}

export const tuningFile: string = join(tuneFolder, "tuning.json");

/** How the configuration of a study was chosen, where it was. */
export function tuningIn(folder: ResultsFolder): Tuning | undefined {
  const file = folder.file(tuningFile);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}
