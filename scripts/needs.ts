import type { TestOptions } from "vitest";
import { tools } from "./test-tools.mjs";

declare module "vitest" {
  interface TaskMeta {
    /** The missing tool of a skipped test, for the end of `npm test`. */
    missing?: string;
  }
}

/** The program of a tool that may be missing. */
export function programOf(tool: keyof typeof tools): string | undefined {
  return tools[tool].find();
}

/** Options of a `test` or `describe` that needs a tool. No other test may be skipped. */
export function needs(tool: keyof typeof tools): TestOptions {
  return needsThat(programOf(tool) !== undefined, `${tools[tool].missing} is not installed`);
}

/** The same for what no package brings; `missing` says what is not there. */
export function needsThat(present: boolean, missing: string): TestOptions {
  return present ? {} : { skip: true, meta: { missing } };
}
