import type { WeightsOption } from "@stiffnet/core";
import { InvalidArgumentError } from "commander";
import { whole } from "../options.ts";
import { weightNames } from "../runner/config.ts";

/** "cubic", or a basis with its size: "polynomial:5", "piecewiseLinear:9", "perLayer:4". */
export function parseWeights(text: string): WeightsOption {
  const [name, size, ...more] = text.split(":");
  const known = weightNames.find((one) => one === name);
  if (size === undefined && known !== undefined) return known;
  const sized = sizedBases.find((one) => one === name);
  if (size === undefined || sized === undefined || more.length > 0) {
    throw new InvalidArgumentError(
      `'${text}' is no basis, expected one of ${weightNames.join(", ")}, or with a size ${sizedBases.map((one) => `${one}:N`).join(", ")}.`,
    );
  }
  const count = whole(sized === "piecewiseLinear" ? 2 : sized === "perLayer" ? 1 : 0)(size);
  if (sized === "perLayer") return { basis: sized, layers: count };
  return sized === "polynomial" ? { basis: sized, degree: count } : { basis: sized, knots: count };
}

const sizedBases = ["perLayer", "polynomial", "piecewiseLinear"] as const;
