import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Brings what is built of the packages up to date, where something changed. */
export default function buildForTests(): void {
  const root = fileURLToPath(new URL("..", import.meta.url));
  execFileSync(process.execPath, ["scripts/setup.mjs"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
}
