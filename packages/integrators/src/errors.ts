/** Misuse of the package: what was given cannot be integrated. Numerical failure is never thrown, it is the
 *  `status` of a solution. `code` is stable; the message says who complains, what was given and what was
 *  expected. */
export class IntegratorError extends Error {
  override readonly name = "IntegratorError";
  readonly code: string;

  constructor(message: string, options: { code: string; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
  }
}

export function misuse(code: string, message: string): IntegratorError {
  return new IntegratorError(message, { code });
}

/** A callback of the problem (f, jacobian, an event, ...) threw: `cause` is what it threw, `t` and `y` are
 *  the last good state before it. */
export class FieldError extends IntegratorError {
  readonly t: number;
  readonly y: Float64Array;

  constructor(t: number, y: Float64Array, cause: unknown) {
    const what = cause instanceof Error ? cause.message : String(cause);
    super(`a callback of the problem threw in the step from t = ${t}: ${what}`, {
      code: "callback_threw",
      cause,
    });
    this.t = t;
    this.y = y;
  }
}

/** A value in the words of a complaint. */
export function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `the function ${value.name || "without a name"}`;
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object" && value !== null) return `an object (${Object.keys(value).slice(0, 3)})`;
  return String(value);
}
