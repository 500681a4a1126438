// Sentences about a model and a point. No DOM.

import { usualLevel } from "@stiffnet/uncertainty";
import { brief } from "./numbers.ts";
import { calibrationOf, hasSpread } from "./service/intervals.ts";
import type { ModelDescription } from "./service/types.ts";

type Variable = ModelDescription["inputs"][number];

export function networkText({ config, members }: ModelDescription): string {
  if (config.kind === "gaussianProcess") return `Gaussian process of ${config.rows} rows`;
  const { width, augment = 0, depth, activation } = config;
  const solver = config.kind === "neuralOde" ? config.solver : undefined;
  const blocks = solver ? `neural ODE, ${depth} steps of ${solver}` : `${depth} blocks`;
  const many = members > 1 ? `ensemble of ${members} networks, ` : "";
  return `${many}${blocks} of width ${width + augment}, ${activation}`;
}

export const isOutside = ({ range }: Variable, value: number): boolean =>
  range !== undefined && (value < range[0] || value > range[1]);

/** A warning about inputs outside the training range, or "". */
export function outsideText(model: ModelDescription, point: readonly number[]): string {
  const { inputs } = model;
  const guess = calibrationOf(model) ? ", its interval a guess" : "";
  const outside = inputs.flatMap((input, j) =>
    isOutside(input, point[j]!) ? [{ input, value: point[j]! }] : [],
  );
  if (outside.length === 0) return "";
  const [{ input, value }] = outside as [(typeof outside)[number]];
  if (outside.length > 1) {
    const names = outside.map((one) => one.input.name).join(", ");
    return `${outside.length} inputs are outside their training ranges: ${names}. The answer is an extrapolation${guess}.`;
  }
  const unit = input.unit ? ` ${input.unit}` : "";
  return `${input.name} is ${value}, outside the training range of ${brief(input.range![0])} to ${brief(input.range![1])}${unit}. The answer is an extrapolation${guess}.`;
}

const percent = `${100 * usualLevel} %`;

/** Behind a value with its spread. */
export const levelText = (model: ModelDescription): string => (calibrationOf(model) ? `(${percent})` : "");

/** At the head of a column of spreads. */
export const spreadSign = (model: ModelDescription): string => (calibrationOf(model) ? `± ${percent}` : "±");

export const spreadName = (model: ModelDescription): string =>
  calibrationOf(model) ? `half-width of the ${percent} interval` : "standard deviation";

/** The meaning of ± and bands, or "" if a model has neither. */
export function spreadText(model: ModelDescription): string {
  const calibration = calibrationOf(model);
  if (calibration) {
    return `± and bands are ${percent} intervals, calibrated on ${calibration.rows} validation rows. Outside the training ranges they are wider, and a guess.`;
  }
  if (!hasSpread(model)) return "";
  if (model.config.kind === "gaussianProcess")
    return "± and bands are one standard deviation of a new observation.";
  return `± and bands are one standard deviation of the ${model.members} networks.`;
}
