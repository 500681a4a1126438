import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";

/** Every command prints such a document, and leaves it in its folder. */
export function expectDocument(document: Record<string, unknown>, out: string): void {
  for (const field of ["command", "config", "digest", "engine", "versions", "seconds", "files"]) {
    expect(document).toHaveProperty(field);
  }
  expect(document.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(JSON.parse(readFileSync(join(out, "summary.json"), "utf8"))).toEqual(document);
  for (const file of Object.values(document.files as Record<string, string>)) {
    expect(existsSync(file), file).toBe(true);
  }
}

/** No request leaves the page, and it says how it came to be. */
export function expectReport(out: string, ...parts: string[]): void {
  const page = readFileSync(join(out, "report.html"), "utf8");
  const outside = page.match(/(?:src|href)="(?!data:)[^"#]*"|url\((?!#)[^)]*\)|@import|<script/g);
  expect(outside).toBe(null);
  for (const part of parts) expect(page).toContain(part);
}
