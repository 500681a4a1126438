import { StiffnetError } from "@stiffnet/base";

/** A service that cannot start: the message names the file, name or port and what was expected. `code` is one
 *  of `not_found`, `duplicate_model`, `no_model`, `port_in_use`, `bad_option`. */
export class ServeError extends StiffnetError {
  override readonly name = "ServeError";
}

/** A request that is answered with `{ "error": message }`, this status and these headers. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** gRPC distinguishes these reasons of a 503: the time is over, or no memory is left. */
  readonly why: "late" | "overloaded" | undefined;

  constructor(
    statusCode: number,
    message: string,
    headers: Readonly<Record<string, string>> = {},
    why?: "late" | "overloaded",
  ) {
    super(message);
    this.statusCode = statusCode;
    this.headers = headers;
    this.why = why;
  }
}

export const badRequest = (message: string): HttpError => new HttpError(400, message);
export const notFound = (message: string): HttpError => new HttpError(404, message);
/** Not now: to be tried again after a second. */
export const unavailable = (message: string, why?: HttpError["why"]): HttpError =>
  new HttpError(503, message, { "retry-after": "1" }, why);
