// Networks trained with Gelfand's formula and with Arnoldi from the same seeds: the exact stiffness they end
// with, and their risks. Prints a Markdown table and one JSON line a trial.
//
//   node scripts/gelfand-or-arnoldi.mjs alpine|FILE INPUTS OUTPUTS [--trials 10] [--first 0] [--epochs 300]
//     [--weights 1e-3,1] [--rate 1e-3] [--patience 10] [--methods gelfand,arnoldi]
//     > methods.jsonl
//
// --patience halves the rate after so many epochs without progress, so that a run ends on a plateau. --first
// is the number of the first trial: processes can share the work. --methods picks some of plain, gelfand and
// arnoldi, both of which see all samples of each batch.
//
// The built packages are used: run `npm run setup` in the workspace first.
import { parseArgs } from "node:util";
import { resnet, train } from "@stiffnet/core";
import { alpine02, readTable, sample } from "@stiffnet/datasets";
import { measure, spectralRadius, stiffnessPenalty } from "@stiffnet/stiffness";
import { median, span } from "./span.mjs";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    trials: { type: "string", default: "10" },
    epochs: { type: "string", default: "300" },
    weights: { type: "string", default: "1e-3,1" },
    rate: { type: "string", default: "1e-3" },
    first: { type: "string", default: "0" },
    patience: { type: "string" },
    methods: { type: "string", default: "plain,gelfand,arnoldi" },
  },
});
const [name = "alpine", inputs, outputs] = positionals;
const exact = spectralRadius({ method: "dense" });
const proxies = {
  plain: undefined,
  gelfand: spectralRadius({ method: "gelfand" }),
  arnoldi: spectralRadius(),
};
const methods = values.methods.split(",");
const table = name === "alpine" ? undefined : await readTable(name);
const shape =
  name === "alpine"
    ? { width: 20, depth: 10, batchSize: 45, activation: "tanh" }
    : { width: 20, depth: 8, batchSize: 20, activation: "softplus", lift: "identity" };

const rows = [];
const first = Number(values.first);
const patience = Number(values.patience ?? 0);
for (const weight of values.weights.split(",").map(Number)) {
  for (let trial = first; trial < first + Number(values.trials); trial++) {
    const data = table
      ? table.split({ inputs, outputs, test: 0.2, seed: 1 })
      : sample(alpine02(2), { train: 900, test: 100, seed: 1, trial });
    const counts = { inputs: data.inputNames.length, outputs: data.outputNames.length };
    const model = resnet({ ...counts, ...shape, seed: 1, trial });
    const found = { weight, trial };
    for (const method of methods) {
      const proxy = proxies[method];
      if (method === "plain" && weight !== Number(values.weights.split(",")[0])) continue;
      const penalty = proxy && stiffnessPenalty(proxy, { weight, subset: 1 });
      const options = {
        epochs: Number(values.epochs),
        batchSize: shape.batchSize,
        rate: Number(values.rate),
        ...(patience > 0 && { plateau: { factor: 0.5, patience, cooldown: 2 * patience, threshold: 1e-4 } }),
        seed: 1,
        trial,
      };
      const run = await train(model, data, penalty ? { ...options, penalty } : options);
      const last = run.history.at(-1);
      found[method] = {
        status: run.status,
        stiffness: measure(run.model, data.test, exact, { most: 50 }).mean,
        riskTrain: last.riskTrain,
        riskTest: last.riskTest,
        seconds: run.seconds,
      };
    }
    rows.push(found);
    console.log(JSON.stringify(found));
  }
}

console.log(
  "| weight | method | exact stiffness | ER | GE | seconds |\n| --- | --- | --- | --- | --- | --- |",
);
for (const weight of new Set(rows.map((row) => row.weight))) {
  for (const method of methods) {
    const of = rows.filter((row) => row.weight === weight && row[method]).map((row) => row[method]);
    if (of.length === 0) continue;
    const column = (key) => span(of.map((run) => run[key]));
    console.log(
      `| ${method === "plain" ? 0 : weight} | ${method} | ${column("stiffness")} | ${column("riskTrain")} | ${column("riskTest")} | ${median(of.map((run) => run.seconds)).toFixed(0)} |`,
    );
  }
  const of = rows.filter((row) => row.weight === weight && row.arnoldi && row.gelfand);
  if (of.length === 0) continue;
  console.log(
    `ratio of stiffness, arnoldi to gelfand, weight ${weight}: ${span(of.map((r) => r.arnoldi.stiffness / r.gelfand.stiffness))}`,
  );
}
