// Memory that clients can make the service hold: before each attack, at its highest, and after. Exits with 1
// if the highest is above the base by more than --max-memory and 100 MiB.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { connect as connectHttp2 } from "node:http2";
import { connect } from "node:net";
import { gzipSync } from "node:zlib";
import { readCommand } from "./command.mjs";
import { serverScript } from "./server.mjs";

const { path: model } = readCommand({
  name: "attacks",
  example: "model.onnx",
  about: "Attacks a service in the ways of slow and greedy clients, and tells the memory that it takes.",
});
const limit = 256 * 1024 ** 2;
const allowed = limit + 100 * 1024 ** 2;
const [port, grpcPort] = [18_480, 18_481];
const args = [`m=${model}`, "--port", `${port}`, "--grpc-port", `${grpcPort}`, "--timeout", "5"];
const server = spawn(process.execPath, [serverScript, ...args, "--max-memory", `${limit}`], {
  stdio: "inherit",
});
process.on("exit", () => server.kill("SIGKILL"));

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
const memory = () =>
  1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))[1]);
const url = `http://127.0.0.1:${port}`;
const live = () =>
  fetch(`${url}/v2/health/live`, { signal: AbortSignal.timeout(10_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
while (!(await live())) await pause(0.2);
const { inputs } = await (await fetch(`${url}/v2/models/m`)).json();
const columns = inputs[0].shape[1];

const open = [];
const client = (...chunks) => {
  const socket = connect(port, "127.0.0.1", () => {
    for (const chunk of chunks) socket.write(chunk);
  });
  open.push(socket.on("error", () => {}).pause());
};
const head = (more) =>
  `POST /v2/models/m/infer HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${more}\r\n\r\n`;
const megabytes = (count) => Buffer.alloc(count * 1024 ** 2, " ");
const rows = 60_000;
const long = JSON.stringify({
  inputs: [
    {
      name: "inputs",
      datatype: inputs[0].datatype,
      shape: [rows, columns],
      data: new Array(rows * columns).fill(1),
    },
  ],
});
const grpc = (count, bytes) => {
  const session = connectHttp2(`http://127.0.0.1:${grpcPort}`).on("error", () => {});
  open.push(session);
  const message = Buffer.concat([Buffer.from([0, 0, 0xf8, 0, 0]), Buffer.alloc(bytes)]);
  for (let k = 0; k < count; k++) {
    const stream = session.request({
      ":method": "POST",
      ":path": "/inference.GRPCInferenceService/ModelInfer",
      "content-type": "application/grpc",
    });
    stream.on("error", () => {}).write(message);
  }
};
const times = (count, work) => {
  for (let k = 0; k < count; k++) work();
};

const attacks = {
  "100 bodies of 16 MiB, half sent": () =>
    times(100, () => client(head("Content-Length: 16777216"), megabytes(8))),
  "100 chunked bodies that never end": () =>
    times(100, () => client(head("Transfer-Encoding: chunked"), "1000000\r\n", megabytes(15))),
  "100 gzip bombs": () => {
    const bomb = gzipSync(megabytes(16));
    times(100, () => client(head(`Content-Encoding: gzip\r\nContent-Length: ${bomb.length}`), bomb));
  },
  "60 clients that take no answer": () =>
    times(60, () =>
      client(...Array.from({ length: 10 }, () => head(`Content-Length: ${long.length}`) + long)),
    ),
  "800 unfinished gRPC messages over one connection": () => grpc(800, 1024 ** 2),
  "150 unfinished gRPC messages of 15 MiB": () => times(150, () => grpc(1, 15 * 1024 ** 2)),
  "5,000 connections that ask nothing": () => times(5000, () => client()),
};

const mib = (bytes) => `${Math.round(bytes / 1024 ** 2)} MiB`;
const base = memory();
let failed = 0;
for (const [name, begin] of Object.entries(attacks)) {
  const before = memory();
  let [highest, unanswered] = [before, 0];
  begin();
  for (const until = Date.now() + 15_000; Date.now() < until; await pause(0.1)) {
    highest = Math.max(highest, memory());
    if (!(await live())) unanswered++;
  }
  for (const one of open.splice(0)) one.destroy();
  await pause(3);
  const late = highest - base > allowed || unanswered > 0;
  if (late) failed++;
  const told = `${mib(before)} before, ${mib(highest)} at the highest, ${mib(memory())} after`;
  console.log(`${late ? "FAILED " : ""}${name}: ${told}; health unanswered ${unanswered} times`);
}
server.kill("SIGTERM");
process.exit(failed > 0 ? 1 : 0);
