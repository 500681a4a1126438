import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";
import { worst } from "./families.ts";
import scipy from "./reference/scipy-steps.json" with { type: "json" };

const readme = readFileSync(join(import.meta.dirname, "../README.md"), "utf8");
const folder = mkdtempSync(join(import.meta.dirname, ".readme-"));
afterAll(() => rmSync(folder, { recursive: true }));

test("the README's snippet runs and prints what it says", async () => {
  const snippet = /```ts\n([\s\S]*?)```/.exec(readme)![1]!;
  const file = join(folder, "snippet.ts");
  writeFileSync(file, snippet.replace('"@stiffnet/integrators"', '"../../src/index.ts"'));
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  await import(/* @vite-ignore */ file);
  const printed = log.mock.calls.map((call) => [...call]);
  log.mockRestore();
  const [status, end] = printed[0]! as [string, Float64Array];
  expect(status).toBe("finished");
  expect(end[0]! / 2.083340149e-8).toBeCloseTo(1, 6);
  const middle = printed[1]![0] as Float64Array;
  expect(middle[0]).toBeCloseTo(0.7158, 4);
  expect(middle[2]).toBeCloseTo(0.2842, 4);
  expect(Object.keys(printed[2]![0] as object)).toContain("factorisations");
  const rates = printed[3]![0] as Float64Array;
  // SciPy's Radau on the augmented system, t = 40, third species.
  const expected = scipy.robertson.byRate[1]!.slice(6);
  expect(worst(rates, expected)).toBeLessThan(1e-6);
  expect(worst([4.2475, 2.2885e-9, -1.3731e-5], expected)).toBeLessThan(1e-4);
});

test("the package stands alone: no dependencies at all", () => {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "../package.json"), "utf8"));
  expect(manifest.dependencies).toEqual({});
  expect(manifest.peerDependencies).toBeUndefined();
  const sources = readdirSync(join(import.meta.dirname, "../src"), { recursive: true, encoding: "utf8" });
  for (const file of sources.filter((name) => name.endsWith(".ts"))) {
    const text = readFileSync(join(import.meta.dirname, "../src", file), "utf8");
    expect(text.match(/from "[^.][^"]*"/g), file).toBeNull();
  }
});
