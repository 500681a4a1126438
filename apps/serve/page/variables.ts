// What a person sets: a number, or one of the texts of a column. A text column is one input of the model for
// each of its values. No DOM.

import { tableColumns } from "@stiffnet/preparation";
import { spaced, textAt } from "./numbers.ts";
import type { ModelDescription } from "./service/types.ts";

export type Variable = ModelDescription["inputs"][number] & {
  /** Place of its first input. */
  readonly first: number;
  readonly values?: readonly string[];
};

export function variablesOf({
  inputs,
  categories,
}: Pick<ModelDescription, "inputs" | "categories">): Variable[] {
  const names = inputs.map(({ name }) => name);
  return tableColumns(names, categories && { categories }).map((column) => ({
    ...inputs[column.first]!,
    ...column,
  }));
}

export const numbersAmong = (variables: readonly Variable[]): Variable[] =>
  variables.filter(({ values }) => !values);

/** The inputs that a variable is: its number, or 1 for the text of this number and 0 for the others. */
export const inputsOf = ({ values }: Variable, setting: number): number[] =>
  values ? values.map((_, k) => Number(k === setting)) : [setting];

/** The inputs of the model, from a text for each variable. */
export const pointOf = (variables: readonly Variable[], texts: readonly string[]): number[] =>
  variables.flatMap((variable, j) =>
    inputsOf(variable, variable.values ? variable.values.indexOf(texts[j]!) : Number(texts[j])),
  );

/** The number of the text at a fraction below 1 of the list, or the number there in the range. */
export function settingAt({ values, slider: [low, high] }: Variable, fraction: number): number {
  return values ? Math.floor(fraction * values.length) : low + (high - low) * fraction;
}

/** The text at a fraction below 1 of the range, or of the list of values. */
export function textOf(variable: Variable, fraction: number): string {
  return variable.values?.[settingAt(variable, fraction)] ?? textAt(fraction, variable.slider);
}

/** Values of inputs as a variable runs through its range in so many steps, or through its texts. */
export function settings(variable: Variable, steps: number): ReadonlyMap<number, number>[] {
  const { first, values, slider } = variable;
  const all = values ? values.map((_, k) => k) : spaced(slider, steps);
  return all.map((setting) => new Map(inputsOf(variable, setting).map((x, i) => [first + i, x])));
}
