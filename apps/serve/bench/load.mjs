// Throughput and latency of stiffnet-serve beside a Python service (FastAPI, uvicorn, onnxruntime) and onnxruntime-node called in the process,
// which is the limit; all in one run, one after the other in every case, so that a busy machine slows all of them.
//
//     node bench/load.mjs [--model MODEL.onnx] [--seconds 3] [--repeats 2] [--python python3] [--json]
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { resnet } from "@stiffnet/core";
import { exportOnnx, importOnnx } from "@stiffnet/onnx";
import ort from "onnxruntime-node";

const { values: flags } = parseArgs({
  options: {
    model: { type: "string" },
    seconds: { type: "string", default: "3" },
    repeats: { type: "string", default: "2" },
    python: { type: "string", default: process.env.STIFFNET_PYTHON ?? "python3" },
    json: { type: "boolean", default: false },
  },
});
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const say = (text) => process.stderr.write(`${text}\n`);

const path = flags.model ?? (await paperModel());
const [model] = await importOnnx(path);
const columns = model.inputNames.length;
const seconds = Number(flags.seconds);
const workers = Math.min(4, availableParallelism());

async function paperModel() {
  const file = join(mkdtempSync(join(tmpdir(), "stiffnet-load-")), "model.onnx");
  await exportOnnx(resnet({ inputs: 15, outputs: 10, width: 50, depth: 16 }), file);
  return file;
}

const rowsOf = (count) =>
  Array.from({ length: count }, (_, i) => Array.from({ length: columns }, (_, j) => Math.sin(i + 3 * j)));

function http(route, body) {
  const text = JSON.stringify(body);
  return Buffer.from(
    `POST ${route} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
  );
}

/** A service under load: how it is started, and how it is asked. */
const services = [
  {
    name: `stiffnet-serve (${workers} workers)`,
    start: (port) =>
      spawn(
        process.execPath,
        [here("../bin/stiffnet-serve.js"), `m=${path}`, "--port", `${port}`, "--workers", `${workers}`],
        { stdio: "ignore" },
      ),
    request: (rows) =>
      http("/v2/models/m/infer", {
        inputs: [{ name: "inputs", datatype: "FP32", shape: [rows.length, columns], data: rows.flat() }],
      }),
  },
  ...[1, availableParallelism()].map((count) => ({
    name: `FastAPI + uvicorn (${count} process${count > 1 ? "es" : ""})`,
    python: true,
    start: (port) =>
      spawn(flags.python, [here("fastapi_service.py"), path, `${port}`, `${count}`], {
        stdio: "ignore",
        detached: true,
      }),
    request: (rows) => http("/predict", { rows }),
  })),
];

const hasPython =
  spawnSync(flags.python, ["-c", "import fastapi, uvicorn, uvloop, httptools, onnxruntime"]).status === 0;
if (!hasPython)
  say(
    `'${flags.python}' has no fastapi, uvicorn, uvloop, httptools and onnxruntime: the comparison is left out`,
  );
const compared = services.filter(({ python }) => !python || hasPython);

const freePort = async () => {
  const { createServer } = await import("node:net");
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
};

async function waitFor(port) {
  const { connect } = await import("node:net");
  for (let k = 0; k < 200; k++) {
    const up = await new Promise((resolve) => {
      const socket = connect(port, "127.0.0.1", () => resolve(true));
      socket.on("error", () => resolve(false));
      socket.on("close", () => socket.destroy());
      socket.once("connect", () => socket.destroy());
    });
    if (up) return new Promise((resolve) => setTimeout(resolve, 1000));
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`no service on port ${port} after 20 s`);
}

function load(port, request, connections) {
  const options = { port, request: request.toString("base64"), connections, seconds, warmup: 1 };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [here("client.mjs"), JSON.stringify(options)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (chunk) => {
      text += chunk;
    });
    child.on("exit", (code) =>
      code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`client exited with ${code}`)),
    );
  });
}

/** The limit: one thread that does nothing but run the session. */
async function inProcess(count) {
  const session = await ort.InferenceSession.create(readFileSync(path), { intraOpNumThreads: 1 });
  const tensor = new ort.Tensor("float32", Float32Array.from(rowsOf(count).flat()), [count, columns]);
  const times = [];
  for (const until = performance.now() + 1000 * seconds; performance.now() < until; ) {
    const since = performance.now();
    await session.run({ inputs: tensor });
    times.push(performance.now() - since);
  }
  times.sort((a, b) => a - b);
  await session.release();
  const total = times.reduce((a, b) => a + b, 0);
  return {
    perSecond: (1000 * times.length) / total,
    p50: times[times.length >> 1],
    p99: times[Math.floor(0.99 * times.length)],
  };
}

const failures = ({ 200: _, ...others }) => Object.values(others).reduce((a, b) => a + b, 0);
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const running = [];
for (const service of compared) {
  const port = await freePort();
  running.push({ ...service, port, child: service.start(port) });
  await waitFor(port);
}
const cases = [];
try {
  for (const rows of [1, 64]) {
    const limit = await inProcess(rows);
    cases.push({ service: "onnxruntime-node, in the process", rows, connections: 0, ...limit });
    for (const connections of [1, 16, 256]) {
      const results = new Map(running.map(({ name }) => [name, []]));
      for (let k = 0; k < Number(flags.repeats); k++) {
        for (const { name, port, request } of running)
          results.get(name).push(await load(port, request(rowsOf(rows)), connections));
      }
      for (const [service, list] of results) {
        const of = (key) => median(list.map((result) => result[key]));
        cases.push({
          service,
          rows,
          connections,
          perSecond: of("perSecond"),
          p50: of("p50"),
          p99: of("p99"),
          failed: list.reduce((sum, { statuses }) => sum + failures(statuses), 0),
        });
        say(`${rows} rows, ${connections} connections, ${service}: ${of("perSecond").toFixed(0)} requests/s`);
      }
    }
  }
} finally {
  for (const { child, python } of running) {
    // uvicorn's processes form a group of their own.
    if (python) process.kill(-child.pid, "SIGKILL");
    else child.kill("SIGTERM");
  }
}

const document = {
  command: "load",
  node: process.version,
  cpu: cpus()[0]?.model,
  cores: availableParallelism(),
  model: model.config,
  cases,
};
if (flags.json) console.log(JSON.stringify(document));
else {
  console.log(
    `| rows | connections | service | requests/s | p50 ms | p99 ms | against FastAPI |\n| --- | --- | --- | --- | --- | --- | --- |`,
  );
  for (const { rows, connections, service, perSecond, p50, p99 } of cases) {
    const others = cases.filter(
      (one) => one.rows === rows && one.connections === connections && one.service.startsWith("FastAPI"),
    );
    const best = Math.max(...others.map((one) => one.perSecond));
    const ratio =
      service.startsWith("stiffnet") && others.length > 0 ? `${(perSecond / best).toFixed(1)} x` : "";
    console.log(
      `| ${rows} | ${connections || ""} | ${service} | ${perSecond.toFixed(0)} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${ratio} |`,
    );
  }
}
