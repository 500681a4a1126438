// Runs a server at half of its top load (or --rate requests a second) for a long time, with requests of one
// row and of 64. Reloads its model every 10 seconds. Every 30 seconds it crashes a worker, or kills one of
// several processes. Only the requests on that worker may fail, and memory must not grow. Exits with 1
// otherwise.
//
//     node apps/bench/rigs/soak.mjs MODEL.onnx [--minutes 30] [--processes 1] [--rate N]
import { spawn } from "node:child_process";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { atLeast, readCommand, wholeFrom } from "./command.mjs";
import { generator } from "./fuzz/random.mjs";
import { rowsOf } from "./fuzz/well-formed.mjs";
import { manyProcesses, oneProcess } from "./soak-targets.mjs";

const {
  path,
  minutes,
  processes,
  rate: asked = Number.POSITIVE_INFINITY,
} = readCommand({
  name: "soak",
  about: "Loads a server for a long time, with reloads and crashing workers, or killed processes.",
  example: "model.onnx --minutes 5 --processes 2 --rate 200",
  options: [
    ["--minutes <n>", "how long", atLeast(1), 30],
    ["--processes <n>", "processes of the server; of several, one is killed every 30 s", wholeFrom(1), 1],
    ["--rate <n>", "requests a second (default: half of what gets answered)", wholeFrom(1)],
  ],
});
const seconds = 60 * minutes;
const name = basename(path, ".onnx");
const [connections, maxBatch] = [16, 256];

const server =
  processes > 1 ? await manyProcesses(path, maxBatch, processes) : await oneProcess(path, maxBatch);
const { url, what } = server;
const { port } = new URL(url);

const { models } = await (await fetch(`${url}/models`)).json();
const requests = [1, 64].map((rows) => {
  const data = rowsOf({ model: models[0] }, generator(rows), rows);
  const text = JSON.stringify({
    inputs: [{ name: "inputs", datatype: "FP32", shape: [rows, data[0].length], data: data.flat() }],
  });
  const head = `POST /v2/models/${name}/infer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`;
  return Buffer.from(`${head}Content-Length: ${text.length}\r\n\r\n${text}`).toString("base64");
});

function load(options) {
  const argument = JSON.stringify({ port, requests, connections, warmup: 1, ...options });
  const child = spawn(process.execPath, [fileURLToPath(new URL("client.mjs", import.meta.url))], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(argument);
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    child.on("exit", (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`the client ended with ${code}`)),
    );
  });
}

const top = await load({ seconds: 10 });
const wrong = Object.keys(top.statuses).filter((status) => status !== "200");
if (wrong.length > 0) {
  process.stderr.write(`soak: answers other than 200 before anything was disturbed: ${wrong.join(", ")}\n`);
  await server.stop();
  process.exit(1);
}
const rate = Math.min(asked, top.perSecond / 2);
process.stderr.write(
  `top load ${top.perSecond.toFixed(0)} requests/s; ${rate.toFixed(0)} for ${seconds} s\n`,
);

const memory = [];
let [reloads, failedReloads, kills] = [0, 0, 0];
const began = performance.now();
// Each waits for the one before, however slow the machine is, and none is left running at the end.
let last = Promise.resolve();
const every = (interval, work) =>
  setInterval(() => {
    last = last.then(work);
  }, 1000 * interval);
const timers = [
  every(10, async () => {
    reloads++;
    const answer = await fetch(`${url}/v2/repository/models/${name}/load`, { method: "POST" }).catch(
      () => undefined,
    );
    if (answer?.status !== 200) failedReloads++;
    await answer?.arrayBuffer();
  }),
  every(30, async () => {
    kills++;
    await server.disturb();
  }),
  every(10, async () => {
    const { mebibytes, restarts, text } = await server.state();
    const at = (performance.now() - began) / 1000;
    memory.push({ seconds: at, mebibytes });
    process.stderr.write(
      `${at.toFixed(0)} s: ${mebibytes.toFixed(0)} MiB (${text}), ${reloads} reloads, ${kills} kills, ${restarts} restarts\n`,
    );
  }),
];
const result = await load({ seconds, rate });
for (const timer of timers) clearInterval(timer);
await last;
const { restarts } = await server.state();
const code = await server.stop();

/** MiB an hour by least squares, without the first quarter, in which heap and caches reach their size. */
function slopeOf(points) {
  const mean = (of) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean((point) => point.seconds), mean((point) => point.mebibytes)];
  const top = mean((point) => (point.seconds - x) * (point.mebibytes - y));
  return (3600 * top) / mean((point) => (point.seconds - x) ** 2);
}
const settled = memory.slice(Math.ceil(memory.length / 4));
const slope = slopeOf(settled);
const size = settled.reduce((sum, { mebibytes }) => sum + mebibytes, 0) / settled.length;
/** Answers to requests of a crashed worker, and ends of requests of a killed process. */
const lostAs = what === "worker" ? ["503"] : ["503", "closed", "ECONNRESET", "EPIPE"];
const { 200: answered = 0, ...rest } = result.statuses;
const isLoss = ([status]) => lostAs.includes(status);
const lost = Object.entries(rest).filter(isLoss);
const refused = lost.reduce((sum, [, count]) => sum + count, 0);
const others = Object.fromEntries(Object.entries(rest).filter((entry) => !isLoss(entry)));
// The growth over the run must be small against the whole.
const growth = (slope * seconds) / 3600 / size;
const problems = [
  Object.keys(others).length > 0 && `answers that nobody expects: ${JSON.stringify(others)}`,
  refused > restarts * connections &&
    `${refused} requests failed, more than were run where ${what} ended ${restarts} times`,
  failedReloads > 0 && `${failedReloads} reloads failed`,
  restarts === 0 && kills > 0 && `no ${what} ended: the load never reached one`,
  // Shorter runs say nothing about memory.
  seconds >= 600 && growth > 0.1 && `memory grew by ${(100 * growth).toFixed(0)} %`,
  code !== 0 && `the server ended with ${code}`,
].filter(Boolean);
const { p50, p99, perSecond } = result;
console.log(
  JSON.stringify(
    {
      answered,
      lost: Object.fromEntries(lost),
      others,
      perSecond,
      rate,
      p50,
      p99,
      reloads,
      failedReloads,
      kills,
      restarts,
      memory: {
        mebibytes: size,
        slopePerHour: slope,
        growth,
        points: memory.map(({ mebibytes }) => Math.round(mebibytes)),
      },
      problems,
    },
    undefined,
    2,
  ),
);
process.exit(problems.length === 0 ? 0 : 1);
