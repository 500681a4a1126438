import type { Category, Preparation } from "./types.ts";

/** A column of the user's table. A column of numbers is one input; a text column is one for each value. */
export interface TableColumn extends Pick<Category, "name" | "first"> {
  readonly values?: readonly string[];
}

/** Lists the columns of the user's table behind these inputs, in the order of the inputs. */
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

/** The cell of the user's table in a row of inputs. */
export function cellOf({ first, values }: TableColumn, row: Float64Array): number | string {
  return values ? values[values.findIndex((_, k) => row[first + k] === 1)]! : row[first]!;
}
