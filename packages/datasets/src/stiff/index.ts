export { brusselator } from "./brusselator.ts";
export { robertson } from "./robertson.ts";
