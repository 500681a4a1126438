import { existsSync, readFileSync } from "node:fs";
import { inject } from "vitest";

// Waits for what build.ts began.
const built = inject("siteBuilt");
while (!existsSync(built) || readFileSync(built, "utf8") === "")
  await new Promise((resolve) => setTimeout(resolve, 50));
const code = readFileSync(built, "utf8");
if (code !== "0") throw new Error(`the site could not be built (exit ${code}); its words stand further up`);
