import { IntegratorError } from "@stiffnet/integrators";

export function misuse(message: string): IntegratorError {
  return new IntegratorError(message, { code: "bad_field" });
}
