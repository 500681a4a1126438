// The cost of --deterministic. Loads two servers in turns, one with it, by requests of one row and of more
// over 1, 16 and 64 connections. Prints the processor time of a request with it over the time without it.
// Other work disturbs processor time less than wall time.
//
//     node apps/bench/rigs/deterministic.mjs MODEL.onnx [--rounds 8] [--seconds 2]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { atLeast, readCommand, wholeFrom } from "./command.mjs";
import { generator } from "./fuzz/random.mjs";
import { rowsOf } from "./fuzz/well-formed.mjs";
import { startServer } from "./server.mjs";

const { path, rounds, seconds } = readCommand({
  name: "deterministic",
  about: "What --deterministic costs: processor time of a request with it over that without.",
  example: "model.onnx --rounds 2",
  options: [
    ["--rounds <n>", "rounds in which the two servers take turns", wholeFrom(1), 8],
    ["--seconds <n>", "time of a turn", atLeast(1), 2],
  ],
});
const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

const start = (...more) => startServer([`model=${path}`, "--log", "error", "--no-watch", ...more], "ignore");

/** User and system time, in ticks. */
function processorTime({ child }) {
  const stat = readFileSync(`/proc/${child.pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

/** Ticks of a request. */
async function cost(server, request, connections) {
  const { port } = new URL(server.url);
  const child = spawn(process.execPath, [beside("client.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
  const before = processorTime(server);
  child.stdin.end(JSON.stringify({ port, requests: [request], connections, seconds, warmup: 0 }));
  const [text] = await once(child.stdout, "data");
  const { statuses } = JSON.parse(String(text));
  return (processorTime(server) - before) / statuses[200];
}

const plain = await start();
const deterministic = await start("--deterministic");
const { models } = await (await fetch(`${plain.url}/models`)).json();
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
for (const rows of [1, 20, 64]) {
  const data = rowsOf({ model: models[0] }, generator(rows), rows);
  const shape = [rows, data[0].length];
  const body = JSON.stringify({ inputs: [{ name: "inputs", datatype: "FP32", shape, data: data.flat() }] });
  const head = `POST /v2/models/model/infer HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`;
  const request = Buffer.from(head + body).toString("base64");
  for (const connections of [1, 16, 64]) {
    await cost(plain, request, connections);
    await cost(deterministic, request, connections);
    const ratios = [];
    for (let round = 0; round < rounds; round++) {
      const first = await cost(round % 2 ? plain : deterministic, request, connections);
      const second = await cost(round % 2 ? deterministic : plain, request, connections);
      ratios.push(round % 2 ? second / first : first / second);
    }
    console.log(`${rows} rows, ${connections} connections: ${median(ratios).toFixed(2)}`);
  }
}
for (const { child } of [plain, deterministic]) child.kill("SIGKILL");
