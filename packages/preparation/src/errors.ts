/** Data that cannot be prepared: the message names the column, what was found and what was expected. */
export class PreparationError extends Error {
  override readonly name = "PreparationError";
  readonly code: string;

  constructor(message: string, options: { code: string }) {
    super(message);
    this.code = options.code;
  }
}
