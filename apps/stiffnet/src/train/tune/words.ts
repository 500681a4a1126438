import type { NamedTable } from "@stiffnet/report";
import { formatNumber } from "@stiffnet/terminal";
import type { Tuning } from "./tuning.ts";

export function tuningSentence({ chosen, candidates }: Tuning): string {
  const risk = (k: number): string => formatNumber(candidates[k]!.risks.at(-1));
  const tried = `of ${candidates.length} configurations`;
  const optimistic =
    "The smallest of many risks on the same rows is optimistic: the test errors are the honest ones.";
  return chosen === 0
    ? `Tuned: ${tried} the one that was asked for has the smallest validation risk (${risk(0)}). ${optimistic}`
    : `Tuned: ${tried} '${candidates[chosen]!.settings}' has the smallest validation risk (${risk(chosen)}; as asked for ${risk(0)}). ${optimistic}`;
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
      "Configurations that were tried, and their risk on validation rows (standardised outputs; geometric means over the trials of a round): each round keeps a third and the one that was asked for, and trains three times as long.",
    header: ["number", ...Array.from({ length: rounds }, (_, r) => `round ${r + 1}`), "configuration"],
    rows: order.map(({ number, risks, settings }) => [
      String(number),
      ...Array.from({ length: rounds }, (_, r) => (r < risks.length ? formatNumber(risks[r]) : "")),
      settings,
    ]),
  };
}
