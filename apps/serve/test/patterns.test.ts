import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { check } from "recheck";
import ts from "typescript";
import { describe, expect, test } from "vitest";

const folder = join(import.meta.dirname, "..", "src");

/** Every regular expression that stands in a file. */
function patternsIn(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest);
  const found: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) found.push(node.text);
    ts.forEachChild(node, look);
  };
  look(source);
  return found;
}

const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".ts"),
);
const patterns = [...new Set(files.flatMap((name) => patternsIn(join(folder, name))))];

/* A time limit is what recheck gives up at; on a slow machine that is no verdict, and fails. */
async function complexityOf(literal: string): Promise<string> {
  const end = literal.lastIndexOf("/");
  const found = await check(literal.slice(1, end), literal.slice(end + 1), { timeout: 60_000 });
  return "complexity" in found && found.complexity ? found.complexity.type : found.status;
}

test("a pattern that backtracks is told from one that does not", async () => {
  expect(patterns.length).toBeGreaterThan(10);
  expect(await complexityOf(String.raw`/^a:[ \t]*([\x20-\x7e]*?)[ \t]*$/`)).toBe("polynomial");
});

describe("takes a time in proportion to the text", () => {
  test.each(patterns)(
    "%s",
    async (literal) => {
      expect(await complexityOf(literal)).toMatch(/^(safe|linear)$/);
    },
    90_000,
  );
});
