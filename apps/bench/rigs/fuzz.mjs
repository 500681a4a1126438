// Sends generated requests over REST and gRPC, right ones and wrong ones of every kind, to a running server
// and checks every answer. As a script it starts a server of its own and watches its memory:
//
//     node apps/bench/rigs/fuzz.mjs MODEL.onnx [--requests 20000] [--seed 1]
import { Agent } from "node:http";
import { importOnnx } from "@stiffnet/onnx";
import { freePort } from "../../../scripts/free-port.mjs";
import { isMain, readCommand, wholeFrom } from "./command.mjs";
import { grpcClient } from "./fuzz/grpc.mjs";
import { generator } from "./fuzz/random.mjs";
import { make } from "./fuzz/requests.mjs";
import { expectedOf, rowsOf } from "./fuzz/well-formed.mjs";
import { startServer } from "./server.mjs";

/** Sends `count` requests, some of them side by side, and returns what was found: every problem with the
 *  request that met it. */
export async function fuzz({ url, grpcAddress, count, seed = 1, onProgress = () => {} }) {
  const grpc = grpcAddress && grpcClient(grpcAddress);
  const agent = new Agent({ keepAlive: true, maxSockets: 16 });
  const { models } = await (await fetch(`${url}/models`)).json();
  const model = models[0];
  const file = await fetch(`${url}/models/${encodeURIComponent(model.name)}/file`);
  const networks = await importOnnx(new Uint8Array(await file.arrayBuffer()));
  // Differences are relative to how large each output gets.
  const random = generator(seed);
  const answers = expectedOf({ networks }, rowsOf({ model }, random, 200));
  const { length } = model.outputs;
  const scale = model.outputs.map((_, j) =>
    answers.reduce((most, y, k) => (k % length === j ? Math.max(most, Math.abs(y)) : most), 0),
  );
  const context = { url, agent, grpc, model, networks, scale };
  const problems = [];
  const statuses = {};
  let right = 0;
  let next = 0;
  async function lane() {
    while (next < count) {
      const k = next++;
      const random = generator(seed * 1_000_003 + k);
      const made = make(context, random);
      const answer = await made.send().catch((error) => ({ status: `error ${error.code ?? error.message}` }));
      statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
      const problem = made.check(answer);
      if (problem)
        problems.push({
          request: k,
          kind: made.kind,
          problem,
          status: answer.status,
          body: String(answer.body).slice(0, 200),
        });
      else if (made.valid) right++;
      if ((k + 1) % 1000 === 0) await onProgress(k + 1);
    }
  }
  await Promise.all(Array.from({ length: 16 }, lane));
  agent.destroy();
  grpc?.close();
  const alive = (await fetch(`${url}/v2/health/ready`)).status === 200;
  if (!alive) problems.push({ problem: "the server is not ready at the end" });
  return { count, right, statuses, problems };
}

async function main() {
  const {
    path,
    requests: count,
    seed,
  } = readCommand({
    name: "fuzz",
    about: "Sends generated requests over REST and gRPC, right and wrong, and checks every answer.",
    example: "model.onnx --requests 5000 --seed 2",
    options: [
      ["--requests <n>", "how many", wholeFrom(1), 20_000],
      ["--seed <n>", "what they are generated from", wholeFrom(0), 1],
    ],
  });
  const grpcPort = await freePort();
  const { child, url } = await startServer([path, "--grpc-port", `${grpcPort}`, "--workers", "2"]);
  const memory = async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    return Number(/^process_resident_memory_bytes (\S+)/m.exec(text)[1]) / 2 ** 20;
  };
  const curve = [];
  const result = await fuzz({
    url,
    grpcAddress: `127.0.0.1:${grpcPort}`,
    count,
    seed,
    onProgress: async (done) => {
      curve.push(Math.round(await memory()));
      process.stderr.write(`${done} requests, ${curve.at(-1)} MiB resident\n`);
    },
  });
  child.kill("SIGTERM");
  const code = await new Promise((resolve) => child.once("exit", resolve));
  console.log(
    JSON.stringify({ ...result, problems: result.problems.length, memory: curve, exit: code }, undefined, 2),
  );
  for (const problem of result.problems.slice(0, 20)) console.log(problem);
  process.exit(result.problems.length > 0 || code !== 0 ? 1 : 0);
}

if (isMain(import.meta.url)) await main();
