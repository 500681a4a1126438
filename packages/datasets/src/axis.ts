import { type Check, fields, needed, number, positive, text } from "@stiffnet/base";
import { DatasetError } from "./errors.ts";
import { checkOptions } from "./options.ts";

/** How one input is distributed. Every axis maps a number u in (0, 1) to a value by its inverse distribution
 *  function. */
export type Distribution =
  | { readonly kind: "uniform" }
  /** The logarithm is uniform; both bounds must be positive. */
  | { readonly kind: "logUniform" }
  /** Normal, cut to the bounds. */
  | { readonly kind: "normal"; readonly mean: number; readonly deviation: number }
  /** The natural logarithm is normal with this mean and deviation; cut to the bounds. */
  | { readonly kind: "logNormal"; readonly mean: number; readonly deviation: number };

/** One input of a test function or model. */
export interface Axis {
  readonly name: string;
  readonly lower: number;
  readonly upper: number;
  readonly distribution: Distribution;
  /** Empty where there is none. */
  readonly unit: string;
  readonly meaning: string;
}

export interface AxisOptions {
  distribution?: Distribution;
  unit?: string;
  meaning?: string;
}

const moments = { mean: needed(number()), deviation: needed(positive) };
const kinds = { uniform: {}, logUniform: {}, normal: moments, logNormal: moments };

const distribution: Check<Distribution> = {
  expected: `an object whose kind is one of ${Object.keys(kinds).join(", ")}`,
  fault(name, value) {
    const kind = (value as Partial<Distribution> | null)?.kind;
    if (kind !== undefined && Object.hasOwn(kinds, kind))
      return fields({ kind: text, ...kinds[kind] }).fault(name, value);
    return `${name}.kind is '${kind}', expected one of ${Object.keys(kinds).join(", ")}`;
  },
};

/** An axis, uniform unless told otherwise. */
export function axis(name: string, lower: number, upper: number, options: AxisOptions = {}): Axis {
  checkOptions<AxisOptions>(`axis '${name}'`, options, { distribution, unit: text, meaning: text });
  const { distribution: spread = { kind: "uniform" }, unit = "", meaning = "" } = options;
  if (!(lower < upper) || !Number.isFinite(upper - lower)) {
    throw new DatasetError(
      `axis '${name}': bounds ${lower} and ${upper}, expected two numbers a finite distance apart, the lower first`,
      {
        code: "bad_bounds",
      },
    );
  }
  if (spread.kind.startsWith("log") && lower <= 0) {
    throw new DatasetError(`axis '${name}': lower bound ${lower}, expected a positive one (${spread.kind})`, {
      code: "bad_bounds",
    });
  }
  return { name, lower, upper, distribution: spread, unit, meaning };
}
