import { execFile, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { LoadRequest } from "./request.ts";

export interface LoadResult {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Requests without an answer of status 200. */
  readonly failed: number;
}

/** The program that sends requests: wrk if it is installed, because it takes the least processor time,
 *  otherwise a client in Node. */
export type Client = "wrk" | "node";

export function findClient(): Client {
  return spawnSync("wrk", ["--version"]).error === undefined ? "wrk" : "node";
}

/** Asks over `connections` connections, each with its next request as soon as it has its answer. */
export async function load(
  client: Client,
  folder: string,
  port: number,
  request: LoadRequest,
  connections: number,
  seconds: number,
  signal: AbortSignal,
): Promise<LoadResult> {
  const options = { signal, maxBuffer: 2 ** 24 };
  if (client === "node") {
    const file = join(folder, "request.json");
    const body = request.body.toString("base64");
    writeFileSync(file, JSON.stringify({ ...request, body, port, connections, seconds }));
    const script = fileURLToPath(new URL("./client-main.js", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script, file], options);
    return JSON.parse(stdout);
  }
  const file = join(folder, "request.lua");
  const body = join(folder, "request.body");
  writeFileSync(body, request.body);
  writeFileSync(file, script(request, body));
  const url = `http://127.0.0.1:${port}${request.path}`;
  const args = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "30s", "-s", file, url];
  const { stdout } = await promisify(execFile)("wrk", args, options);
  return JSON.parse(stdout.slice(stdout.lastIndexOf("\n{")));
}

const script = ({ headers }: LoadRequest, body: string): string => `wrk.method = "POST"
${Object.entries(headers)
  .map(([name, value]) => `wrk.headers["${name}"] = "${value}"`)
  .join("\n")}
wrk.body = io.open("${body}", "rb"):read("*a")
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\\n{"perSecond":%.3f,"p50":%.4f,"p99":%.4f,"failed":%d}\\n', summary.requests / summary.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, e.status + e.connect + e.read + e.write + e.timeout))
end
`;
