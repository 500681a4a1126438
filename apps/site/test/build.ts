import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Builds the site, and the commands whose --help it shows. */
export default function build(): void {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  const node = (...args: string[]): void => {
    execFileSync(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  };
  if (!existsSync(`${root}packages/kernels/src/generated/wasm.ts`))
    node("packages/kernels/scripts/compile.mjs");
  node("node_modules/typescript/bin/tsc", "-b", "apps/bench", "apps/serve");
  node("apps/serve/scripts/build-page.mjs");
  node("apps/site/scripts/build.mjs");
}
