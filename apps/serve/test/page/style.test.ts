import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { lookSheet } from "@stiffnet/terminal";
import { expect, test } from "vitest";
import { served } from "#page";

const folder = join(import.meta.dirname, "..", "..", "page", "style");

test.each(readdirSync(folder))("%s has no colour of its own: all come from the house's look", (name) => {
  const sheet = readFileSync(join(folder, name), "utf8");
  expect(sheet.match(/#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|oklch|light-dark)\(/g)).toBe(null);
  const roles = [...sheet.matchAll(/var\((--[\w-]+)\)/g)].map(([, role]) => role!);
  for (const role of roles) expect(served["style.css"], role).toContain(`${role}:`);
});

test("the look comes first", () => {
  expect(served["style.css"]!.startsWith(lookSheet)).toBe(true);
});
