import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Budget } from "./budget.ts";
import type { Pool } from "./inference/pool.ts";
import type { BatchTimes, ModelStatistics, Statistics } from "./inference/statistics.ts";
import type { ServedModel } from "./models/files.ts";
import type { Registry as ModelRegistry } from "./models/registry.ts";

/** Counts for Prometheus. */
export interface Metrics {
  /** A request that a model answered, of so many rows in so long. */
  inferred(model: ServedModel, rows: number, seconds: number): void;
  /** A request that was answered; `route` is the pattern and not the address: a client must not be able to
   *  make labels. */
  answered(method: string, route: string, status: number | string, seconds: number): void;
  /** A batch that was run. */
  ran(times: BatchTimes): void;
  /** A model, or a new version of its file, that could not be loaded. */
  loadFailed(model: Pick<ServedModel, "name" | "version">): void;
  text(): Promise<string>;
  /** The same in a form that can be added up over processes. */
  counts(): Promise<object[]>;
  readonly contentType: string;
  /** Counts also the requests of a server. */
  watch(app: FastifyInstance): void;
}

const buckets = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const ofModel = ["model", "version"];

/** Those that are loaded. */
type Models = Pick<ModelRegistry, "all">;

export function createMetrics(pool: Pool, budget: Budget, statistics: Statistics, registry: Models): Metrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const counter = (name: string, help: string, labelNames: string[]): Counter =>
    new Counter({ name: `stiffnet_${name}`, help, labelNames, registers });
  const histogram = (name: string, help: string, labelNames: string[]): Histogram =>
    new Histogram({ name: `stiffnet_${name}`, help, labelNames, buckets, registers });
  const byRoute = ["method", "route", "status"];
  const requests = counter("requests_total", "Answered requests by route and status.", byRoute);
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
  addPoolMetrics(registers, pool, budget);
  addModelMetrics(registers, statistics, registry);
  const answered: Metrics["answered"] = (method, route, status, elapsed) => {
    requests.inc({ method, route, status });
    seconds.observe({ route }, elapsed);
  };
  return {
    inferred(model, rows, elapsed) {
      const of = statistics.of(model);
      of.requests++;
      of.answered += rows;
      of.seconds += elapsed;
      modelSeconds.observe(of.labels, elapsed);
    },
    answered,
    ran(times) {
      const { labels } = statistics.ran(times);
      for (const wait of times.waits) queueSeconds.observe(labels, wait);
    },
    loadFailed: ({ name: model, version }) => failures.inc({ model, version }),
    text: () => register.metrics(),
    counts: () => register.getMetricsAsJSON(),
    contentType: register.contentType,
    watch(app) {
      app.addHook("onResponse", (request, reply, done) => {
        const route = request.routeOptions.url ?? "none";
        answered(request.method, route, reply.statusCode, reply.elapsedTime / 1000);
        done();
      });
    },
  };
}

/** Adds the counts of the pool and the budget. */
function addPoolMetrics(registers: Registry[], pool: Pool, budget: Budget): void {
  const gauges: [string, string, () => number][] = [
    ["waiting_requests", "Requests that wait or run.", () => pool.state.waiting],
    ["held_bytes", "Memory of requests and answers, which --max-memory limits.", () => budget.held],
    ["held_bytes_highest", "Largest memory of requests and answers since the start.", () => budget.highest],
    ["ready_workers", "Workers that can run.", () => pool.state.ready],
  ];
  for (const [name, help, value] of gauges) {
    const gauge: Gauge = new Gauge({
      name: `stiffnet_${name}`,
      help,
      registers,
      collect: () => gauge.set(value()),
    });
  }
  const counters: [string, string, () => number][] = [
    ["worker_restarts", "Workers that stopped and were replaced.", () => pool.state.restarts],
    ["refused_for_memory", "Requests that were refused because memory was short.", () => budget.refused],
    ["batches", "Batches run.", () => pool.state.batches],
    ["batched_rows", "Rows in these batches.", () => pool.state.rows],
  ];
  for (const [name, help, value] of counters) {
    const counter: Counter = new Counter({
      name: `stiffnet_${name}_total`,
      help,
      registers,
      collect() {
        counter.reset();
        counter.inc(value());
      },
    });
  }
}

/** Adds counts from elsewhere, by model and version. */
function addModelMetrics(registers: Registry[], statistics: Statistics, registry: Models): void {
  const labelNames = ofModel;
  const counted = (name: string, help: string, value: (of: ModelStatistics) => number): void => {
    const counter: Counter = new Counter({
      name,
      help,
      labelNames,
      registers,
      collect() {
        counter.reset();
        for (const of of statistics.all()) counter.inc(of.labels, value(of));
      },
    });
  };
  counted("stiffnet_rows_total", "Rows answered, by model and version.", (of) => of.answered);
  counted("stiffnet_model_requests_total", "Requests answered.", (of) => of.requests);
  counted("stiffnet_model_failures_total", "Requests accepted but not answered.", (of) => of.failures);
  counted("stiffnet_model_batches_total", "Batches run.", (of) => of.batches);
  counted("stiffnet_model_queue_seconds_total", "Time that requests waited.", (of) => of.queueSeconds);
  counted("stiffnet_model_compute_seconds_total", "Time in onnxruntime.", (of) => of.computeSeconds);
  const ready: Gauge = new Gauge({
    name: "stiffnet_model_ready",
    help: "1 for each version that is ready.",
    labelNames,
    registers,
    // Of several processes.
    aggregator: "max",
    collect() {
      ready.reset();
      for (const { name: model, version } of registry.all()) ready.set({ model, version }, 1);
    },
  });
}
