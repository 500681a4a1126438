import { StiffnetError } from "@stiffnet/base";

/** A service that cannot start: the message names the file, name or port and what was expected. `code` is one of
 *  `not_found`, `not_a_surrogate`, `duplicate_model`, `no_model`, `port_in_use`, `bad_option`. */
export class ServeError extends StiffnetError {
  override readonly name = "ServeError";
}

/** A request that is answered with `{ "error": message }` and this status. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly statusCode: number;
  /** Seconds after which to try again, sent as Retry-After. */
  readonly retryAfter: number | undefined;

  constructor(statusCode: number, message: string, options: { retryAfter?: number } = {}) {
    super(message);
    this.statusCode = statusCode;
    this.retryAfter = options.retryAfter;
  }
}

export const badRequest = (message: string): HttpError => new HttpError(400, message);
export const notFound = (message: string): HttpError => new HttpError(404, message);
export const unavailable = (message: string): HttpError => new HttpError(503, message, { retryAfter: 1 });
