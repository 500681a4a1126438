import { readFileSync } from "node:fs";
import type { Budget } from "./budget.ts";
import { HttpError, unavailable } from "./errors.ts";
import type { Keyrings } from "./http/security.ts";
import type { Pool } from "./inference/pool.ts";
import type { Statistics } from "./inference/statistics.ts";
import type { Metrics } from "./metrics.ts";
import type { Registry } from "./models/registry.ts";
import type { Repository } from "./models/repository.ts";
import type { Telemetry } from "./telemetry.ts";

/** Parts of the service that routes use. */
export interface Service {
  readonly registry: Registry;
  readonly repository: Omit<Repository, "start">;
  readonly pool: Pool;
  readonly budget: Budget;
  readonly metrics: Metrics;
  readonly statistics: Statistics;
  /** Nothing where nobody asked for spans. */
  readonly telemetry: Telemetry | undefined;
  readonly keys: Keyrings;
  /** Whether models are neither loaded nor unloaded on request. */
  readonly readOnly: boolean;
  /** Whether operators have a port of their own. */
  readonly adminElsewhere: boolean;
  /** Rows that one request may have. */
  readonly maxRows: number;
  /** Milliseconds that a request may take; a client may ask for less. */
  readonly timeout: number;
  /** False while shutting down. */
  accepting: boolean;
  /** When what runs is given up, by performance.now(). */
  closeBy: number;
}

/** 503 unless a request would be run now. */
export function requireReady({ accepting, pool, registry }: Service): void {
  if (!accepting) throw unavailable("the server is shutting down");
  if (pool.state.ready === 0) throw unavailable("no worker is ready");
  if (registry.names.length === 0) throw unavailable("no model is loaded");
}

/** 403 where the server is read-only. */
export function requireChange({ readOnly }: Service): void {
  if (readOnly) throw new HttpError(403, "this server is read-only");
}

const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
export const version: string = manifest.version;

export const serverMetadata = {
  name: "stiffnet-serve",
  version,
  extensions: ["binary_tensor_data", "model_repository"],
};
