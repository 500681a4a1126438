import { optionsChecker, StiffnetError } from "@stiffnet/base";

/** Misuse: one line that names what was given and what was expected. */
export class UncertaintyError extends StiffnetError {
  override readonly name = "UncertaintyError";
}

export const checkOptions: ReturnType<typeof optionsChecker> = optionsChecker(
  (message) => new UncertaintyError(message, { code: "bad_option" }),
);

/** rows: row-major, `columns` wide. */
export function requireFinite(what: string, rows: Float64Array, columns: number): void {
  const wrong = rows.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return;
  throw new UncertaintyError(
    `${what} ${(wrong % columns) + 1} of row ${Math.floor(wrong / columns) + 1} is ${rows[wrong]}, expected a finite number`,
    { code: "not_finite" },
  );
}
