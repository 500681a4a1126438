import { optionsChecker, StiffnetError } from "@stiffnet/base";

/** Data that cannot be prepared: the message names the column, what was found and what was expected. */
export class PreparationError extends StiffnetError {
  override readonly name = "PreparationError";
}

export const checkOptions: ReturnType<typeof optionsChecker> = optionsChecker(
  (message) => new PreparationError(message, { code: "bad_option" }),
);

/** The number of rows, at least one; throws where the values are not whole rows. */
export function requireSome(verb: string, rows: Float64Array, columns: number): number {
  const count = rows.length / columns;
  if (Number.isInteger(count) && count >= 1) return count;
  throw new PreparationError(
    `${verb}: ${rows.length} values are not whole rows, expected a positive multiple of ${columns} columns`,
    { code: "shape_mismatch" },
  );
}

/** The value itself where it is finite; throws by column and row (counted from 0 here, from 1 in the
 *  message). */
export function requireFinite(x: number, name: string, row: number): number {
  if (Number.isFinite(x)) return x;
  throw new PreparationError(`column '${name}', row ${row + 1}: ${x} is not a finite number`, {
    code: "not_finite",
  });
}

export function constantColumn(name: string, value: number, count: number, verb: string): PreparationError {
  return new PreparationError(
    `column '${name}' is constant (${value} in all ${count} rows): it cannot be ${verb}; leave it out`,
    { code: "constant_column" },
  );
}
