import type { WeightsOption } from "@stiffnet/core";
import { type OptionParser, parser, whole } from "@stiffnet/terminal";
import { sizedBases, weightNames } from "./choices.ts";

/** "cubic", or a basis with its size: "polynomial:5", "piecewiseLinear:9", "perLayer:4". */
export const weightsBasis: OptionParser<WeightsOption> = parser(
  `one of ${weightNames.join(", ")}, or with a size (at least two knots) ${Object.keys(sizedBases)
    .map((name) => `${name}:N`)
    .join(
      ", ",
    )}: how the layers' weights depend on time (rows have no weights; repeat a row to count it more)`,
  "cubic",
  (text) => {
    const [name = "", given, ...more] = text.split(":");
    if (given === undefined) return weightNames.find((one) => one === name);
    if (more.length > 0 || !Object.hasOwn(sizedBases, name)) return undefined;
    const [called, least] = sizedBases[name as keyof typeof sizedBases];
    const size = whole(least).read(given);
    return size === undefined ? undefined : ({ basis: name, [called]: size } as unknown as WeightsOption);
  },
);
