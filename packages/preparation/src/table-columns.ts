import type { Category, Preparation } from "./types.ts";

/** A column of the user's table and the inputs made of it: one of numbers, or one for each value of texts. */
export interface TableColumn extends Pick<Category, "name" | "first"> {
  readonly values?: readonly string[];
}

/** The columns of the user's table that inputs are made of, in the inputs' order. */
export function tableColumns(
  inputNames: readonly string[],
  { categories = [] }: Pick<Preparation, "categories"> = {},
): TableColumn[] {
  return inputNames.flatMap((name, i): TableColumn[] => {
    const category = categories.find(({ first, values }) => i >= first && i < first + values.length);
    if (!category) return [{ name, first: i }];
    return i === category.first ? [category] : [];
  });
}
