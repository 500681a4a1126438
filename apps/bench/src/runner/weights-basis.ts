import type { WeightsOption } from "@stiffnet/core";
import { type OptionParser, parser, whole } from "../options.ts";
import { weightNames } from "../runner/config.ts";

/** Bases with a size, and the weights that they make of it. */
const sizedBases: Readonly<Record<string, (text: string) => WeightsOption | undefined>> = {
  perLayer: (text) => sized(text, 1, (layers) => ({ basis: "perLayer", layers })),
  polynomial: (text) => sized(text, 0, (degree) => ({ basis: "polynomial", degree })),
  piecewiseLinear: (text) => sized(text, 2, (knots) => ({ basis: "piecewiseLinear", knots })),
};

function sized(text: string, least: number, of: (size: number) => WeightsOption): WeightsOption | undefined {
  const size = whole(least).read(text);
  return size === undefined ? undefined : of(size);
}

/** "cubic", or a basis with its size: "polynomial:5", "piecewiseLinear:9", "perLayer:4". */
export const weightsBasis: OptionParser<WeightsOption> = parser(
  `one of ${weightNames.join(", ")}, or with a size (at least two knots) ${Object.keys(sizedBases)
    .map((name) => `${name}:N`)
    .join(", ")}`,
  "cubic",
  (text) => {
    const [name = "", size, ...more] = text.split(":");
    if (size === undefined) return weightNames.find((one) => one === name);
    return more.length > 0 || !Object.hasOwn(sizedBases, name) ? undefined : sizedBases[name]!(size);
  },
);
