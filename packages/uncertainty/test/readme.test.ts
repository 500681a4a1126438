import { expect, it } from "vitest";
import { runReadme } from "../../../scripts/snippet.ts";

it("runs the README's snippet", async () => {
  expect(await runReadme(import.meta.url)).toEqual(["0.31 0.44 0.00 | 0.56 0.44 0.24", "55 145", "0.50"]);
});
