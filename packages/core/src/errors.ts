/** Misuse: the message says who, what was given and what was expected; `code` is stable. */
export class StiffnetError extends Error {
  override readonly name: string = "StiffnetError";
  readonly code: string;

  constructor(message: string, options: { code: string; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
  }
}

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
