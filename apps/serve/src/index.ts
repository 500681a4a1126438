export { HttpError, ServeError } from "./errors.ts";
export { createServer, type ServeOptions } from "./http/server.ts";
export { surrogateHtml } from "./page/html.ts";
