import { optionsChecker, StiffnetError } from "@stiffnet/base";

/** Misuse: one line that names what was given and what was expected. */
export class UncertaintyError extends StiffnetError {
  override readonly name = "UncertaintyError";
}

export const checkOptions: ReturnType<typeof optionsChecker> = optionsChecker(
  (message) => new UncertaintyError(message, { code: "bad_option" }),
);
