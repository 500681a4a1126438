// Trains networks from the same seeds with variants of the penalty: Gelfand's formula or Arnoldi iteration,
// all samples of each batch or some. Reports exact final stiffness, errors and training time. Prints one JSON
// line for each trial, then a table.
//
//   node scripts/penalty-variants.mjs site|global|alpine|FILE INPUTS OUTPUTS [--variants all,default]
//     [--trials 10] [--first 0] [--epochs 250] [--weight 1e-3] [--aggregate sum] [--rate 1e-3] [--patience 0]
//     [--width 50] [--depth 16] [--activation tanh] [--lift tanh] > variants.jsonl
//
// A variant is plain, gelfand (all samples), all (as 1:7-14:4:0.015), default, or SHARE[:FEWEST-MOST[:POWERS
// [:TOLERANCE]]]. These are the share of the samples, Krylov dimensions, powers of the derivative, and the
// residual that the dimensions follow, as in 0.2:4-8:3. --patience halves the rate after so many epochs
// without progress.
// --first is the number of the first trial, so that processes can share the work. A fifth of a file is the
// test set.
//
// The built packages are used: run `npm run setup` in the workspace first.
import { parseArgs } from "node:util";
import { resnet, train } from "@stiffnet/core";
import { alpine02, dalecDataset, sample } from "@stiffnet/datasets";
import { measure, spectralRadius, stiffnessPenalty } from "@stiffnet/stiffness";
import { readTable } from "@stiffnet/tables";
import { span } from "./span.mjs";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    variants: { type: "string", default: "all,default" },
    trials: { type: "string", default: "10" },
    first: { type: "string", default: "0" },
    epochs: { type: "string", default: "250" },
    weight: { type: "string", default: "1e-3" },
    aggregate: { type: "string", default: "sum" },
    rate: { type: "string", default: "1e-3" },
    patience: { type: "string", default: "0" },
    width: { type: "string", default: "50" },
    depth: { type: "string", default: "16" },
    activation: { type: "string", default: "tanh" },
    lift: { type: "string", default: "tanh" },
  },
});
const [name = "site", inputs, outputs] = positionals;
const number = (key) => Number(values[key]);

async function dataOf(trial) {
  if (name === "alpine") return sample(alpine02(2), { train: 900, test: 100, seed: 1, trial });
  if (name !== "site" && name !== "global") {
    return (await readTable(name)).split({ inputs, outputs, test: 0.2, seed: 1 });
  }
  return dalecDataset({ ensemble: name, train: 1996, test: 500, seed: 1 });
}
const { activation, lift, aggregate } = values;
const shape = { width: number("width"), depth: number("depth"), activation, lift };
const batchSize = name === "alpine" ? 45 : 20;

function penaltyOf(variant) {
  const options = { weight: number("weight"), aggregate };
  if (variant === "gelfand") {
    return stiffnessPenalty(spectralRadius({ method: "gelfand" }), { ...options, subset: 1 });
  }
  const [share, lengths, powers, tolerance] = (variant === "all" ? "1:7-14:4:0.015" : variant).split(":");
  const [fewest, most] = (lengths ?? "").split("-").map(Number);
  const proxy = spectralRadius({
    ...(lengths && { fewest, most }),
    ...(powers && { powers: Number(powers) }),
    ...(tolerance && { tolerance: Number(tolerance) }),
  });
  const subset = share === "default" ? {} : { subset: Number(share) };
  return stiffnessPenalty(proxy, { ...options, ...subset });
}

const exact = spectralRadius({ method: "dense" });
const variants = values.variants.split(",");
const rows = [];
for (let trial = number("first"); trial < number("first") + number("trials"); trial++) {
  const data = await dataOf(trial);
  const counts = { inputs: data.inputNames.length, outputs: data.outputNames.length };
  const found = { name, trial };
  for (const variant of variants) {
    const patience = number("patience");
    const run = await train(resnet({ ...counts, ...shape, seed: 1, trial }), data, {
      epochs: number("epochs"),
      batchSize,
      rate: number("rate"),
      seed: 1,
      trial,
      ...(patience > 0 && { plateau: { factor: 0.5, patience, cooldown: 2 * patience, threshold: 1e-4 } }),
      ...(variant !== "plain" && { penalty: penaltyOf(variant) }),
    });
    const { riskTrain, riskTest } = run.history.at(-1);
    const stiffness = measure(run.model, data.test, exact, { most: 50 }).mean;
    const { processorSeconds: seconds, status } = run;
    found[variant] = { status, stiffness, riskTrain, riskTest, seconds };
  }
  rows.push(found);
  console.log(JSON.stringify(found));
}

const [first] = variants;
console.log(
  `| ${name} | exact stiffness | over ${first} | ER | GE | processor seconds |\n| --- | --- | --- | --- | --- | --- |`,
);
for (const variant of variants) {
  const column = (key) => span(rows.map((row) => row[variant][key]));
  const ratio = span(rows.map((row) => row[variant].stiffness / row[first].stiffness));
  console.log(
    `| ${variant} | ${column("stiffness")} | ${ratio} | ${column("riskTrain")} | ${column("riskTest")} | ${column("seconds")} |`,
  );
}
