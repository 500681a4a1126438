import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Brings what is built of the packages up to date, where something changed, and runs these scripts, in their
 *  order. */
export function buildForTests(scripts: readonly string[] = []): void {
  const root = fileURLToPath(new URL("..", import.meta.url));
  for (const script of ["scripts/setup.mjs", ...scripts])
    execFileSync(process.execPath, [script], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
}
