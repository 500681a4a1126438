import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { counted } from "@stiffnet/base";
import { inScratchFolder } from "@stiffnet/base/files";
import { median } from "@stiffnet/report";
import type { FoundPython } from "../peers/python.ts";
import { type Client, type LoadResult, load } from "./client.ts";
import { type PythonServiceKind, pythonServices } from "./python.ts";
import { binary, type Dialect, type LoadRequest, pointsOf, protocol } from "./request.ts";
import { freePort, ServiceProcess } from "./service-process.ts";

export type ServiceKind = "stiffnet" | "binary" | PythonServiceKind | "http";

export interface LoadCase extends LoadResult {
  readonly kind: ServiceKind;
  readonly service: string;
  readonly rows: number;
  readonly connections: number;
  /** Largest difference of an output from our answer, relative to the largest output; undefined where nothing
   *  is computed. */
  readonly difference?: number;
}

export interface LoadPlan {
  readonly model: string;
  readonly columns: number;
  readonly rows: readonly number[];
  readonly connections: readonly number[];
  readonly seconds: number;
  /** Seconds that each service is asked before its first turn of a case. */
  readonly warmUp: number;
  readonly rounds: number;
  readonly workers: number;
  /** Processes of stiffnet-serve and of the Python services, each count a service of its own. */
  readonly processes: readonly number[];
  readonly pythons: ReadonlyMap<PythonServiceKind, FoundPython>;
  readonly client: Client;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

interface Spoken {
  readonly kind: ServiceKind;
  readonly name: string;
  readonly service: ServiceProcess;
  readonly dialect: Dialect;
}

interface Contender extends Omit<Spoken, "dialect"> {
  readonly request: LoadRequest;
  readonly difference?: number;
}

/** Seconds. */
export const laterWarmUp = 1;

type Start = (name: string, command: string, args: (port: number) => string[]) => Promise<ServiceProcess>;

/** The command `stiffnet-serve`. */
function serveScript(): string {
  const manifest = createRequire(import.meta.url).resolve("stiffnet-serve/package.json");
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
  const start: Start = async (name, command, args) => {
    const port = await freePort();
    const service = new ServiceProcess(name, port, command, args(port));
    started.push(service);
    return service;
  };
  const cases: LoadCase[] = [];
  const hash = createHash("sha256");
  const { signal } = plan;
  try {
    const services = await startServices(plan, start);
    for (const rows of plan.rows) {
      const points = pointsOf(rows, plan.columns);
      const contenders: Contender[] = [];
      let reference: number[] | undefined;
      for (const { dialect, ...spoken } of services) {
        const request = dialect.request(points);
        const outputs = dialect.outputs(await spoken.service.firstAnswer(request, signal));
        reference ??= outputs;
        contenders.push({ ...spoken, request, difference: differenceOf(outputs, reference) });
      }
      hash.update(JSON.stringify(reference));
      const { service: own, request } = contenders[0]!;
      const file = join(folder, `answer-${rows}.json`);
      writeFileSync(file, (await own.firstAnswer(request, signal)).body);
      const echo = await start("node:http alone, same bodies", process.execPath, (port) => [
        script("echo-main"),
        file,
        `${port}`,
      ]);
      await echo.firstAnswer(request, signal);
      contenders.push({ kind: "http", name: echo.name, service: echo, request });
      for (const connections of plan.connections) {
        cases.push(...(await takeTurns(plan, folder, contenders, rows, connections)));
      }
      echo.stop();
    }
  } finally {
    for (const service of started) service.stop();
  }
  return { cases, digest: hash.digest("hex") };
}

/** Ours come first, in JSON. */
async function startServices({ processes, workers, model, pythons }: LoadPlan, start: Start) {
  const owns: ServiceProcess[] = [];
  for (const count of processes) {
    const each = count === 1 ? workers : 1;
    const name =
      count === 1 ? `stiffnet-serve, ${counted(each, "worker")}` : `stiffnet-serve, ${count} processes`;
    const flags = `--processes ${count} --workers ${each} --log error --no-watch`.split(" ");
    const args = (port: number): string[] => [serveScript(), `model=${model}`, "--port", `${port}`, ...flags];
    owns.push(await start(name, process.execPath, args));
  }
  const services = [
    ...owns.map((service): Spoken => ({ kind: "stiffnet", name: service.name, service, dialect: protocol })),
    ...owns.map((service): Spoken => {
      return { kind: "binary", name: `${service.name}, binary tensors`, service, dialect: binary };
    }),
  ];
  for (const [kind, { command, script: main }] of pythons) {
    const { title, dialect } = pythonServices[kind];
    for (const count of processes) {
      const name = `${title}, ${count} process${count === 1 ? "" : "es"}`;
      const service = await start(name, command, (port) => [main, model, `${port}`, `${count}`]);
      services.push({ kind, name, service, dialect });
    }
  }
  return services;
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
  for (let round = 0; round < plan.rounds; round++) {
    plan.onProgress(
      `${counted(rows, "row")}, ${counted(connections, "connection")}: round ${round + 1} of ${plan.rounds}`,
    );
    for (let k = 0; k < contenders.length; k++) {
      const turn = (round + k) % contenders.length;
      // Compilers, caches and what a service gave back while others had their turns are not what is measured.
      // V8 compiles for seconds on the cores that answer.
      await ask(contenders[turn]!, round === 0 ? plan.warmUp : laterWarmUp);
      // Its connections end before others begin: a process that still answers them would take no new ones.
      await new Promise((resolve) => setTimeout(resolve, 500));
      results[turn]!.push(await ask(contenders[turn]!, seconds));
    }
  }
  return contenders.map(({ kind, name, difference }, k) => ({
    kind,
    service: name,
    rows,
    connections,
    ...summaryOf(results[k]!),
    ...(difference !== undefined && { difference }),
  }));
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
