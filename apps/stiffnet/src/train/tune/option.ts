import { above, type OptionParser, parser, whole } from "@stiffnet/terminal";
import { fewest } from "./rounds.ts";

/** Configurations to try, or the time that trying them may take. */
export type TuneBudget = { readonly trials: number } | { readonly seconds: number };

const units: Readonly<Record<string, number>> = { s: 1, min: 60, h: 3600 };

export const tuneBudget: OptionParser<TuneBudget> = parser(
  `a number of configurations of at least ${fewest}, or a time as in 90s, 10min or 2h`,
  "20",
  (text) => {
    const trials = whole(fewest, 1000).read(text);
    if (trials !== undefined) return { trials };
    const [, size = "", unit = ""] = /^([\d.]+)(s|min|h)$/.exec(text) ?? [];
    const time = above(0).read(size);
    return time === undefined ? undefined : { seconds: time * units[unit]! };
  },
);
