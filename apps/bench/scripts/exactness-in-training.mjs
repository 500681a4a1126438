// How exact are the values that a training penalises? Every `--every`th step compares the spectral radii of
// all layers and samples with dense eigenvalues of the same Jacobians. Prints one JSON line.
//
//   node scripts/exactness-in-training.mjs dalec:site|FILE INPUTS OUTPUTS [--weight 1e-3]
//     [--aggregate mean] [--epochs 300] [--every 67] [--options '{"most":16}']
//
// The built packages are used: run `npm run setup` in the workspace first.
import { parseArgs } from "node:util";
import { resnet, train } from "@stiffnet/core";
import { dalecDataset } from "@stiffnet/datasets";
import { spectralRadius, stiffnessPenalty } from "@stiffnet/stiffness";
import { readTable } from "@stiffnet/tables";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    weight: { type: "string", default: "1e-3" },
    aggregate: { type: "string", default: "mean" },
    epochs: { type: "string", default: "300" },
    every: { type: "string", default: "67" },
    activation: { type: "string", default: "tanh" },
    options: { type: "string", default: "{}" },
  },
});
const [name = "dalec:site", inputs, outputs] = positionals;
const data = name.startsWith("dalec:")
  ? dalecDataset({ ensemble: name.slice(6), train: 1996, test: 500, seed: 1 })
  : (await readTable(name)).split({ inputs, outputs, test: 0.2, seed: 1 });

const proxy = spectralRadius(JSON.parse(values.options));
const errors = [];
let steps = 0;
/** The proxy, watched. */
const watched = {
  ...proxy,
  bind(space) {
    const inner = proxy.bind(space);
    const exact = proxy.exact.bind({ ...space, gradient: false });
    const truth = new Float32Array(space.depth * space.capacity);
    return {
      ...inner,
      evaluate(jacobians, found, indices) {
        inner.evaluate(jacobians, found, indices);
        if (++steps % Number(values.every) !== 0) return;
        exact.evaluate(jacobians, truth);
        const count = jacobians.depth * jacobians.batch;
        for (let i = 0; i < count; i++) {
          errors.push({ step: steps, error: Math.abs(found[i] / truth[i] - 1) });
        }
      },
    };
  },
};
const model = resnet({
  inputs: data.inputNames.length,
  outputs: data.outputNames.length,
  width: 50,
  depth: 16,
  activation: values.activation,
  seed: 1,
});
const penalty = stiffnessPenalty(watched, { weight: Number(values.weight), aggregate: values.aggregate });
const run = await train(model, data, { epochs: Number(values.epochs), batchSize: 20, penalty, seed: 1 });
const quantile = (list, q) => [...list].sort((a, b) => a - b)[Math.floor(q * (list.length - 1))];
const of = (from, to) => {
  const part = errors
    .filter(({ step }) => step > from * steps && step <= to * steps)
    .map(({ error }) => error);
  return { median: quantile(part, 0.5), p99: quantile(part, 0.99) };
};
const last = run.history.at(-1);
console.log(
  JSON.stringify({
    data: name,
    ...values,
    proxy: proxy.name,
    all: of(0, 1),
    first: of(0, 0.05),
    last: of(0.75, 1),
    products:
      run.history.slice(1).reduce((sum, { statistics }) => sum + statistics.productsPerPair, 0) /
      (run.history.length - 1),
    penalty: last.penalty,
    riskTrain: last.riskTrain,
  }),
);
