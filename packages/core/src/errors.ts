import { optionsChecker, StiffnetError } from "@stiffnet/base";

/** A configuration that cannot be: a width of 0, a negative rate, an unknown activation. */
export class ConfigError extends StiffnetError {
  override readonly name = "ConfigError";

  constructor(message: string) {
    super(message, { code: "bad_config" });
  }
}

/** Arrays whose lengths do not fit together. */
export class ShapeError extends StiffnetError {
  override readonly name = "ShapeError";

  constructor(message: string) {
    super(message, { code: "shape_mismatch" });
  }
}

/** `checkOptions`, with a `ConfigError`. */
export const requireOptions: ReturnType<typeof optionsChecker> = optionsChecker(
  (message) => new ConfigError(message),
);
