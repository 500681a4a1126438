import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { FastifyBaseLogger } from "fastify";
import { Budget } from "./budget.ts";
import { HttpError, ServeError, unavailable } from "./errors.ts";
import { createKeys } from "./http/keys.ts";
import { Pool, usuallyAtOnce } from "./inference/pool.ts";
import { Statistics } from "./inference/statistics.ts";
import { createMetrics } from "./metrics.ts";
import { duplicatesOf, findModels } from "./models/files.ts";
import { Registry } from "./models/registry.ts";
import { Repository } from "./models/repository.ts";
import { filesUnder } from "./models/version-policy.ts";
import type { FilledOptions } from "./serve-options.ts";
import type { Telemetry } from "./telemetry.ts";

/** Parts of the service that routes use. */
export type Service = Awaited<ReturnType<typeof startService>>;

/** Loads the models of the sources; where none can be loaded, or with `strict` not all, that is a
 *  `ServeError`. */
export async function startService(
  sources: readonly string[],
  options: FilledOptions,
  log: FastifyBaseLogger,
  telemetry?: Telemetry,
) {
  const { versions = { kind: "all" } } = options;
  const found = await findModels(sources);
  for (const reason of duplicatesOf(found).values())
    throw new ServeError(reason, { code: "duplicate_model" });
  const files = filesUnder(versions, found);
  if (files.length === 0) {
    throw new ServeError(`${sources.join(", ")}: no model, expected FILE.onnx or NAME/VERSION/model.onnx`, {
      code: "no_model",
    });
  }
  const statistics = new Statistics();
  const budget = new Budget(options.maxMemory);
  const { processes = 1 } = options;
  const pool = await Pool.start({
    workers: options.workers ?? Math.min(4, availableParallelism()),
    // If the processes keep all cores busy, a worker has no core of its own.
    ...(processes > 1 && processes >= availableParallelism() && { atOnce: 4 * usuallyAtOnce }),
    maxQueue: options.maxQueue,
    maxBatch: options.maxBatch,
    deterministic: options.deterministic,
    ran: (times) => metrics.ran(times),
  });
  const registry = new Registry();
  const metrics = createMetrics(pool, budget, statistics, registry);
  const { maxModel } = options;
  const repository = new Repository({ sources, versions, maxModel, registry, pool, metrics, log });
  const failures = await repository.start(files);
  if (failures.length === files.length || (options.strict && failures.length > 0)) {
    await pool.close();
    throw new ServeError(failures[0]!.reason, { code: "not_onnx" });
  }
  for (const { model, reason } of failures) repository.failed(model, reason);
  const shared = options.siblings?.join({ repository, metrics });
  return {
    registry,
    repository,
    /** Loads and unloads a model in all processes. */
    changes: shared ?? repository,
    pool,
    budget,
    metrics: { ...metrics, ...(shared && { text: shared.metrics }) },
    statistics,
    telemetry,
    keys: keysOf(options),
    readOnly: options.readOnly ?? false,
    /** Whether operators have a port of their own. */
    adminElsewhere: options.admin?.port !== undefined,
    /** The public may reach routes that begin with one of these. Without any, it may reach all. */
    publicRoutes: options.publicRoutes ?? [],
    maxRows: options.maxRows,
    /** Milliseconds that a request may take; a client may ask for less. */
    timeout: options.timeout,
    /** False while shutting down. */
    accepting: true,
    /** When what runs is given up, by performance.now(). */
    closeBy: Number.POSITIVE_INFINITY,
    /** Whole requests that had no answer by then. */
    givenUp: 0,
  };
}

/** Keys of operators' routes and of all others. */
function keysOf({ apiKeys = [], admin }: FilledOptions) {
  const usual = createKeys(apiKeys);
  return { usual, admin: admin?.apiKeys ? createKeys(admin.apiKeys) : usual };
}

/** Why a request would not be run now. */
export function whyNotReady({ accepting, pool, registry }: Service): string | undefined {
  if (!accepting) return "the server is shutting down";
  if (pool.state.ready === 0) return "no worker is ready";
  return registry.names.length === 0 ? "no model is loaded" : undefined;
}

/** 503 unless a request would be run now. */
export function requireReady(service: Service): void {
  const reason = whyNotReady(service);
  if (reason !== undefined) throw unavailable(reason);
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
