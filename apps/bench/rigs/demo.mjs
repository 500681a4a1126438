// A surrogate to try the service with: the energy balance of a wet surface (Priestley-Taylor evaporation with
// a wind term). Three small networks learn it from 800 points, and 200 others calibrate intervals. Writes
// surface.onnx (the ensemble) and surface-1.onnx (its first member):
//
//     node apps/bench/rigs/demo.mjs FOLDER
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { randomStream } from "@stiffnet/base";
import { predict, resnet, train } from "@stiffnet/core";
import { exportEnsemble, exportOnnx } from "@stiffnet/onnx";
import { rangesOf, standardise } from "@stiffnet/preparation";
import { calibrate, spreadOf } from "@stiffnet/uncertainty";
import { readCommand } from "./command.mjs";

const inputs = [
  ["air temperature", "°C", 0, 35],
  ["relative humidity", "%", 20, 100],
  ["wind speed", "m/s", 0.5, 10],
  ["net radiation", "W/m²", 50, 600],
  ["soil moisture", "m³/m³", 0.05, 0.45],
  ["leaf area index", "m²/m²", 0.2, 6],
];
const outputs = [
  ["evaporation", "kg/m²/s"],
  ["sensible heat", "W/m²"],
  ["surface warming", "K"],
];

/** The slope of the saturation pressure after Tetens, evaporation, and what is left of the radiation. */
function surface([temperature, humidity, wind, radiation, moisture, leaves]) {
  const saturation = 610.8 * Math.exp((17.27 * temperature) / (temperature + 237.3));
  const slope = (4098 * saturation) / (temperature + 237.3) ** 2;
  const available = radiation * (0.9 - 0.1 * Math.exp(-0.6 * leaves));
  const stress = 1 / (1 + Math.exp(-(moisture - 0.18) / 0.05));
  const dryness = saturation * (1 - humidity / 100);
  const latent = stress * (1.26 * available * (slope / (slope + 66)) + 0.004 * dryness * (1 + 0.54 * wind));
  const sensible = available - latent;
  return [latent / 2.45e6, sensible, sensible / (8 + 6 * wind)];
}

const { path: folder } = readCommand({
  name: "demo",
  about: "Trains a small ensemble to try the service with.",
  argument: ["[folder]", "where surface.onnx and surface-1.onnx go", "."],
  example: "models",
});
mkdirSync(folder, { recursive: true });
const random = randomStream(11, 0);
const draw = (count) => {
  const x = Float64Array.from({ length: count * inputs.length }, (_, k) => {
    const [, , low, high] = inputs[k % inputs.length];
    return low + (high - low) * random.uniform();
  });
  const y = Float64Array.from({ length: count }, (_, i) => i).reduce(
    (all, i) => {
      all.set(surface(x.subarray(i * inputs.length, (i + 1) * inputs.length)), i * outputs.length);
      return all;
    },
    new Float64Array(count * outputs.length),
  );
  return { count, inputs: x, outputs: y };
};
const names = (list) => list.map(([name]) => name);
const [trainSet, testSet, keptBack] = [draw(800), draw(200), draw(200)];
const data = {
  inputNames: names(inputs),
  outputNames: names(outputs),
  train: trainSet,
  test: testSet,
  preparation: {
    inputs: standardise(trainSet.inputs, names(inputs)),
    outputs: standardise(trainSet.outputs, names(outputs)),
  },
};

const runs = [];
for (const trial of [0, 1, 2]) {
  const model = resnet({ inputs: 6, outputs: 3, width: 24, depth: 8, seed: 1, trial });
  runs.push(await train(model, data, { epochs: 400, batchSize: 20, seed: 1, trial }));
  console.log(`trial ${trial}: test risk ${runs.at(-1).history.at(-1).riskTest.toFixed(4)}`);
}
const { history, digest } = runs[0];
const series = (key) => history.map((record) => record[key]);
const options = {
  ranges: rangesOf(trainSet.inputs, inputs.length),
  units: { inputs: inputs.map(([, unit]) => unit), outputs: outputs.map(([, unit]) => unit) },
  description: "Energy balance of a wet surface",
  metadata: {
    digest,
    seed: 1,
    trainingPoints: trainSet.count,
    risks: { train: history.at(-1).riskTrain, test: history.at(-1).riskTest },
    history: { epoch: series("epoch"), riskTrain: series("riskTrain"), riskTest: series("riskTest") },
  },
};
const models = runs.map((run) => run.model);
const { mean, std: spreads } = spreadOf(models.map((model) => predict(model, keptBack.inputs)));
const residuals = keptBack.outputs.map((y, k) => y - mean[k]);
const intervals = calibrate({ residuals, spreads, outputs: outputs.length });
console.log(
  await exportEnsemble(models, join(folder, "surface.onnx"), {
    ...options,
    metadata: { ...options.metadata, intervals },
  }),
);
console.log(
  await exportOnnx(models[0], join(folder, "surface-1.onnx"), {
    ...options,
    jacobian: true,
  }),
);
