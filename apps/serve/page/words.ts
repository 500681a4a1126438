// What is said of a model and of a point. No DOM.

import { brief } from "./numbers.ts";
import type { ModelDescription } from "./service/types.ts";

type Variable = ModelDescription["inputs"][number];

export function networkText({ config, members }: ModelDescription): string {
  const { width, augment = 0, depth, activation } = config;
  const solver = config.kind === "neuralOde" ? config.solver : undefined;
  const blocks = solver ? `neural ODE, ${depth} steps of ${solver}` : `${depth} blocks`;
  const many = members > 1 ? `ensemble of ${members} networks, ` : "";
  return `${many}${blocks} of width ${width + augment}, ${activation}`;
}

export const isOutside = ({ range }: Variable, value: number): boolean =>
  range !== undefined && (value < range[0] || value > range[1]);

/** Of the inputs outside the training range; empty where there is none. */
export function outsideText(inputs: readonly Variable[], point: readonly number[]): string {
  const outside = inputs.flatMap((input, j) =>
    isOutside(input, point[j]!) ? [{ input, value: point[j]! }] : [],
  );
  if (outside.length === 0) return "";
  const [{ input, value }] = outside as [(typeof outside)[number]];
  if (outside.length > 1) {
    const names = outside.map((one) => one.input.name).join(", ");
    return `${outside.length} inputs are outside their training ranges: ${names}. An extrapolation.`;
  }
  const unit = input.unit ? ` ${input.unit}` : "";
  return `${input.name} is ${value}, outside the training range of ${brief(input.range![0])} to ${brief(input.range![1])}${unit}: an extrapolation.`;
}
