// From which width and batch TensorFlow's library takes less time a step than the kernels: one process an
// engine, in turns. Needs @tensorflow/tfjs-node. The processor's time is what the clock would say on a
// machine with nothing else to do, for one thread; of several it is the sum.
//
//   node apps/bench/scripts/crossover.mjs [--widths 50,200,...] [--batches 20,...] [--depth 16] [--rounds 5]
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createEngine, resnet } from "@stiffnet/core";
import { tfjsEngine } from "@stiffnet/tfjs";
import { span } from "./span.mjs";

const contenders = {
  native: { engine: "kernels", env: { STIFFNET_KERNELS: "native" } },
  wasm: { engine: "kernels", env: { STIFFNET_KERNELS: "wasm" } },
  "tensorflow, 1 thread": { engine: "tfjs", threads: 1 },
  "tensorflow, 2 threads": { engine: "tfjs", threads: 2 },
};

if (process.send) await answer();
else await ask();

/** One engine: a step when it is asked, and how many milliseconds it took. */
async function answer() {
  const { engine: kind, threads, width, batch, depth } = JSON.parse(process.argv[2]);
  const { config, parameters } = resnet({ inputs: 15, outputs: 10, width, depth, seed: 1 });
  const make = kind === "tfjs" ? tfjsEngine({ backend: "tensorflow", threads }) : createEngine;
  const engine = await make(config, { batchSize: batch });
  engine.write({ parameters });
  const numbers = (count) => Float32Array.from({ length: count }, (_, i) => ((i * 0.618) % 1) * 2 - 1);
  const table = engine.table(numbers(batch * 15), numbers(batch * 10));
  const order = engine.order(batch);
  for (let i = 0; i < batch; i++) order.array[i] = i;
  let time = 0;
  const step = () => {
    engine.lossAndGradient(table, order, 0, batch);
    engine.step(++time, { rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
  };
  for (let i = 0; i < 3; i++) step();
  process.on("message", (milliseconds) => {
    const begin = { clock: performance.now(), processor: process.cpuUsage() };
    let steps = 0;
    let least = Number.POSITIVE_INFINITY;
    while (performance.now() - begin.clock < milliseconds) {
      const before = performance.now();
      step();
      least = Math.min(least, performance.now() - before);
      steps++;
    }
    const { user, system } = process.cpuUsage(begin.processor);
    process.send({ processor: (user + system) / 1e3 / steps, least });
  });
  process.send("ready");
}

async function ask() {
  const { values } = parseArgs({
    options: {
      widths: { type: "string", default: "50,100,200,400,800" },
      batches: { type: "string", default: "20,100,500" },
      depth: { type: "string", default: "16" },
      rounds: { type: "string", default: "5" },
    },
  });
  const list = (text) => text.split(",").map(Number);
  console.log(
    `depth ${values.depth}, ${values.rounds} rounds; ms a step: processor, median (from to); least by the clock`,
  );
  for (const width of list(values.widths)) {
    for (const batch of list(values.batches)) {
      const times = await compare(width, batch, Number(values.depth), Number(values.rounds));
      const words = Object.entries(times).map(
        ([name, rounds]) =>
          `${name} ${span(rounds.map(({ processor }) => processor))}; ${Math.min(...rounds.map(({ least }) => least)).toPrecision(3)}`,
      );
      console.log(`width ${width}, batch ${batch}: ${words.join(" | ")}`);
    }
  }
}

async function compare(width, batch, depth, rounds) {
  const file = fileURLToPath(import.meta.url);
  const running = [];
  const times = {};
  for (const [name, { env, ...rest }] of Object.entries(contenders)) {
    const child = fork(file, [JSON.stringify({ ...rest, width, batch, depth })], {
      env: { ...process.env, ...env },
    });
    await once(child, "message");
    running.push([name, child]);
    times[name] = [];
  }
  for (let round = 0; round < rounds; round++) {
    for (const [name, child] of running) {
      child.send(400);
      times[name].push((await once(child, "message"))[0]);
    }
  }
  for (const [, child] of running) child.kill();
  return times;
}
