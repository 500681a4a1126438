// How long one row waits while 16 others ask for 65,536 rows each, again and again:
//
//     node apps/bench/rigs/fairness.mjs MODEL.onnx [--seconds 10] [--large 16] [--rows 65536]
import { atLeast, readCommand, wholeFrom } from "./command.mjs";
import { generator } from "./fuzz/random.mjs";
import { rowsOf } from "./fuzz/well-formed.mjs";
import { startServer } from "./server.mjs";

const {
  path,
  seconds,
  large: clients,
  rows,
} = readCommand({
  name: "fairness",
  about: "How long one row waits while others ask for many rows each, again and again.",
  example: "model.onnx --seconds 5",
  options: [
    ["--seconds <n>", "how long", atLeast(1), 10],
    ["--large <n>", "clients that ask for many rows", wholeFrom(1), 16],
    ["--rows <n>", "how many rows", wholeFrom(1), 65_536],
  ],
});
const { child, url } = await startServer([path, "--workers", "2"]);
const [model] = (await (await fetch(`${url}/models`)).json()).models;

/** A request of `rows` rows, its numbers as bytes. */
function requestOf(rows) {
  const data = Float32Array.from(rowsOf({ model }, generator(rows), rows).flat());
  const head = Buffer.from(
    JSON.stringify({
      inputs: [
        {
          name: "inputs",
          datatype: "FP32",
          shape: [rows, model.inputs.length],
          parameters: { binary_data_size: data.byteLength },
        },
      ],
      parameters: { binary_data_output: true },
      outputs: [{ name: "outputs" }],
    }),
  );
  return {
    method: "POST",
    headers: {
      "inference-header-content-length": `${head.length}`,
      "content-type": "application/octet-stream",
    },
    body: Buffer.concat([head, Buffer.from(data.buffer)]),
  };
}

let running = true;
const counts = { large: 0, refused: 0, small: 0 };
async function ask(request) {
  const response = await fetch(`${url}/v2/models/${encodeURIComponent(model.name)}/infer`, request);
  await response.arrayBuffer();
  return response.status;
}
async function keepAsking(request) {
  while (running) {
    if ((await ask(request)) === 200) counts.large++;
    else counts.refused++;
  }
}
async function waits(seconds) {
  const small = requestOf(1);
  const found = [];
  for (const until = performance.now() + 1000 * seconds; performance.now() < until; ) {
    const since = performance.now();
    if ((await ask(small)) === 200) found.push(performance.now() - since);
  }
  found.sort((a, b) => a - b);
  const at = (fraction) => Number(found[Math.floor(fraction * (found.length - 1))]?.toFixed(2));
  return { count: found.length, p50: at(0.5), p99: at(0.99), most: at(1) };
}

const idle = await waits(2);
const large = requestOf(rows);
const load = Array.from({ length: clients }, () => keepAsking(large));
await new Promise((resolve) => setTimeout(resolve, 1000));
const loaded = await waits(seconds);
running = false;
await Promise.all(load);
child.kill("SIGTERM");
console.log(JSON.stringify({ milliseconds: { idle, loaded }, ...counts }));
