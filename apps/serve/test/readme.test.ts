import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { writeModel } from "./service.ts";

test("the snippet of the README runs and prints what it promises", async () => {
  const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");
  const [, snippet] = /```ts\n([\s\S]*?)```/.exec(readme)!;
  const file = join(import.meta.dirname, ".readme-snippet.ts");
  writeFileSync(file, snippet!);
  process.chdir(mkdtempSync(join(tmpdir(), "stiffnet-readme-")));
  copyFileSync(await writeModel("readme.onnx"), "model.onnx");
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await import(/* @vite-ignore */ file);
  } finally {
    rmSync(file);
  }
  expect(readFileSync("model.html", "utf8")).toMatch(/^<!doctype html>/);
  expect(log.mock.calls[0]![0]).toMatchObject({
    name: "model",
    versions: ["1"],
    inputs: [{ shape: [-1, 3] }],
  });
});
