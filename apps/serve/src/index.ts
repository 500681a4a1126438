export { HttpError, ServeError } from "./errors.ts";
export { surrogateHtml } from "./html.ts";
export { createServer, type ServeOptions } from "./server.ts";
