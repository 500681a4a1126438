import { readFileSync } from "node:fs";
import type { Pool } from "./pool.ts";
import type { Registry } from "./registry.ts";

/** What the routes work on. */
export interface Service {
  readonly registry: Registry;
  readonly pool: Pool;
  /** False while shutting down. */
  accepting: boolean;
}

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
export const version: string = manifest.version;
