import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { runReadme } from "../../../scripts/snippet.ts";

it("runs the README's snippet", async () => {
  expect(await runReadme(import.meta.url)).toEqual([
    expect.stringMatching(/^0\.\d+ ba7816bf$/),
    "bad_option rate is -1, expected a positive number",
  ]);
});

it("has a row in the README for each file", () => {
  const home = new URL("../", import.meta.url);
  const rows = [...readFileSync(new URL("README.md", home), "utf8").matchAll(/^\| `([\w-]+\.ts)`/gm)];
  const files = readdirSync(new URL("src", home)).filter((file) => file !== "index.ts");
  expect(rows.map(([, file]) => file).sort()).toEqual(files.sort());
});
