// How many evaluations an adaptive solver needs for neural ODEs that were trained with each penalty, with
// STEER, and with a penalty on the solver's error estimate. Prints the table of docs/research/penalties.md,
// section "Neural ODEs".
//
//   apps/bench/peers/setup jax
//   node scripts/neural-odes.mjs [--trials 3] [--epochs 200]
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { evaluate, integrate, l2Penalty, neuralOde, train } from "@stiffnet/core";
import { tsit5 } from "@stiffnet/integrators";
import { prepare } from "@stiffnet/preparation";
import { median, pipeTable } from "@stiffnet/report";
import { penalisedProxies, stiffnessPenalty } from "@stiffnet/stiffness";
import { formatNumber } from "@stiffnet/terminal";
import { loadData } from "@stiffnet/trials";
import { findPython } from "../dist/comparisons/peers/python.js";

const { values } = parseArgs({
  options: { trials: { type: "string", default: "3" }, epochs: { type: "string", default: "200" } },
});
const sources = {
  site: { kind: "dalec", ensemble: "site", train: 400, test: 100, validation: 0 },
  borehole: { kind: "function", name: "borehole", train: 400, test: 100, validation: 0 },
};
const stiffness = (name, weight) => ({
  penalty: stiffnessPenalty(penalisedProxies[name].create(), { weight }),
});
const ways = [
  ["nothing", {}],
  ["STEER, 0.25", { steer: 0.25 }],
  ["STEER, 0.5", { steer: 0.5 }],
  ["L2, 0.0001", { penalty: l2Penalty(1e-4) }],
  ["L2, 0.001", { penalty: l2Penalty(1e-3) }],
  ["spectral radius, 0.01", stiffness("stiff", 1e-2)],
  ["spectral radius, 0.1", stiffness("stiff", 0.1)],
  ["logarithmic norm, 0.01", stiffness("lognorm", 1e-2)],
  ["logarithmic norm, 0.1", stiffness("lognorm", 0.1)],
  ["singular value, 0.01", stiffness("singular", 1e-2)],
  ["Frobenius norm, 0.001", stiffness("frobenius", 1e-3)],
  ["Frobenius norm, 0.01", stiffness("frobenius", 1e-2)],
];
/** JAX trains these, from the same start: the first row shows what that alone changes. */
const errorWeights = [0, 10, 100, 1000, 10000];
const python = await findPython("solver_error.py", "import jax", "JAX");
if ("reason" in python) throw new Error(python.reason);
const tolerances = Array.from({ length: 17 }, (_, k) => 10 ** -(k / 4 + 1));

/** The test error (RMSE on prepared outputs) by the adaptive solver, and evaluations for a row. */
async function solved(model, rows, rtol) {
  const { outputs, stats, failed } = await integrate(model, rows.inputs, {
    solver: tsit5,
    rtol,
    atol: rtol,
  });
  if (failed > 0) throw new Error(`${failed} rows failed at rtol ${rtol}`);
  const [found, wanted] = [outputs, rows.outputs].map((given) => prepare(model.preparation.outputs, given));
  const squares = found.reduce((sum, y, i) => sum + (y - wanted[i]) ** 2, 0);
  return { error: Math.sqrt(squares / found.length), evaluations: stats.evaluations / rows.count };
}

/** The error of a tight solve, and the fewest evaluations that reach it within 1 %. */
async function priceOf(model, rows) {
  const { error } = await solved(model, rows, 1e-9);
  for (const rtol of tolerances) {
    const one = await solved(model, rows, rtol);
    if (one.error <= 1.01 * error) return { error, evaluations: one.evaluations };
  }
  return { error, evaluations: Number.NaN };
}

/** Models that JAX trained with a penalty on the error estimate of Tsit5's steps, one for each weight. */
function trainedByJax(start, preparation, data, settings) {
  const prepared = (rows, how) => {
    const values = [...prepare(how, rows)];
    return Array.from({ length: values.length / how.columns }, (_, i) =>
      values.slice(i * how.columns, (i + 1) * how.columns),
    );
  };
  const { config } = start;
  const request = {
    shape: config,
    horizon: config.horizon,
    steps: 4,
    start: [...start.parameters],
    inputs: prepared(data.train.inputs, preparation.inputs),
    outputs: prepared(data.train.outputs, preparation.outputs),
    weights: errorWeights,
    ...settings,
  };
  const { status, stdout, stderr } = spawnSync(python.command, [python.script], {
    input: JSON.stringify(request),
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`peers/solver_error.py: ${stderr.trim().split("\n").at(-1)}`);
  const answers = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return answers.map(({ parameters }) => ({
    ...start,
    parameters: Float32Array.from(parameters),
    preparation,
  }));
}

const lines = [];
for (const [name, source] of Object.entries(sources)) {
  const data = await loadData(source, 1);
  const found = new Map();
  const measure = async (way, model) => {
    const one = { fixed: evaluate(model, data.test).risk, ...(await priceOf(model, data.test)) };
    found.set(way, [...(found.get(way) ?? []), one]);
  };
  for (let trial = 0; trial < Number(values.trials); trial++) {
    const shape = { inputs: data.inputNames.length, outputs: data.outputNames.length, width: 16, depth: 8 };
    const create = () => neuralOde({ ...shape, solver: "rk4", weights: "linear", seed: 1, trial });
    const settings = { epochs: Number(values.epochs), batchSize: 20, rate: 1e-2, seed: 1 };
    let preparation;
    for (const [way, options] of ways) {
      const { model } = await train(create(), data, { ...settings, trial, anneal: true, ...options });
      preparation = model.preparation;
      await measure(way, model);
    }
    const models = trainedByJax(create(), preparation, data, { ...settings, seed: trial });
    for (const [k, model] of models.entries()) {
      await measure(errorWeights[k] === 0 ? "nothing, by JAX" : `solver's error, ${errorWeights[k]}`, model);
    }
  }
  for (const [way, all] of found) {
    const of = (key) => formatNumber(median(all.map((one) => one[key])));
    lines.push([`${name}, ${way}`, of("fixed"), of("error"), of("evaluations")]);
    console.error(lines.at(-1).join("  "));
  }
}
const header = ["data, penalty and weight", "test error, as trained", "test error, adaptive", "evaluations"];
console.log(pipeTable({ header, rows: lines }));
