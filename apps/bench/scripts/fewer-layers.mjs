// The table "With fewer layers" of docs/research/penalties.md, on standard output. One input, six
// initialisations, layers that share their weights or have their own. The built packages are used.
//
//   node scripts/fewer-layers.mjs
import { samplingStream } from "@stiffnet/base";
import { evaluate, l2Penalty, neuralOde, train, withDepth } from "@stiffnet/core";
import { dataset } from "@stiffnet/preparation";
import { median } from "@stiffnet/report";
import { logarithmicNorm, spectralRadius, stiffnessPenalty } from "@stiffnet/stiffness";

const depth = 8;
const seeds = [1, 2, 3, 4, 5, 6];
const penalties = {
  nothing: undefined,
  "spectral radius, 0.03": stiffnessPenalty(spectralRadius(), { weight: 0.03 }),
  "spectral radius, 0.1": stiffnessPenalty(spectralRadius(), { weight: 0.1 }),
  "logarithmic norm, 0.03": stiffnessPenalty(logarithmicNorm(), { weight: 0.03 }),
  "logarithmic norm, 0.1": stiffnessPenalty(logarithmicNorm(), { weight: 0.1 }),
  "L2, 0.001": l2Penalty(0.001),
  "L2, 0.01": l2Penalty(0.01),
};

const draw = (count, purpose) => {
  const stream = samplingStream(1, purpose, 0);
  const inputs = Float64Array.from({ length: count }, () => 2 * stream.uniform() - 1);
  return { count, inputs, outputs: inputs.map((x) => 1 / (1 + 10 * x * x)) };
};
const test = draw(200, "test");
const names = { inputNames: ["x"], outputNames: ["y"] };
const data = { ...dataset({ name: "bump", ...names, train: draw(30, "points"), test }), test };

/** Test errors with all layers, half of them and a quarter, for every seed. */
async function errorsOf(weights, penalty) {
  const found = [];
  for (const seed of seeds) {
    const start = neuralOde({ inputs: 1, outputs: 1, width: 16, depth, activation: "tanh", weights, seed });
    const options = { epochs: 600, batchSize: 20, rate: 0.01, seed, ...(penalty && { penalty }) };
    const { model } = await train({ ...start, ...names, preparation: data.preparation }, data, options);
    found.push([1, 2, 4].map((part) => evaluate(withDepth(model, depth / part), test).risk));
  }
  return found;
}

const round = (value) => Number(value.toPrecision(2));
console.log("| layers have | penalty, weight | all layers | half | a quarter | half: times better |");
console.log("| --- | --- | ---: | ---: | ---: | ---: |");
for (const [weights, words] of [
  ["constant", "the same weights"],
  ["perLayer", "weights of their own"],
]) {
  const plain = await errorsOf(weights, undefined);
  for (const [name, penalty] of Object.entries(penalties)) {
    const found = penalty ? await errorsOf(weights, penalty) : plain;
    const medians = [0, 1, 2].map((k) => round(median(found.map((errors) => errors[k]))));
    const gains = found.map((errors, k) => plain[k][1] / errors[1]);
    const range = `${round(median(gains))} (${round(Math.min(...gains))} to ${round(Math.max(...gains))})`;
    console.log(`| ${words} | ${name} | ${medians.join(" | ")} | ${penalty ? range : 1} |`);
  }
}
