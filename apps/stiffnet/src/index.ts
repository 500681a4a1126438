export { main } from "./cli.ts";
export { train as trainKind } from "./train/command.ts";
