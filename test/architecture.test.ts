import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const page = readFileSync(join(root, "docs/architecture.md"), "utf8");
const sections = page.split(/^## /m).slice(1);
const rowsOf = (text: string) =>
  [...text.matchAll(/^\|.*\| `(\w+)` *\| `(\S+)` *\|$/gm)].map(([, name, file]) => ({
    name: name!,
    file: file!,
  }));

describe("docs/architecture.md", () => {
  it.each(rowsOf(page).map(({ name, file }) => [name, file] as const))("%s is in %s", (name, file) => {
    expect(existsSync(join(root, file))).toBe(true);
    const declared = new RegExp(`(?:function|class|const) ${name}\\b`);
    expect(readFileSync(join(root, file), "utf8")).toMatch(declared);
  });

  it("walks from a command line to an ONNX file by at most 45 files", () => {
    const [train] = sections;
    const files = new Set(rowsOf(train!).map(({ file }) => file));
    expect(files.size).toBeGreaterThan(30);
    expect(files.size).toBeLessThanOrEqual(45);
  });
});
