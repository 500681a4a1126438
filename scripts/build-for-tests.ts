import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Brings what is built of the packages up to date, where something changed; once, of all projects that ask,
 *  and not after `npm test` has. */
export default function buildForTests(): void {
  const { STIFFNET_SET_UP: done } = process.env;
  if (done) return;
  const root = fileURLToPath(new URL("..", import.meta.url));
  execFileSync(process.execPath, ["scripts/setup.mjs"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  process.env.STIFFNET_SET_UP = "1";
}
