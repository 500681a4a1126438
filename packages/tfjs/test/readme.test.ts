import { expect, it } from "vitest";
import { runReadme } from "../../../scripts/snippet.ts";

it("the README's example trains a penalty of its own", async () => {
  const printed = await runReadme(import.meta.url);
  expect(printed.slice(-3)).toEqual([
    expect.stringMatching(/^finished on tfjs \((tensorflow|wasm|cpu) backend\)$/),
    "true",
    "true",
  ]);
});
