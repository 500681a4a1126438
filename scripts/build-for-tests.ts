import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Brings `dist` of these projects and of all they use up to date, where something changed, and runs these
 *  scripts, in their order. */
export function buildForTests(projects: readonly string[], scripts: readonly string[] = []): void {
  const root = fileURLToPath(new URL("..", import.meta.url));
  const node = (...args: string[]): void => {
    execFileSync(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  };
  if (!existsSync(`${root}packages/kernels/src/generated/wasm.ts`))
    node("packages/kernels/scripts/compile.mjs");
  node("node_modules/typescript/bin/tsc", "-b", ...projects);
  for (const script of scripts) node(script);
}
