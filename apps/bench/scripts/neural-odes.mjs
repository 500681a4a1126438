// How many evaluations an adaptive solver needs for neural ODEs that were trained with each penalty, and with
// STEER. Prints the table of docs/research/penalties.md, section "Neural ODEs".
//
//   node scripts/neural-odes.mjs [--trials 3] [--epochs 200]
import { parseArgs } from "node:util";
import { evaluate, integrate, l2Penalty, neuralOde, train } from "@stiffnet/core";
import { tsit5 } from "@stiffnet/integrators";
import { prepare } from "@stiffnet/preparation";
import { median, pipeTable } from "@stiffnet/report";
import { penalisedProxies, stiffnessPenalty } from "@stiffnet/stiffness";
import { formatNumber } from "@stiffnet/terminal";
import { loadData } from "@stiffnet/trials";

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

const lines = [];
for (const [name, source] of Object.entries(sources)) {
  const data = await loadData(source, 1);
  for (const [way, options] of ways) {
    const found = [];
    for (let trial = 0; trial < Number(values.trials); trial++) {
      const shape = { inputs: data.inputNames.length, outputs: data.outputNames.length, width: 16, depth: 8 };
      const { model } = await train(
        neuralOde({ ...shape, solver: "rk4", weights: "linear", seed: 1, trial }),
        data,
        {
          epochs: Number(values.epochs),
          batchSize: 20,
          rate: 1e-2,
          seed: 1,
          trial,
          anneal: true,
          ...options,
        },
      );
      found.push({ fixed: evaluate(model, data.test).risk, ...(await priceOf(model, data.test)) });
    }
    const of = (key) => formatNumber(median(found.map((one) => one[key])));
    lines.push([`${name}, ${way}`, of("fixed"), of("error"), of("evaluations")]);
    console.error(lines.at(-1).join("  "));
  }
}
const header = ["data, penalty and weight", "test error, as trained", "test error, adaptive", "evaluations"];
console.log(pipeTable({ header, rows: lines }));
