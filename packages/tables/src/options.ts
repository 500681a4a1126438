import { type Check, type Checks, check, listOf, needed, oneOf, optionsChecker } from "@stiffnet/base";
import { TableError } from "./errors.ts";
import type { ColumnChoice } from "./table/columns.ts";
import type { SelectOptions } from "./table/select.ts";

export const checkOptions: ReturnType<typeof optionsChecker> = optionsChecker(
  (message) => new TableError(message, { code: "bad_option" }),
);

const column = (value: unknown): boolean =>
  typeof value === "string" || typeof value === "number" || value instanceof RegExp;

/** Which columns there are is known to the table alone. */
export const columnChoice: Check<ColumnChoice> = check(
  "columns: a number, a name, a pattern, or a list of these",
  (value) => column(value) || (Array.isArray(value) && value.every(column)),
);

export const selectChecks: Checks<SelectOptions> = {
  inputs: needed(columnChoice),
  outputs: needed(columnChoice),
  missing: oneOf("error", "drop", "mean"),
  text: oneOf("error", "categories"),
};

export const names: Check<readonly string[]> = listOf(
  check<string>("a name", (value) => typeof value === "string"),
  1,
);
