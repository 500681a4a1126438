import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { NamedTable } from "@stiffnet/report";
import { formatNumber } from "@stiffnet/terminal";
import { type ResultsFolder, tuneFolder } from "@stiffnet/trials";
import type { TuneBudget } from "./option.ts";

/** How a configuration was chosen: written beside the rounds. */
export interface Tuning {
  readonly budget: TuneBudget;
  /** Number of the candidate that was chosen; 0 is what was asked for. */
  readonly chosen: number;
  /** Validation error of each in the rounds that it trained in, the geometric mean over its trials; null
   *  where one diverged. */
  readonly candidates: readonly { readonly settings: string; readonly risks: readonly (number | null)[] }[];
}

export const tuningFile: string = join(tuneFolder, "tuning.json");

/** How the configuration of a study was chosen, where it was. */
export function tuningIn(folder: ResultsFolder): Tuning | undefined {
  const file = folder.file(tuningFile);
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

export function tuningSentence({ chosen, candidates }: Tuning): string {
  const risk = (k: number): string => formatNumber(candidates[k]!.risks.at(-1));
  const tried = `of ${candidates.length} configurations`;
  const optimistic = "The smallest of many errors is optimistic, so judge by the test error.";
  return chosen === 0
    ? `Tuned: ${tried}, the requested one has the smallest validation error (${risk(0)}). ${optimistic}`
    : `Tuned: ${tried}, '${candidates[chosen]!.settings}' has the smallest validation error (${risk(chosen)}; the requested one has ${risk(0)}). ${optimistic}`;
}

/** Those of the last rounds first. */
export function tuningTable({ candidates }: Tuning): NamedTable {
  const rounds = Math.max(...candidates.map(({ risks }) => risks.length));
  const order = candidates
    .map((one, number) => ({ ...one, number }))
    .sort(
      (a, b) =>
        b.risks.length - a.risks.length ||
        (a.risks.at(-1) ?? Number.POSITIVE_INFINITY) - (b.risks.at(-1) ?? Number.POSITIVE_INFINITY),
    );
  return {
    name: "tuning",
    caption:
      "The settings that were tried, and their validation errors (standardised outputs, geometric mean over the trials of a round). Each round keeps the requested settings and the best third of the others, and trains three times as long.",
    header: ["number", ...Array.from({ length: rounds }, (_, r) => `round ${r + 1}`), "configuration"],
    rows: order.map(({ number, risks, settings }) => [
      String(number),
      ...Array.from({ length: rounds }, (_, r) => (r < risks.length ? formatNumber(risks[r]) : "")),
      settings,
    ]),
  };
}
