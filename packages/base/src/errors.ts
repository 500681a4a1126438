/** The root of what the packages throw on misuse and on input that cannot be used. The message is one line:
 *  who complains, what was given, what was expected. `code` is stable and in snake case. */
export class StiffnetError extends Error {
  override readonly name: string = "StiffnetError";
  readonly code: string;

  constructor(message: string, options: { readonly code: string; readonly cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
  }
}
