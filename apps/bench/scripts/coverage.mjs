// How many of 1,000 new rows the 90 % intervals of `stiffnet train` hold, on Friedman's function of ten
// inputs
//
//   y = 10 sin(pi x1 x2) + 20 (x3 - 1/2)^2 + 10 x4 + 5 x5 + noise
//
// with 40, 80 and 160 training rows, without noise and with noise of deviation 1, four draws each:
//
//   node apps/bench/scripts/coverage.mjs --out results/coverage
//
// The tables and models stay in the folder, and a run that is there is not trained again. What stands
// after -- is given to 'train', as in -- --trials 4.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { randomStream } from "@stiffnet/base";
import { friedman } from "@stiffnet/datasets";

const { values: options, positionals: extra } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: "string", default: "results/coverage" },
    draws: { type: "string", default: "4" },
    workers: { type: "string", default: "2" },
  },
});
const bin = fileURLToPath(new URL("../../stiffnet/bin/stiffnet.js", import.meta.url));
const tested = 1000;
const { evaluate, inputs } = friedman(10);

function tableOf(rows, noise, seed) {
  const random = randomStream(seed, 0);
  const normal = () =>
    Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  const lines = Array.from({ length: rows }, () => {
    const x = Float64Array.from(inputs, () => random.uniform());
    return [...x, evaluate(x)[0] + noise * normal()].join(",");
  });
  return [[...inputs.map(({ name }) => name), "y"].join(","), ...lines].join("\n");
}

function held(rows, noise, draw) {
  const out = join(resolve(options.out), [rows, noise, draw].join("-"));
  mkdirSync(out, { recursive: true });
  const table = join(out, "table.csv");
  writeFileSync(table, tableOf(rows + tested, noise, 1000 * rows + 100 * noise + draw));
  const args = `--inputs 1-10 --outputs y --test ${tested} --json --workers ${options.workers}`.split(" ");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [bin, "train", table, ...args, ...extra, "--out", join(out, "run")],
    { encoding: "utf8", maxBuffer: 2 ** 28 },
  );
  if (status !== 0) throw new Error(`${table}: ${stderr}`);
  const { outputs } = JSON.parse(stdout);
  return outputs[0];
}

const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const row = (cells) => console.log(`| ${cells.join(" | ")} |`);
row(["training rows", "noise", "held", "least", "most", "half-width"]);
row(["--:", "--:", "--:", "--:", "--:", "--:"]);
const all = [];
for (const rows of [40, 80, 160]) {
  for (const noise of [0, 1]) {
    const runs = Array.from({ length: Number(options.draws) }, (_, k) => held(rows, noise, k + 1));
    const shares = runs.map(({ coverage }) => coverage);
    all.push(...shares);
    const width = mean(runs.map(({ halfWidth }) => halfWidth)).toFixed(2);
    row([rows, noise, ...[mean(shares), Math.min(...shares), Math.max(...shares)].map(percent), width]);
  }
}
row(["all", "", ...[mean(all), Math.min(...all), Math.max(...all)].map(percent), ""]);
