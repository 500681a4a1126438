import { expect, it } from "vitest";
import { runReadme } from "../../../scripts/snippet.ts";

it("runs the README's snippet", async () => {
  expect(await runReadme(import.meta.url)).toEqual([
    expect.stringMatching(/^0\.\d+ ba7816bf$/),
    "bad_option rate is -1, expected a positive number",
  ]);
});
