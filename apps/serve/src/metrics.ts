import type { FastifyInstance } from "fastify";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Pool } from "./inference/pool.ts";
import type { ServedModel } from "./models/files.ts";

/** Counts for Prometheus. */
export interface Metrics {
  /** Rows that a model answered. */
  rows(model: ServedModel, count: number): void;
  /** A request that was answered; `route` is the pattern and not the address: a client must not be able to
   *  make labels. */
  answered(method: string, route: string, status: number | string, seconds: number): void;
  /** A model, or a new version of its file, that could not be loaded. */
  loadFailed(model: Pick<ServedModel, "name" | "version">): void;
  text(): Promise<string>;
  readonly contentType: string;
}

/** Counts also the requests of a server. */
export interface WatchingMetrics extends Metrics {
  watch(app: FastifyInstance): void;
  /** What `text` is made of, for the counts of several processes to be added up. */
  counts(): Promise<object[]>;
}

export function createMetrics(pool: Pool): WatchingMetrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const requests = new Counter({
    name: "stiffnet_requests_total",
    help: "Answered requests by route and status.",
    labelNames: ["method", "route", "status"],
    registers,
  });
  const seconds = new Histogram({
    name: "stiffnet_request_seconds",
    help: "Time from the arrival of a request to the end of its answer, by route.",
    labelNames: ["route"],
    buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
    registers,
  });
  const rows = new Counter({
    name: "stiffnet_rows_total",
    help: "Rows answered, by model and version.",
    labelNames: ["model", "version"],
    registers,
  });
  const failures = new Counter({
    name: "stiffnet_model_load_failures_total",
    help: "Files that could not be loaded, by model and version.",
    labelNames: ["model", "version"],
    registers,
  });
  const fromPool = (name: string, help: string, value: () => number): void => {
    const gauge: Gauge = new Gauge({ name, help, registers, collect: () => gauge.set(value()) });
  };
  fromPool("stiffnet_waiting_requests", "Requests that wait or run.", () => pool.state.waiting);
  fromPool("stiffnet_ready_workers", "Workers that can run.", () => pool.state.ready);
  const countFromPool = (name: string, help: string, value: () => number): void => {
    const counter: Counter = new Counter({
      name,
      help,
      registers,
      collect() {
        counter.reset();
        counter.inc(value());
      },
    });
  };
  countFromPool(
    "stiffnet_worker_restarts_total",
    "Workers that stopped and were replaced.",
    () => pool.state.restarts,
  );
  countFromPool("stiffnet_batches_total", "Batches run.", () => pool.state.batches);
  countFromPool("stiffnet_batched_rows_total", "Rows in these batches.", () => pool.state.rows);

  // Labelled children are kept, since looking one up costs more than counting.
  const countOf = cached((method: string, route: string, status: number | string) =>
    requests.labels(method, route, `${status}`),
  );
  const secondsOf = cached((route: string) => seconds.labels(route));
  const answered = (method: string, route: string, status: number | string, elapsed: number): void => {
    countOf(method, route, status).inc();
    secondsOf(route).observe(elapsed);
  };

  const rowsOf = cached((model: string, version: string) => rows.labels(model, version));

  return {
    rows: ({ name, version }, count) => rowsOf(name, version).inc(count),
    answered,
    loadFailed: ({ name, version }) => failures.labels(name, version).inc(),
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

function cached<A extends readonly (string | number)[], R>(make: (...labels: A) => R): (...labels: A) => R {
  const made = new Map<string, R>();
  return (...labels) => {
    const key = labels.join(" ");
    let found = made.get(key);
    if (found === undefined) {
      found = make(...labels);
      made.set(key, found);
    }
    return found;
  };
}
