// docs/step/crossover: from which width and batch TensorFlow's library takes less time a step than the
// kernels. One process an engine, in turns; the clock, so leave the machine alone.
//
//   node scripts/crossover.mjs [--sizes 50x20,200x100,...] [--depth 4] [--rounds 5]
//   node scripts/crossover.mjs --words    page and figure anew of the committed numbers
//
// Needs @tensorflow/tfjs-node, or what packages/tfjs/scripts/build-tfjs-node.mjs makes.
import { fork } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as Plot from "@observablehq/plot";
import { createEngine, resnet } from "@stiffnet/core";
import { median } from "@stiffnet/report";
import { drawSvg, logTicks, powerTick, seriesColour, seriesSymbol } from "@stiffnet/report/charts";
import { tfjsEngine } from "@stiffnet/tfjs";

const docs = fileURLToPath(new URL("../../../docs/step", import.meta.url));
const contenders = {
  native: { engine: "kernels", threads: 1, env: { STIFFNET_KERNELS: "native" } },
  wasm: { engine: "kernels", threads: 1, env: { STIFFNET_KERNELS: "wasm" } },
  "native, 2 threads": { engine: "kernels", threads: 2, env: { STIFFNET_KERNELS: "native" } },
  tensorflow: { engine: "tfjs", threads: 1 },
  "tensorflow, 2 threads": { engine: "tfjs", threads: 2 },
};

/** Whose times are divided, and how that is called. */
const pairs = [
  ["tensorflow", "native", "native kernels"],
  ["tensorflow", "wasm", "WebAssembly kernels"],
  ["tensorflow, 2 threads", "native, 2 threads", "native kernels, two threads each"],
];
const times = ({ milliseconds }, [library, kernels]) => milliseconds[library] / milliseconds[kernels];

if (process.send) await answer();
else await ask();

/** One engine: steps when it is asked, and how many milliseconds one took. */
async function answer() {
  const { engine: kind, threads, width, batch, depth } = JSON.parse(process.argv[2]);
  const { config, parameters } = resnet({ inputs: 15, outputs: 10, width, depth, seed: 1 });
  const make = kind === "tfjs" ? tfjsEngine({ backend: "tensorflow", threads }) : createEngine;
  const engine = await make(config, { batchSize: batch, threads });
  engine.write({ parameters });
  const numbers = (count) => Float32Array.from({ length: count }, (_, i) => ((i * 0.618) % 1) * 2 - 1);
  const table = engine.table(numbers(batch * 15), numbers(batch * 10));
  const order = Uint32Array.from({ length: batch }, (_, i) => i);
  let time = 0;
  const step = () => {
    engine.lossAndGradient(table, order, 0, batch);
    engine.step(++time, { rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
  };
  for (let i = 0; i < 3; i++) step();
  process.on("message", (milliseconds) => {
    const begin = performance.now();
    let steps = 0;
    for (; performance.now() - begin < milliseconds; steps++) step();
    process.send((performance.now() - begin) / steps);
  });
  process.send("ready");
}

async function ask() {
  const sizes =
    "50x20,100x100,200x100,300x100,250x300,300x500,800x100,400x500,1200x100,800x500,1200x500,2000x500";
  const { values } = parseArgs({
    options: {
      sizes: { type: "string", default: sizes },
      depth: { type: "string", default: "4" },
      rounds: { type: "string", default: "5" },
      words: { type: "boolean", default: false },
    },
  });
  const file = join(docs, "crossover.json");
  if (!values.words) {
    const [depth, rounds] = [values.depth, values.rounds].map(Number);
    const { tensorFlow } = await tfjsEngine({ backend: "tensorflow" })(
      resnet({ inputs: 1, outputs: 1, width: 1, depth: 1 }).config,
      {
        batchSize: 1,
      },
    );
    const versions = { node: process.versions.node, tensorflow: tensorFlow.version };
    const cases = [];
    for (const size of values.sizes.split(",")) {
      const [width, batch] = size.split("x").map(Number);
      const milliseconds = await compare(width, batch, depth, rounds);
      console.log(`width ${width}, batch ${batch}: ${JSON.stringify(milliseconds)}`);
      cases.push({ width, batch, milliseconds });
    }
    const machine = { processor: cpus()[0].model, cores: cpus().length };
    writeFileSync(file, `${JSON.stringify({ machine, versions, depth, rounds, cases }, null, 2)}\n`);
  }
  const measured = JSON.parse(readFileSync(file, "utf8"));
  const all = measured.cases
    .map((one) => ({ ...one, products: one.width ** 2 * one.batch }))
    .sort((a, b) => a.products - b.products);
  writeFileSync(join(docs, "crossover.svg"), figure(all));
  writeFileSync(join(docs, "crossover.md"), page(measured, all));
}

function figure(cases) {
  const points = pairs.flatMap((pair, k) =>
    cases.map((one) => ({ products: one.products, times: times(one, pair), name: pair[2], k })),
  );
  const extent = (of) => [Math.min(...points.map(of)), Math.max(...points.map(of))];
  const axis = (label, of) => ({
    ...{ type: "log", label, labelAnchor: "center", grid: true, tickFormat: powerTick },
    ticks: logTicks(...extent(of)),
  });
  const at = { x: "products", y: "times" };
  return drawSvg("crossover", "TensorFlow's time a step over the kernels'", {
    ...{ width: 640, height: 360, marginRight: 215, marginBottom: 40 },
    x: axis("products a layer, D\u00b2B", (point) => point.products),
    y: axis("TensorFlow's time over the kernels'", (point) => point.times),
    marks: [
      Plot.ruleY([1]),
      ...pairs.map((pair, k) => {
        const own = points.filter((point) => point.k === k);
        const look = { fill: seriesColour(k), symbol: seriesSymbol(k), r: 4 };
        return Plot.dot(own, {
          ...at,
          ...look,
          title: (point) => `${pair[2]}: ${point.times.toPrecision(3)}`,
        });
      }),
      ...pairs.map(([, , text], k) =>
        Plot.text([text], {
          ...{ frameAnchor: "top-right", textAnchor: "start", dx: 8, dy: 16 * k },
          fill: seriesColour(k),
        }),
      ),
    ],
  }).svg;
}

function page({ machine, versions, depth, rounds }, cases) {
  const rows = cases.map((one) => {
    const cells = pairs.map((pair) => times(one, pair).toPrecision(2));
    return `| ${one.width}, ${one.batch} | ${one.products.toExponential(1)} | ${cells.join(" | ")} |`;
  });
  return `# From which size TensorFlow's library trains faster

\`node scripts/crossover.mjs\` in \`apps/bench\`: a plain step (forward, backward, Adam) of depth ${depth}, 15 inputs and 10 outputs; TensorFlow's
time by the clock over that of the kernels, medians of ${rounds} rounds in which the engines took turns. Below 1 the library is faster.

![TensorFlow's time over the kernels' against the products of a layer](crossover.svg)

| width, batch | products a layer, D\u00b2B | ${pairs.map(([, , name]) => `over ${name}`).join(" | ")} |
| --- | --- | ${pairs.map(() => "---").join(" | ")} |
${rows.join("\n")}

${machine.cores} cores of an ${machine.processor}; Node ${versions.node}, tfjs-node ${versions.tensorflow} with the native library. [Every number](crossover.json), in milliseconds.
[The other engines](README.md).
`;
}

async function compare(width, batch, depth, rounds) {
  const file = fileURLToPath(import.meta.url);
  const running = [];
  const times = {};
  for (const [name, { env, ...rest }] of Object.entries(contenders)) {
    const child = fork(file, [JSON.stringify({ ...rest, width, batch, depth })], {
      // What reading the version here has put there is no child's.
      env: { ...process.env, TF_NUM_INTRAOP_THREADS: String(rest.threads), ...env },
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
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]));
}
