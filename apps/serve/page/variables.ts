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

/** The inputs of the model, from a text for each variable. */
export const pointOf = (variables: readonly Variable[], texts: readonly string[]): number[] =>
  variables.flatMap(({ values }, j) =>
    values ? values.map((value) => Number(value === texts[j])) : [Number(texts[j])],
  );

/** The text at a fraction of the range, or of the list of values. */
export function textOf({ values, slider }: Variable, fraction: number): string {
  return values
    ? values[Math.min(values.length - 1, Math.floor(fraction * values.length))]!
    : textAt(fraction, slider);
}

/** Values of inputs as a variable runs through its range in so many steps, or through its texts. */
export function settings({ first, values, slider }: Variable, steps: number): ReadonlyMap<number, number>[] {
  return values
    ? values.map((_, k) => new Map(values.map((_, i) => [first + i, Number(i === k)])))
    : spaced(slider, steps).map((value) => new Map([[first, value]]));
}
