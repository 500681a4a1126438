import { StiffnetError } from "@stiffnet/base";

/** Misuse: one line that names what was given and what was expected. */
export class InferenceError extends StiffnetError {
  override readonly name = "InferenceError";
}
