import { listOf, text } from "@stiffnet/base";
import { checkOptions, PreparationError, requireFinite, requireSome } from "./errors.ts";
import type { Preparation } from "./types.ts";

/** Takes the natural logarithm of the named columns, default all of them: for quantities that span decades. A
 *  value that is not positive is refused by column and row. Usually followed by `standardise`, by way of
 *  `chain`. */
export function logarithm(
  rows: Float64Array,
  names: readonly string[],
  options: { columns?: readonly string[] } = {},
): Preparation {
  checkOptions("logarithm", options, { columns: listOf(text) });
  const chosen = options.columns ?? names;
  const unknown = chosen.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new PreparationError(
      `logarithm: no column is called '${unknown}', expected one of ${listed(names)}`,
      {
        code: "no_such_column",
      },
    );
  }
  const count = requireSome("logarithm", rows, names.length);
  const applies = names.map((name) => chosen.includes(name));
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < names.length; column++) {
      if (!applies[column]) continue;
      const x = requireFinite(rows[row * names.length + column]!, names[column]!, row);
      if (x > 0) continue;
      throw new PreparationError(
        `column '${names[column]}', row ${row + 1}: ${x} has no logarithm, expected a positive number`,
        { code: "not_positive" },
      );
    }
  }
  return { columns: names.length, steps: [{ kind: "log", applies }] };
}

/** Of each physical column, whether its logarithm is taken before all other steps. */
export function takesLogarithm({ columns, steps: [first] }: Preparation): boolean[] {
  return Array.from({ length: columns }, (_, c) => first?.kind === "log" && first.applies[c]!);
}

function listed(names: readonly string[]): string {
  const some = names.slice(0, 6).map((name) => `'${name}'`);
  return `${some.join(", ")}${names.length > 6 ? ", ..." : ""}`;
}
