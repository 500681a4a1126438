// A server at half of its top load for a long time, its model reloaded every 10 seconds and a worker killed every 30: no request may fail but
// those that a killed worker was running, and memory must not grow.
//
//     node bench/soak.mjs MODEL.onnx [--minutes 30]
import { spawn } from "node:child_process";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { importOnnx } from "@stiffnet/onnx";
import { createServer } from "@stiffnet/serve";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: "string", default: "30" } },
});
const seconds = 60 * Number(values.minutes);
const [path] = positionals;
const [model] = await importOnnx(path);
const name = basename(path, ".onnx");
const maxBatch = 64;
const server = await createServer([path], { workers: 2, maxBatch, log: "error" });
const url = await server.listen({ port: 0 });
const port = server.server.address().port;

const data = model.inputNames.map((_, j) => Math.sin(j));
const text = JSON.stringify({
  inputs: [{ name: "inputs", datatype: "FP32", shape: [1, data.length], data }],
});
const request = Buffer.from(
  `POST /v2/models/${name}/infer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
).toString("base64");

function load(options) {
  const argument = JSON.stringify({ port, request, connections: 16, warmup: 1, ...options });
  const child = spawn(process.execPath, [fileURLToPath(new URL("client.mjs", import.meta.url)), argument], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return new Promise((resolve) => {
    child.stdout.once("data", (chunk) => resolve(JSON.parse(chunk)));
  });
}

const top = await load({ seconds: 5 });
const rate = top.perSecond / 2;
process.stderr.write(
  `top load ${top.perSecond.toFixed(0)} requests/s; ${rate.toFixed(0)} for ${seconds} s\n`,
);
const memory = [];
let [reloads, failedReloads, kills] = [0, 0, 0];
const timers = [
  setInterval(async () => {
    reloads++;
    const { status } = await fetch(`${url}/v2/repository/models/${name}/load`, { method: "POST" });
    if (status !== 200) failedReloads++;
  }, 10_000),
  setInterval(() => void server.stiffnet.pool.kill(kills++ % 2), 30_000),
  setInterval(() => {
    memory.push(Math.round(process.memoryUsage().rss / 2 ** 20));
    process.stderr.write(`${memory.length * 10} s: ${memory.at(-1)} MiB, ${kills} workers killed\n`);
  }, 10_000),
];
const result = await load({ seconds, rate });
for (const timer of timers) clearInterval(timer);
await server.close();

const { 200: answered = 0, 503: refused = 0, ...others } = result.statuses;
const half = memory.slice(Math.floor(memory.length / 3));
const mean = (list) => list.reduce((a, b) => a + b, 0) / list.length;
const growth = mean(half.slice(half.length >> 1)) / mean(half.slice(0, half.length >> 1)) - 1;
const good =
  Object.keys(others).length === 0 && failedReloads === 0 && refused <= kills * maxBatch && growth < 0.1;
console.log(
  JSON.stringify(
    {
      answered,
      refused,
      others,
      reloads,
      failedReloads,
      kills,
      p50: result.p50,
      p99: result.p99,
      memory,
      growth,
      good,
    },
    undefined,
    2,
  ),
);
process.exit(good ? 0 : 1);
