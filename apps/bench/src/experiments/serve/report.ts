import { formatNumber, textTable } from "../../format.ts";
import { commandLine } from "../../repeat.ts";
import { commonFacts } from "../../report/facts.ts";
import { reportPage } from "../../report/page.ts";
import type { ReportTable } from "../../report/table.ts";
import type { machine } from "../../versions.ts";
import type { Client } from "./client.ts";
import type { LoadCase, ServiceKind } from "./compare.ts";
import { loadFigures } from "./figures.ts";

export interface ServeSummary {
  readonly command: "serve";
  readonly config: {
    readonly format: 1;
    readonly command: "serve";
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
    readonly workers: number;
  };
  /** Over the outputs that the service gave, which no clock enters. */
  readonly digest: string;
  readonly engine: "onnxruntime-node";
  readonly versions: Readonly<Record<string, string>>;
  readonly machine: ReturnType<typeof machine>;
  readonly client: Client;
  readonly seconds: number;
  /** Nothing is trained here. */
  readonly models: readonly [];
  readonly cases: readonly LoadCase[];
  readonly missing: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

export function printServe(summary: ServeSummary): string {
  const { header, rows } = tableOf(summary);
  return [textTable(header, rows), "", ...sentences(summary), `report ${summary.files.report}`].join("\n");
}

export function servePage(summary: ServeSummary): string {
  const { config, client } = summary;
  const { model } = config;
  return reportPage({
    title: "Requests a second",
    lead: sentences(summary),
    tables: [tableOf(summary)],
    figures: loadFigures(summary.cases),
    facts: [
      [
        "model",
        `${model.inputs} inputs, ${model.outputs} outputs, width ${model.width}, depth ${model.depth}, sha256 ${model.sha256}`,
      ],
      ["rounds", `${config.rounds} of ${config.seconds} s a service, in turns; medians over the rounds`],
      ["client", client === "wrk" ? "wrk, one thread" : "a process of Node"],
      ["digest", summary.digest],
      ...commonFacts(summary),
    ],
    repeat: commandLine(["stiffnet", ...process.argv.slice(2)]),
    configuration: config,
  });
}

function tableOf({ cases, config, missing }: ServeSummary): ReportTable {
  return {
    caption:
      "Services and client share the machine. Times FastAPI: requests a second over those of its fastest variant in the same case. Difference: largest distance of an output from ours, relative to the largest output. The two last kinds serve nothing: Node's HTTP server, which plain requests to stiffnet-serve do not pass through, and the inference alone.",
    header: [
      "service",
      "rows",
      "connections",
      "requests/s",
      "p50 ms",
      "p99 ms",
      "times FastAPI",
      "difference",
      "failed",
    ],
    rows: [
      ...config.rows.flatMap((rows) =>
        [...config.connections, 0].flatMap((connections) =>
          cases
            .filter((one) => one.rows === rows && one.connections === connections)
            .map((one) => [
              one.service,
              `${rows}`,
              connections === 0 ? "none" : `${connections}`,
              one.perSecond.toFixed(0),
              formatNumber(one.p50),
              formatNumber(one.p99),
              formatNumber(one.perSecond / (fastest("fastapi", cases, one)?.perSecond ?? Number.NaN)),
              one.kind !== "fastapi" ? "" : one.difference!.toExponential(1),
              `${one.failed}`,
            ]),
        ),
      ),
      ...missing.map((text) => [text, "", "", "", "", "", "", "", ""]),
    ],
  };
}

function fastest(of: ServiceKind, cases: readonly LoadCase[], like: LoadCase): LoadCase | undefined {
  return cases
    .filter(
      ({ kind, rows, connections }) => kind === of && rows === like.rows && connections === like.connections,
    )
    .sort((a, b) => b.perSecond - a.perSecond)[0];
}

/** What stands between the service and its limits, in words. */
function sentences({ cases }: ServeSummary): string[] {
  return cases
    .filter((one) => one.kind === "stiffnet" && one === fastest("stiffnet", cases, one))
    .map((own) => {
      const python = fastest("fastapi", cases, own);
      const http = cases.find(
        ({ kind, rows, connections }) =>
          kind === "http" && rows === own.rows && connections === own.connections,
      )!;
      const alone = cases.find(({ kind, rows }) => kind === "onnxruntime" && rows === own.rows)!;
      // One request at a time can be no faster than its HTTP and its inference, one after the other.
      const both = 1 / (1 / http.perSecond + 1 / alone.perSecond);
      const against =
        python === undefined
          ? ""
          : `, ${formatNumber(own.perSecond / python.perSecond)} times FastAPI at ${formatNumber(own.p99 / python.p99)} times its p99`;
      const bound = (perSecond: number): string =>
        python === undefined
          ? `${formatNumber(own.perSecond / perSecond)} of it`
          : `${formatNumber(perSecond / python.perSecond)} times FastAPI`;
      const limit =
        own.connections === 1
          ? `node:http followed by onnxruntime, one request at a time, would be ${bound(both)}`
          : `node:http alone is ${bound(http.perSecond)}`;
      return `${own.rows} row${own.rows === 1 ? "" : "s"}, ${own.connections} connection${own.connections === 1 ? "" : "s"}, ${own.service}: ${own.perSecond.toFixed(0)} requests/s${against}; ${limit}.`;
    });
}
