import { expect, it } from "vitest";
import { runReadme } from "../../../scripts/snippet.ts";

it("the README's examples find the pair, and the sum", async () => {
  expect(await runReadme(import.meta.url)).toEqual(["converged 0,0 2,-2", "14"]);
});
