import { availableParallelism } from "node:os";
import { join } from "node:path";
import { counted } from "@stiffnet/base";
import { inScratchFolder } from "@stiffnet/base/files";
import { resnet } from "@stiffnet/core";
import { exportOnnx } from "@stiffnet/onnx";
import { type NamedTable, tableOf } from "@stiffnet/report";
import { formatNumber, list, row, seeded, whole } from "@stiffnet/terminal";
import { type ConfigOf, experimentCommand } from "@stiffnet/trials";
import { type Client, findClient } from "./client.ts";
import { compareServices, type LoadCase, laterWarmUp, type ServiceKind } from "./compare.ts";
import { findPythonServices } from "./python.ts";

const options = {
  rows: row("<list>", "numbers of rows in a request", list(whole(1, 65_536)), [1, 64]),
  connections: row("<list>", "numbers of simultaneous connections", list(whole(1, 4096)), [1, 16, 256]),
  rounds: row("<n>", "number of turns of each service", whole(1), 3),
  seconds: row("<n>", "length of a turn", whole(1), 3),
  warmUp: row("<n>", "seconds of requests before the first turn, which are not measured", whole(1), 5),
  workers: row(
    "<n>",
    "inference threads of stiffnet-serve when it runs as one process",
    whole(1, 1024),
    availableParallelism(),
  ),
  ...seeded,
};
type Config = ConfigOf<"load", typeof options>;

/** The sizes of the slides. */
const network = { inputs: 15, outputs: 10, width: 50, depth: 16 } as const;

interface LoadResult {
  readonly model: typeof network & { readonly sha256: string };
  /** Checksum of the service's outputs, which does not depend on a clock. */
  readonly outputsDigest: string;
  readonly client: Client;
  /** Versions of the libraries of each Python service that was asked. */
  readonly python: readonly string[];
  readonly cases: readonly LoadCase[];
  readonly missing: readonly string[];
}

export const load = experimentCommand("load", {
  help: `The services answer for an untrained network with 15 inputs, 10 outputs, width 50 and depth 16. Each service runs first as one
process, then as one process for each core. All answer JSON; stiffnet-serve also answers binary tensors, as tritonclient sends
them. Node's HTTP server without a model is an upper limit.

Services and client run on this machine. The client is wrk if it is installed, else a program in Node. The command searches
the Python libraries in $STIFFNET_PYTHON, then in the environment of apps/bench/peers/setup, then in python3.

Examples:
  $ stiffnet-bench load
  $ stiffnet-bench load --connections 16 --rows 1,64,1024
  $ stiffnet-bench load --rounds 1 --seconds 1 --json`,
  options,
  engine: "onnxruntime-node",
  compute: (config, watch) =>
    inScratchFolder("serve", async (folder): Promise<{ result: LoadResult }> => {
      const model = resnet({ ...network, activation: "tanh", seed: config.seed });
      const { path, sha256 } = await exportOnnx(model, join(folder, "model.onnx"));
      const { found: pythons, missing } = await findPythonServices();
      for (const text of missing) watch.note(text);
      const client = findClient();
      const { cases, digest } = await compareServices({
        ...config,
        model: path,
        columns: network.inputs,
        pythons,
        client,
        signal: watch.signal,
        onProgress: watch.note,
        processes: [...new Set([1, availableParallelism()])],
      });
      const python = [...pythons.values()].map(({ printed }) => printed);
      return {
        result: { model: { ...network, sha256 }, outputsDigest: digest, client, python, cases, missing },
      };
    }),
  digested: ({ outputsDigest }) => outputsDigest,
  present: ({ config, ...result }) => ({
    title: "How many requests a second do the services answer?",
    lead: sentences(result.cases),
    tables: [requestsTable(result, config)],
    figures: [],
    facts: [
      ["model", `sha256 ${result.model.sha256}`],
      [
        "rounds",
        `${counted(config.rounds, "round")}; each service runs ${config.seconds} s in each, after a warm-up of ${config.warmUp} s in the first and ${laterWarmUp} s in later rounds; figures are medians over the rounds`,
      ],
      ["client", result.client === "wrk" ? "wrk, one thread" : "a process of Node"],
      ...result.python.map((printed) => ["Python", printed] as const),
      ...result.missing.map((text) => ["not asked", text] as const),
    ],
  }),
  failed: ({ cases }) => cases.some(({ failed }) => failed > 0),
});

function requestsTable({ cases }: LoadResult, { rows, connections }: Config): NamedTable {
  const caption =
    "Services and client share the machine. p50 and p99: median and 99th percentile of the latency. Times FastAPI: requests a second, divided by those of the fastest FastAPI variant in the same case. Difference: largest difference between an output and that of stiffnet-serve, relative to the largest output. The services answer JSON; stiffnet-serve also answers binary tensors, as tritonclient sends them. Node's HTTP server without a model is an upper limit.";
  const inOrder = rows.flatMap((count) =>
    connections.flatMap((open) => cases.filter((one) => one.rows === count && one.connections === open)),
  );
  const timesFastApi = (one: LoadCase): number =>
    one.perSecond / (fastest("fastapi", cases, one)?.perSecond ?? Number.NaN);
  return tableOf({ name: "requests", caption }, inOrder, [
    ["service", ({ service }) => service],
    ["rows", (one) => `${one.rows}`],
    ["connections", ({ connections: open }) => `${open}`],
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
}

function fastest(of: ServiceKind, cases: readonly LoadCase[], like: LoadCase): LoadCase | undefined {
  return cases
    .filter(
      ({ kind, rows, connections }) => kind === of && rows === like.rows && connections === like.connections,
    )
    .sort((a, b) => b.perSecond - a.perSecond)[0];
}

function sentences(cases: readonly LoadCase[]): string[] {
  return cases
    .filter((one) => one.kind === "stiffnet" && one === fastest("stiffnet", cases, one))
    .map((own) => {
      const python = fastest("fastapi", cases, own);
      const beside = python ? `, ${formatNumber(own.perSecond / python.perSecond)} times FastAPI` : "";
      return `With ${own.rows} row${own.rows === 1 ? "" : "s"} a request and ${own.connections} connection${own.connections === 1 ? "" : "s"}, ${own.service} answers ${own.perSecond.toFixed(0)} requests a second${beside}.`;
    });
}
