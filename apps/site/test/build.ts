import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TestProject } from "vitest/node";
import buildForTests from "../../../scripts/build-for-tests.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** This file holds the exit code of the site's build after its end. */
    siteBuilt: string;
  }
}

/** Begins to build the site, with the commands whose --help it shows. Other projects do not wait for it. */
export default function build({ provide }: TestProject): () => Promise<void> {
  buildForTests();
  const folder = mkdtempSync(join(tmpdir(), "stiffnet-site-"));
  const built = join(folder, "built");
  provide("siteBuilt", built);
  const script = fileURLToPath(new URL("../scripts/build.mjs", import.meta.url));
  const child = spawn(process.execPath, [script], { stdio: ["ignore", "ignore", "inherit"] });
  const ended = once(child, "exit").then(([code]) => writeFileSync(built, String(code)));
  return async () => {
    child.kill();
    await ended;
    rmSync(folder, { recursive: true });
  };
}
