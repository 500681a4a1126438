import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { FoundPython } from "../../peers/python.ts";
import { inScratchFolder } from "../../runner/files.ts";
import { median } from "../../statistics.ts";
import { type Client, type LoadResult, load } from "./client.ts";
import {
  type LoadRequest,
  pointsOf,
  protocolAnswer,
  protocolRequest,
  pythonAnswer,
  pythonRequest,
} from "./request.ts";
import { freePort, ServiceProcess } from "./service-process.ts";

export type ServiceKind = "stiffnet" | "fastapi" | "http" | "onnxruntime";

export interface LoadCase extends LoadResult {
  readonly kind: ServiceKind;
  readonly service: string;
  readonly rows: number;
  /** 0 where nothing is asked over a connection. */
  readonly connections: number;
  /** Largest difference of an output from our answer, relative to the largest output; undefined where nothing
   *  is computed. */
  readonly difference?: number;
}

export interface LoadPlan {
  readonly model: string;
  readonly columns: number;
  readonly dtype: "float32" | "float64";
  readonly rows: readonly number[];
  readonly connections: readonly number[];
  readonly seconds: number;
  readonly rounds: number;
  readonly workers: number;
  /** Processes of stiffnet-serve and of the Python service, each count a service of its own. */
  readonly processes: readonly number[];
  readonly python: FoundPython | undefined;
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

/** A service with what it is asked. */
interface Contender {
  readonly kind: ServiceKind;
  readonly service: ServiceProcess;
  readonly request: LoadRequest;
  readonly difference?: number;
}

/** The command `stiffnet-serve`. */
function serveScript(): string {
  const manifest = createRequire(import.meta.url).resolve("@stiffnet/serve/package.json");
  return join(dirname(manifest), JSON.parse(readFileSync(manifest, "utf8")).bin["stiffnet-serve"]);
}

const script = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

/** Asks all services one after the other in every round of every case, so that a busy machine slows all of
 *  them. */
export function compareServices(plan: LoadPlan): Promise<{ cases: LoadCase[]; digest: string }> {
  return inScratchFolder("load", (folder) => compareIn(folder, plan));
}

async function compareIn(folder: string, plan: LoadPlan): Promise<{ cases: LoadCase[]; digest: string }> {
  const started: ServiceProcess[] = [];
  const start = async (name: string, command: string, args: (port: number) => string[]) => {
    const port = await freePort();
    const service = new ServiceProcess(name, port, command, args(port));
    started.push(service);
    return service;
  };
  const cases: LoadCase[] = [];
  const hash = createHash("sha256");
  try {
    const owns: ServiceProcess[] = [];
    for (const count of plan.processes) {
      const workers = count === 1 ? plan.workers : 1;
      const name = count === 1 ? `stiffnet-serve, ${workers} workers` : `stiffnet-serve, ${count} processes`;
      const flags = `--processes ${count} --workers ${workers} --log error --no-watch`.split(" ");
      owns.push(
        await start(name, process.execPath, (port) => [
          serveScript(),
          `model=${plan.model}`,
          "--port",
          `${port}`,
          ...flags,
        ]),
      );
    }
    const pythons: ServiceProcess[] = [];
    for (const count of plan.python ? plan.processes : []) {
      const peer = fileURLToPath(new URL("../../../peers/fastapi_service.py", import.meta.url));
      const name = `FastAPI, ${count} process${count === 1 ? "" : "es"}`;
      pythons.push(
        await start(name, plan.python!.command, (port) => [peer, plan.model, `${port}`, `${count}`]),
      );
    }
    for (const rows of plan.rows) {
      const points = pointsOf(rows, plan.columns);
      const request = protocolRequest(points, plan.dtype === "float64" ? "FP64" : "FP32");
      const answers: string[] = [];
      for (const own of owns) answers.push(await own.firstAnswer(request, plan.signal));
      const answer = answers[0]!;
      const outputs = protocolAnswer(answer);
      hash.update(JSON.stringify(outputs));
      const contenders = owns.map((service, k): Contender => {
        const difference = differenceOf(protocolAnswer(answers[k]!), outputs);
        return { kind: "stiffnet", service, request, difference };
      });
      for (const service of pythons) {
        const request = pythonRequest(points);
        const difference = differenceOf(
          pythonAnswer(await service.firstAnswer(request, plan.signal)),
          outputs,
        );
        contenders.push({ kind: "fastapi", service, request, difference });
      }
      const file = join(folder, `answer-${rows}.json`);
      writeFileSync(file, answer);
      const echo = await start("node:http alone, same bodies", process.execPath, (port) => [
        script("echo-main"),
        file,
        `${port}`,
      ]);
      await echo.firstAnswer(request, plan.signal);
      contenders.push({ kind: "http", service: echo, request });
      for (const connections of plan.connections) {
        cases.push(...(await takeTurns(plan, folder, contenders, rows, connections)));
      }
      echo.stop();
      cases.push(await limitOf(plan, rows));
    }
  } finally {
    for (const service of started) service.stop();
  }
  return { cases, digest: hash.digest("hex") };
}

async function takeTurns(
  plan: LoadPlan,
  folder: string,
  contenders: readonly Contender[],
  rows: number,
  connections: number,
): Promise<LoadCase[]> {
  const { client, signal, seconds } = plan;
  const results = contenders.map((): LoadResult[] => []);
  const ask = ({ service, request }: Contender, time: number): Promise<LoadResult> =>
    load(client, folder, service.port, request, connections, time, signal);
  // Compilers, caches and connections are not what is measured.
  for (const contender of contenders) await ask(contender, 1);
  for (let round = 0; round < plan.rounds; round++) {
    plan.onProgress(`${rows} rows, ${connections} connections: round ${round + 1} of ${plan.rounds}`);
    for (let k = 0; k < contenders.length; k++) {
      const turn = (round + k) % contenders.length;
      results[turn]!.push(await ask(contenders[turn]!, seconds));
    }
  }
  return contenders.map(({ kind, service, difference }, k) => ({
    kind,
    service: service.name,
    rows,
    connections,
    ...summaryOf(results[k]!),
    ...(difference !== undefined && { difference }),
  }));
}

async function limitOf(plan: LoadPlan, rows: number): Promise<LoadCase> {
  const results: LoadResult[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    const args = [
      script("limit-main"),
      plan.model,
      ...[rows, plan.columns, plan.dtype, plan.seconds].map(String),
    ];
    const { stdout } = await promisify(execFile)(process.execPath, args, { signal: plan.signal });
    results.push(JSON.parse(stdout));
  }
  const service = "onnxruntime-node in the process, a request a run";
  return { kind: "onnxruntime", service, rows, connections: 0, ...summaryOf(results) };
}

const summaryOf = (results: readonly LoadResult[]): LoadResult => ({
  perSecond: median(results.map(({ perSecond }) => perSecond)),
  p50: median(results.map(({ p50 }) => p50)),
  p99: median(results.map(({ p99 }) => p99)),
  failed: results.reduce((sum, { failed }) => sum + failed, 0),
});

function differenceOf(found: readonly number[], expected: readonly number[]): number {
  const size = Math.max(...expected.map(Math.abs));
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  return Math.max(...found.map((value, k) => Math.abs(value - expected[k]!))) / size;
}
