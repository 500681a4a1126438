import { type NamedTable, tableOf } from "@stiffnet/report";
import { formatNumber } from "@stiffnet/terminal";
import type { ExperimentConfig } from "@stiffnet/trials";
import type { Client } from "./client.ts";
import type { LoadCase, ServiceKind } from "./compare.ts";

export interface ServeConfig extends ExperimentConfig<"serve"> {
  readonly seed: number;
  readonly model: {
    readonly sha256: string;
    readonly inputs: number;
    readonly outputs: number;
    readonly width: number;
    readonly depth: number;
  };
  readonly rows: readonly number[];
  readonly connections: readonly number[];
  readonly rounds: number;
  readonly seconds: number;
  readonly warmUp: number;
  readonly workers: number;
}

export interface ServeResult {
  /** Of the outputs that the service gave, which no clock enters. */
  readonly outputsDigest: string;
  readonly client: Client;
  /** Versions of the libraries of each Python service that was asked. */
  readonly python: readonly string[];
  readonly cases: readonly LoadCase[];
  readonly missing: readonly string[];
}

export function serveTable({ cases, missing }: ServeResult, config: ServeConfig): NamedTable {
  const caption =
    "Services and client share the machine. Times FastAPI: requests a second over those of its fastest variant in the same case. Difference: largest distance of an output from ours, relative to the largest output. Binary tensors are asked for as tritonclient does; FastAPI and BentoML take JSON. The two last kinds serve nothing: Node's HTTP server, and the inference alone.";
  const inOrder = config.rows.flatMap((rows) =>
    [...config.connections, 0].flatMap((connections) =>
      cases.filter((one) => one.rows === rows && one.connections === connections),
    ),
  );
  const timesFastApi = (one: LoadCase): number =>
    one.perSecond / (fastest("fastapi", cases, one)?.perSecond ?? Number.NaN);
  const table = tableOf({ name: "requests", caption }, inOrder, [
    ["service", ({ service }) => service],
    ["rows", ({ rows }) => `${rows}`],
    ["connections", ({ connections }) => (connections === 0 ? "none" : `${connections}`)],
    ["requests/s", ({ perSecond }) => perSecond.toFixed(0)],
    ["p50 ms", ({ p50 }) => formatNumber(p50)],
    ["p99 ms", ({ p99 }) => formatNumber(p99)],
    ["times FastAPI", (one) => formatNumber(timesFastApi(one))],
    [
      "difference",
      ({ kind, difference }) => (kind === "stiffnet" ? "" : (difference?.toExponential(1) ?? "")),
    ],
    ["failed", ({ failed }) => `${failed}`],
  ]);
  return { ...table, rows: [...table.rows, ...missing.map((text) => [text, ...Array(8).fill("")])] };
}

function fastest(of: ServiceKind, cases: readonly LoadCase[], like: LoadCase): LoadCase | undefined {
  return cases
    .filter(
      ({ kind, rows, connections }) => kind === of && rows === like.rows && connections === like.connections,
    )
    .sort((a, b) => b.perSecond - a.perSecond)[0];
}

/** What stands between the service and its limits, in words. */
export function serveSentences({ cases }: ServeResult): string[] {
  return cases
    .filter((one) => one.kind === "stiffnet" && one === fastest("stiffnet", cases, one))
    .map((own) => {
      const { rows, connections } = own;
      const python = fastest("fastapi", cases, own);
      const bytes = fastest("binary", cases, own)!;
      const counted = (one: LoadCase): string =>
        `${one.perSecond.toFixed(0)} requests/s${python ? `, ${formatNumber(one.perSecond / python.perSecond)} times FastAPI at ${formatNumber(one.p99 / python.p99)} times its p99` : ""}`;
      return `${rows} row${rows === 1 ? "" : "s"}, ${connections} connection${connections === 1 ? "" : "s"}, ${own.service}: ${counted(own)}; with binary tensors ${counted(bytes)}; ${limitText(own, cases, python)}.`;
    });
}

function limitText(own: LoadCase, cases: readonly LoadCase[], python: LoadCase | undefined): string {
  const http = fastest("http", cases, own)!;
  const alone = cases.find(({ kind, rows }) => kind === "onnxruntime" && rows === own.rows)!;
  // One request at a time can be no faster than its HTTP and its inference, one after the other.
  const both = 1 / (1 / http.perSecond + 1 / alone.perSecond);
  const bound = (perSecond: number): string =>
    python === undefined
      ? `${formatNumber(own.perSecond / perSecond)} of it`
      : `${formatNumber(perSecond / python.perSecond)} times FastAPI`;
  return own.connections === 1
    ? `node:http followed by onnxruntime, one request at a time, would be ${bound(both)}`
    : `node:http alone is ${bound(http.perSecond)}`;
}
