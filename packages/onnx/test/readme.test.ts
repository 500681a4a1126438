import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";

test("the snippet of the README runs and prints what it promises", async () => {
  const readme = readFileSync(join(import.meta.dirname, "..", "README.md"), "utf8");
  const [, snippet] = /```ts\n([\s\S]*?)```/.exec(readme)!;
  const file = join(import.meta.dirname, ".readme-snippet.ts");
  writeFileSync(file, snippet!);
  process.chdir(mkdtempSync(join(tmpdir(), "stiffnet-readme-")));
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await import(/* @vite-ignore */ file);
  } finally {
    rmSync(file);
  }
  expect(log.mock.calls[0]![0]).toMatch(
    /^\d+ bytes; onnxruntime and the model differ by \d\.\de-\d+ relative$/,
  );
  expect(log.mock.calls[1]).toEqual([
    17,
    [{ name: "inputs", dtype: "float32", shape: ["batch", 15] }],
    { seed: 1, risks: { train: 0.0054, test: 0.039 } },
  ]);
});
