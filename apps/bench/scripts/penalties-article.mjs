// docs/research/penalties: the effect of a stiffness penalty on a network. Trains small networks with each
// penalty, measures them, and draws the figures.
//
//   node scripts/penalties-article.mjs [--data site,borehole] [--trials 3] [--epochs 200] [--width 16]
//     [--depth 8]
//   node scripts/penalties-article.mjs --words    tables and figures again from the committed numbers
//
// A training that is in the JSON file already is not repeated, so that an interrupted run goes on. The built
// packages are used: run `npm run setup` in the workspace first.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { evaluate, l2Penalty, refine, resnet, train } from "@stiffnet/core";
import { median } from "@stiffnet/report";
import {
  eigenvaluesOf,
  logarithmicNorm,
  measure,
  penalisedProxies,
  proxies,
  singularValuesOf,
  stiffnessPenalty,
} from "@stiffnet/stiffness";
import { formatNumber } from "@stiffnet/terminal";
import { loadData } from "@stiffnet/trials";
import { growthOf } from "../dist/studies/growth.js";
import { outcomesOf, questionsOf } from "../dist/studies/question/outcomes.js";
import { writeWords } from "./penalties-figures.mjs";

const folder = fileURLToPath(new URL("../../../docs/research", import.meta.url));
const file = join(folder, "penalties.json");
const { values } = parseArgs({
  options: {
    data: { type: "string", default: "site,borehole" },
    trials: { type: "string", default: "3" },
    epochs: { type: "string", default: "200" },
    width: { type: "string", default: "16" },
    depth: { type: "string", default: "8" },
    words: { type: "boolean", default: false },
  },
});
const [trials, epochs, width, depth] = ["trials", "epochs", "width", "depth"].map((key) =>
  Number(values[key]),
);
const rows = 400;
/** Test rows that the Jacobians are taken at. */
const most = 10;

/** A name, and the weight of the sum over the layers; that of the ratios is of their logarithms. */
const penalties = [
  ["none", 0],
  ["l2", 1e-4],
  ["stiff", 1e-3],
  ["lognorm", 1e-3],
  ["singular", 1e-3],
  ["frobenius", 1e-3],
  ["eigenRatio", 1e-4],
  ["singularRatio", 1e-4],
];
const sources = {
  site: { kind: "dalec", ensemble: "site", train: rows, test: 500, validation: 0 },
  borehole: { kind: "function", name: "borehole", train: rows, test: 500, validation: 0 },
};

const known = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : { settings: {}, networks: [] };
if (!values.words) await trainAll();
writeWords(known, folder);

async function trainAll() {
  const settings = { trials, epochs, width, depth, rows, batch: 20, rate: 1e-2, penalties };
  if (JSON.stringify(known.settings) !== JSON.stringify(settings)) known.networks = [];
  known.settings = settings;
  for (const name of values.data.split(",")) {
    const data = await loadData(sources[name], 1);
    const questions = questionsOf({ seed: 1, inputNoise: 0.05, outside: 0.1 }, sources[name], data);
    for (let trial = 0; trial < trials; trial++) {
      for (const [penalty, weight] of penalties) {
        const done = known.networks.some(
          (one) => one.data === name && one.trial === trial && one.penalty === penalty,
        );
        if (done) continue;
        const found = await examine(name, data, questions, trial, penalty, weight);
        known.networks.push(found);
        writeFileSync(file, `${JSON.stringify(known)}\n`);
        console.log(name, trial, penalty, formatNumber(found.error), formatNumber(found.growth.at(-1)));
      }
    }
  }
}

function penaltyOf(name, weight) {
  if (name === "none") return undefined;
  if (name === "l2") return l2Penalty(weight);
  // The committed numbers used these options.
  const before = { tolerance: 1e-2, fewest: 2, most: 12 };
  const proxy = name === "lognorm" ? logarithmicNorm(before) : penalisedProxies[name].create();
  return stiffnessPenalty(proxy, { weight, aggregate: "sum" });
}

async function examine(name, data, questions, trial, penaltyName, weight) {
  const shape = {
    inputs: data.inputNames.length,
    outputs: data.outputNames.length,
    width,
    depth,
    seed: 1,
    trial,
  };
  const penalty = penaltyOf(penaltyName, weight);
  const run = await train(resnet(shape), data, {
    epochs,
    batchSize: 20,
    rate: 1e-2,
    seed: 1,
    trial,
    anneal: true,
    ...(penalty && { penalty }),
  });
  const { model } = run;
  const figures = Object.fromEntries(
    Object.entries(proxies).map(([proxy, { exact, typical }]) => [
      proxy,
      measure(model, data.test, exact(), { most })[typical],
    ]),
  );
  const { coarse, float16, noisy, outside } = outcomesOf(model, data, questions, { measuredOn: most });
  const matrices = jacobiansOf(model, data.test);
  const alpha = model.config.horizon / depth;
  return {
    data: name,
    trial,
    penalty: penaltyName,
    status: run.status,
    digest: run.digest.slice(0, 16),
    error: evaluate(model, data.test).risk,
    coarse,
    float16,
    noisy,
    outside,
    figures,
    // As many steps in the same time, the weights held.
    fine: evaluate(refine(model, 4), data.test).risk,
    growth: [...growthOf(model, data.test, { most }).layers],
    bounds: bounds(matrices, alpha),
    singular: Array.from({ length: width }, (_, k) =>
      median(matrices.flat().map((matrix) => singularValuesOf(matrix)[k])),
    ),
    // One layer in the middle of one network, for the figure of its spectrum.
    ...(trial === 0 && {
      matrix: [...matrices[Math.floor(depth / 2)][0]].map((x) => Number(x.toPrecision(6))),
    }),
  };
}

/** [layer][sample], by a proxy that keeps what it is shown. */
function jacobiansOf(model, samples) {
  const found = [];
  measure(
    model,
    samples,
    {
      name: "jacobians",
      bind: () => ({
        evaluate({ depth: N, width: D, batch, stride, weights, slopes }, out) {
          out.fill(0);
          for (let n = 0; n < N; n++) {
            found.push(
              Array.from({ length: batch }, (_, i) =>
                Float64Array.from(
                  { length: D * D },
                  (_, k) => slopes[(n * D + Math.floor(k / D)) * stride + i] * weights[n * D * D + k],
                ),
              ),
            );
          }
        },
      }),
    },
    { most },
  );
  return found;
}

/** Products over the layers, mean over the samples. Bounds of |I + alpha J| by the largest singular value,
 *  and by it and the logarithmic norm together. The third number uses the spectral radius, which gives no
 *  bound. */
function bounds(matrices, alpha) {
  const sizes = matrices.map((layer) =>
    layer.map((matrix) => {
      const sigma = singularValuesOf(matrix)[0];
      const { re, im } = eigenvaluesOf(matrix);
      const part = matrix.map((x, k) => (x + matrix[(k % width) * width + Math.floor(k / width)]) / 2);
      const mu = Math.max(...eigenvaluesOf(part).re);
      return {
        singular: 1 + alpha * sigma,
        // |(I + a J) x|^2 = |x|^2 + 2 a x^T J x + a^2 |J x|^2
        lognorm: Math.sqrt(Math.max(0, 1 + 2 * alpha * mu + (alpha * sigma) ** 2)),
        radius: 1 + alpha * Math.hypot(re[0], im[0]),
      };
    }),
  );
  const along = (name) => {
    const products = sizes[0].map(() => 1);
    return sizes.map((layer) => {
      layer.forEach((one, i) => {
        products[i] *= one[name];
      });
      return products.reduce((sum, x) => sum + x, 0) / products.length;
    });
  };
  return { singular: along("singular"), lognorm: along("lognorm"), radius: along("radius") };
}
