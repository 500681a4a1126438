import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Budget } from "./budget.ts";
import { statusOf } from "./http/access-log.ts";
import type { Pool } from "./inference/pool.ts";
import type { BatchTimes, ModelStatistics, Statistics } from "./inference/statistics.ts";
import type { ServedModel } from "./models/files.ts";
import type { Registry as ModelRegistry } from "./models/registry.ts";

/** Counts for Prometheus. */
export type Metrics = ReturnType<typeof createMetrics>;

type Values = readonly (readonly [labels: Record<string, string>, value: number])[];

const buckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const ofModel = ["model", "version"];

/** Those that are loaded. */
type Models = Pick<ModelRegistry, "all">;

export function createMetrics(pool: Pool, budget: Budget, statistics: Statistics, registry: Models) {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const counter = (name: string, help: string, labelNames: string[]): Counter =>
    new Counter({ name: `stiffnet_${name}`, help, labelNames, registers });
  const histogram = (name: string, help: string, labelNames: string[]): Histogram =>
    new Histogram({ name: `stiffnet_${name}`, help, labelNames, buckets, registers });
  const byRoute = ["method", "route", "status"];
  const requests = counter("requests_total", "Requests by route and status.", byRoute);
  const seconds = histogram(
    "request_seconds",
    "Time from the arrival of a request to the end of its answer, by route.",
    ["route"],
  );
  const failures = counter(
    "model_load_failures_total",
    "Files that could not be loaded, by model and version.",
    ofModel,
  );
  const modelSeconds = histogram(
    "model_request_seconds",
    "Time from the arrival of a request at a model to its answer.",
    ofModel,
  );
  const queueSeconds = histogram(
    "model_queue_seconds",
    "Time that requests of a model, or parts of large ones, waited.",
    ofModel,
  );
  addReadMetrics(registers, pool, budget, statistics, registry);
  /** Counts a request that was answered. `route` is the pattern and not the address: a client must not be
   *  able to make labels. */
  const answered = (method: string, route: string, status: number | string, elapsed: number): void => {
    requests.inc({ method, route, status });
    seconds.observe({ route }, elapsed);
  };
  return {
    /** Counts a request that a model answered, of so many rows in so long. */
    inferred(model: ServedModel, rows: number, elapsed: number): void {
      const of = statistics.of(model);
      of.requests.add(elapsed);
      of.answered += rows;
      modelSeconds.observe(of.labels, elapsed);
    },
    answered,
    /** Counts a batch that was run. */
    ran(times: BatchTimes): void {
      const { labels } = statistics.ran(times);
      for (const wait of times.waits) queueSeconds.observe(labels, wait);
    },
    /** Counts a model, or a new version of its file, that could not be loaded. */
    loadFailed: ({ name: model, version }: Pick<ServedModel, "name" | "version">): void =>
      failures.inc({ model, version }),
    text: () => register.metrics(),
    /** The same in a form that can be added up over processes. */
    counts: (): Promise<object[]> => register.getMetricsAsJSON(),
    contentType: register.contentType,
    /** Counts also the requests of a server. */
    watch(app: FastifyInstance): void {
      app.addHook("onRequest", (request, reply, done) => {
        const route = request.routeOptions.url ?? "none";
        // Fastify's onResponse does not come where the client leaves.
        reply.raw.once("close", () =>
          answered(request.method, route, statusOf(reply), reply.elapsedTime / 1000),
        );
        done();
      });
    },
  };
}

/** Adds metrics whose values are looked up when somebody asks. */
function addReadMetrics(
  registers: Registry[],
  pool: Pool,
  budget: Budget,
  statistics: Statistics,
  registry: Models,
): void {
  const addRead = (
    Kind: typeof Counter | typeof Gauge,
    name: string,
    help: string,
    labelNames: string[],
    values: () => Values,
    aggregator: "sum" | "max" = "sum",
  ): void => {
    const metric: Counter | Gauge = new Kind({
      name: `stiffnet_${name}`,
      help,
      labelNames,
      registers,
      aggregator,
      collect() {
        metric.reset();
        for (const [labels, value] of values()) metric.inc(labels, value);
      },
    });
  };
  const gauges: [string, string, () => number][] = [
    ["waiting_requests", "Requests that wait or run.", () => pool.state.waiting],
    ["held_bytes", "Memory of requests and answers, which --max-memory limits.", () => budget.held],
    ["held_bytes_highest", "Largest memory of requests and answers since the start.", () => budget.highest],
    ["ready_workers", "Workers that can run.", () => pool.state.ready],
  ];
  const counters: [string, string, () => number][] = [
    ["worker_restarts", "Workers that stopped and were replaced.", () => pool.state.restarts],
    ["refused_for_memory", "Requests that were refused because memory was short.", () => budget.refused],
    ["batches", "Batches run.", () => pool.state.batches],
    ["batched_rows", "Rows in these batches.", () => pool.state.rows],
  ];
  for (const [name, help, value] of gauges) addRead(Gauge, name, help, [], () => [[{}, value()]]);
  for (const [name, help, value] of counters)
    addRead(Counter, `${name}_total`, help, [], () => [[{}, value()]]);
  const byModel: [string, string, (of: ModelStatistics) => number][] = [
    ["rows_total", "Rows answered, by model and version.", (of) => of.answered],
    ["model_requests_total", "Requests answered.", (of) => of.requests.count],
    ["model_failures_total", "Requests accepted but not answered.", (of) => of.failures.count],
    ["model_batches_total", "Batches run.", (of) => of.batches.count],
    ["model_queue_seconds_total", "Time that requests waited.", (of) => of.queue.seconds],
    ["model_compute_seconds_total", "Time in onnxruntime.", (of) => of.batches.seconds],
  ];
  for (const [name, help, value] of byModel) {
    addRead(Counter, name, help, ofModel, () =>
      Array.from(statistics.all(), (of) => [of.labels, value(of)] as const),
    );
  }
  addRead(
    Gauge,
    "model_ready",
    "1 for each version that is ready.",
    ofModel,
    () => registry.all().map(({ name: model, version }) => [{ model, version }, 1] as const),
    // Of several processes.
    "max",
  );
}
