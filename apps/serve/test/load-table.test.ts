import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { figures, page, withMeasured } from "../../bench/rigs/load-table.mjs";

test("the page of the load tells what was measured", () => {
  const text = readFileSync(page, "utf8");
  expect(withMeasured(text, JSON.parse(readFileSync(figures, "utf8")))).toBe(text);
});
