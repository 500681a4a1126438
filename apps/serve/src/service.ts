import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { FastifyBaseLogger } from "fastify";
import { Budget } from "./budget.ts";
import { HttpError, ServeError, unavailable } from "./errors.ts";
import { createKeys, type Keyrings } from "./http/keys.ts";
import { Pool, usuallyAtOnce } from "./inference/pool.ts";
import { Statistics } from "./inference/statistics.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import { duplicatesOf, findModels } from "./models/files.ts";
import { Registry } from "./models/registry.ts";
import { Repository, type RepositoryEvents } from "./models/repository.ts";
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
  const policy = options.versions ?? { kind: "all" };
  const found = await findModels(sources);
  for (const reason of duplicatesOf(found).values())
    throw new ServeError(reason, { code: "duplicate_model" });
  const files = filesUnder(policy, found);
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
  const metrics: Metrics = createMetrics(pool, budget, statistics, registry);
  const events = eventsOf(log, metrics);
  const repository = new Repository(sources, registry, pool, events, policy, options.maxModel);
  const failures = await repository.start(files);
  if (failures.length === files.length || (options.strict && failures.length > 0)) {
    await pool.close();
    throw new ServeError(failures[0]!.reason, { code: "not_onnx" });
  }
  for (const { model, reason } of failures) events.failed(model, reason);
  const shared = options.siblings?.join({
    load: (name) => repository.load(name),
    unload: (name) => repository.unload(name),
    counts: metrics.counts,
  });
  const changed: Pick<Repository, "index" | "refresh" | "load" | "unload"> = {
    index: () => repository.index(),
    refresh: () => repository.refresh(),
    load: (name) => (shared ?? repository).load(name),
    unload: (name) => (shared ?? repository).unload(name),
  };
  return {
    registry,
    repository: changed,
    pool,
    budget,
    metrics: { ...metrics, ...(shared && { text: shared.metrics }) },
    statistics,
    telemetry,
    keys: keysOf(options),
    readOnly: options.readOnly ?? false,
    /** Whether operators have a port of their own. */
    adminElsewhere: options.admin?.port !== undefined,
    maxRows: options.maxRows,
    /** Milliseconds that a request may take; a client may ask for less. */
    timeout: options.timeout,
    /** False while shutting down. */
    accepting: true,
    /** When what runs is given up, by performance.now(). */
    closeBy: Number.POSITIVE_INFINITY,
  };
}

function eventsOf(log: FastifyBaseLogger, metrics: Metrics): RepositoryEvents {
  return {
    loaded: ({ name, version }) => log.info({ model: name, version }, "loaded"),
    failed(model, reason) {
      metrics.loadFailed(model);
      log.error({ model: model.name, version: model.version }, `not loaded: ${reason}`);
    },
    dropped: ({ name, version }, reason) => log.warn({ model: name, version }, `dropped: ${reason}`),
    lost: (reason) => log.error(`${reason}; what is loaded stays`),
  };
}

function keysOf({ apiKeys = [], admin }: FilledOptions): Keyrings {
  const usual = createKeys(apiKeys);
  return { usual, admin: admin?.apiKeys ? createKeys(admin.apiKeys) : usual };
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
