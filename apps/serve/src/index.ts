export { main } from "./cli/main.ts";
export { HttpError, ServeError } from "./errors.ts";
export { createServer } from "./http/server.ts";
export { surrogateHtml } from "./page/html.ts";
export type { ServeOptions } from "./serve-options.ts";
