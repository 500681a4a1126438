import { expect, it } from "vitest";
import { runReadme } from "../../../scripts/snippet.ts";

it("runs the README's snippet", async () => {
  expect(await runReadme(import.meta.url)).toEqual(["900 100 c39ee291"]);
});
