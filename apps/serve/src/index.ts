export { HttpError, ServeError } from "./errors.ts";
export { createServer, type ServeOptions } from "./server.ts";
