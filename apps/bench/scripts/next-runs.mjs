// Runs that nextRuns suggests beside a space-filling design of the same size, on test functions.
//
//   nice -n 10 node apps/bench/scripts/next-runs.mjs --repetitions 20
//
// Both begin with the first rows of a scrambled Sobol sequence. The design goes on with the sequence; the
// suggestions take a batch, are simulated, and the model is trained again. Prints Markdown: medians over
// repetitions, with intervals of the median by the ranks of a sign test.
import { parseArgs } from "node:util";
import { samplingStream } from "@stiffnet/base";
import { predict, resnet, train } from "@stiffnet/core";
import { borehole, ishigami, sobol, toAxes, wingWeight } from "@stiffnet/datasets";
import { dataset } from "@stiffnet/preparation";
import { gaussianModel, nextRuns, predictGaussianModel, spreadOf } from "@stiffnet/uncertainty";

const { values: given } = parseArgs({
  options: {
    repetitions: { type: "string", default: "20" },
    start: { type: "string", default: "40" },
    batch: { type: "string", default: "20" },
    batches: { type: "string", default: "3" },
    trials: { type: "string", default: "4" },
    steps: { type: "string", default: "6000" },
    models: { type: "string", default: "networks,process" },
    functions: { type: "string", default: "borehole,ishigami,wingWeight" },
  },
});
const number = (name) => Number(given[name]);
const functions = { borehole: borehole(), ishigami: ishigami(), wingWeight: wingWeight() };
const [tested, candidates] = [1000, 4096];

/** The mean of the trials and their spread at rows of inputs. */
const models = {
  async networks(data, seed) {
    const trained = [];
    for (let trial = 0; trial < number("trials"); trial++) {
      const shape = {
        inputs: data.inputNames.length,
        outputs: 1,
        width: 20,
        depth: 2,
        activation: "softplus",
      };
      const model = resnet({ ...shape, lift: "identity", seed, trial });
      const epochs = Math.ceil((20 * number("steps")) / data.train.count);
      const run = await train(model, data, { epochs, batchSize: 20, rate: 0.01 });
      if (run.status === "finished") trained.push(run.model);
    }
    return (rows) => spreadOf(trained.map((model) => predict(model, rows)));
  },
  async process(data) {
    const model = gaussianModel(data);
    return (rows) => predictGaussianModel(model, rows);
  },
};

async function fitted(kind, fn, units, seed) {
  const inputs = toAxes(units, fn.inputs);
  const samples = { count: inputs.length / fn.inputs.length, inputs, outputs: fn.evaluate(inputs) };
  const inputNames = fn.inputs.map(({ name }) => name);
  return models[kind](dataset({ name: fn.name, inputNames, outputNames: ["y"], train: samples }), seed);
}

/** Root mean square error over the deviation of the outputs. */
function errorOf(answer, fn, units) {
  const inputs = toAxes(units, fn.inputs);
  const truth = fn.evaluate(inputs);
  const { mean } = answer(inputs);
  const centre = truth.reduce((sum, y) => sum + y / truth.length, 0);
  const square = (of) => truth.reduce((sum, y, i) => sum + (y - of(i)) ** 2, 0);
  return Math.sqrt(square((i) => mean[i]) / square(() => centre));
}

/** Errors after each batch: of the design and of the suggestions. */
async function repetition(kind, fn, seed) {
  const dimension = fn.inputs.length;
  const [start, batch, batches] = ["start", "batch", "batches"].map(number);
  const points = (count, purpose) => sobol().points(count, dimension, samplingStream(seed, purpose));
  const sequence = points(start + batch * batches, "points");
  const test = points(tested, "test");
  const first = await fitted(kind, fn, sequence.subarray(0, start * dimension), seed);
  const errors = { design: [errorOf(first, fn, test)], suggested: [errorOf(first, fn, test)] };
  let rows = sequence.slice(0, start * dimension);
  let answer = first;
  for (let k = 1; k <= batches; k++) {
    const design = await fitted(kind, fn, sequence.slice(0, (start + k * batch) * dimension), seed);
    errors.design.push(errorOf(design, fn, test));
    const pool = sobol().points(candidates, dimension, samplingStream(seed, "validation", k));
    const spreads = answer(toAxes(pool, fn.inputs)).std;
    const chosen = nextRuns({ candidates: pool, columns: dimension, spreads, known: rows, runs: batch });
    const added = chosen.flatMap(({ candidate }) => [
      ...pool.subarray(candidate * dimension, (candidate + 1) * dimension),
    ]);
    rows = Float64Array.from([...rows, ...added]);
    answer = await fitted(kind, fn, rows, seed);
    errors.suggested.push(errorOf(answer, fn, test));
  }
  return errors;
}

/** The number of rows at which a curve reaches an error, linear in its logarithm. Infinity if it never
 *  does. */
function rowsFor(curve, error) {
  const at = curve.findIndex((value) => value <= error);
  if (at < 0) return Number.POSITIVE_INFINITY;
  if (at === 0) return number("start");
  const share = Math.log(curve[at - 1] / error) / Math.log(curve[at - 1] / curve[at]);
  return number("start") + number("batch") * (at - 1 + share);
}

/** The median, and the ranks about it that hold it in at least 90 % of the cases. */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  let [rank, tail, term] = [0, 0, 0.5 ** n];
  for (; rank < n / 2 && tail + term <= 0.05; rank++) {
    tail += term;
    term *= (n - rank) / (rank + 1);
  }
  const middle = (sorted[Math.floor((n - 1) / 2)] + sorted[Math.ceil((n - 1) / 2)]) / 2;
  return { middle, low: sorted[Math.max(0, rank - 1)], high: sorted[Math.min(n - 1, n - rank)] };
}

const told = ({ middle, low, high }, digits) => {
  const one = (x) => (Number.isFinite(x) ? x.toFixed(digits) : "more");
  return `${one(middle)} (${one(low)} to ${one(high)})`;
};
const last = number("start") + number("batch") * number("batches");
const percent = (values) => told(median(values.map((value) => 100 * value)), 2);

console.log(
  `| model | function | error at ${number("start")} rows, % | design at ${last}, % | suggested at ${last}, % | suggested over design | rows for the design's error at ${last} |\n| --- | --- | --- | --- | --- | --- | --- |`,
);
for (const kind of given.models.split(",")) {
  for (const name of given.functions.split(",")) {
    const all = [];
    for (let r = 1; r <= number("repetitions"); r++) all.push(await repetition(kind, functions[name], r));
    const cells = [
      kind,
      name,
      percent(all.map(({ design }) => design[0])),
      percent(all.map(({ design }) => design.at(-1))),
      percent(all.map(({ suggested }) => suggested.at(-1))),
      told(median(all.map(({ design, suggested }) => suggested.at(-1) / design.at(-1))), 2),
      told(median(all.map(({ design, suggested }) => rowsFor(suggested, design.at(-1)))), 0),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  }
}
