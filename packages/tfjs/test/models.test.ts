import {
  type Activation,
  createEngine,
  l2Penalty,
  type Model,
  type NeuralOdeOptions,
  neuralOde,
  type Penalty,
  resnet,
  type StepSolver,
  stepSolvers,
  train,
  type WeightsOption,
} from "@stiffnet/core";
import { frobenius, spectralRadius, stiffnessPenalty } from "@stiffnet/stiffness";
import { expect, it } from "vitest";
import { type TfjsBackend, tensorGelfandPenalty, tensorL2Penalty, tfjsEngine } from "../src/index.ts";
import { describeBackends, difference, onBatch, product, spread } from "./problem.ts";

const implicit: readonly StepSolver[] = ["backwardEuler", "implicitMidpoint"];
const sizes = { inputs: 3, outputs: 2, width: 5, depth: 4, seed: 2 };
const ode = (options: Partial<NeuralOdeOptions>, name: string): [string, Model] => [
  name,
  neuralOde({ ...sizes, ...options }),
];
const bases: WeightsOption[] = [
  "constant",
  { basis: "piecewiseLinear", knots: 3 },
  { basis: "perLayer", layers: 2 },
];
const models: [string, Model][] = [
  ["skip: false", resnet({ ...sizes, skip: false })],
  ["augment", resnet({ ...sizes, augment: 2, horizon: 2 })],
  ...stepSolvers
    .filter((solver) => !implicit.includes(solver))
    .map((solver) => ode({ solver, weights: "cubic", horizon: 2 }, solver)),
  ...bases.map((weights) => ode({ solver: "rk4", weights, horizon: 2 }, `rk4, ${JSON.stringify(weights)}`)),
  ode({ solver: "rk4", lift: "none", width: 3, augment: 1, readout: "none" }, "rk4 without lift and readout"),
  ode({ solver: "heun", lift: "identity", activation: "gelu" as Activation }, "heun of gelu"),
];
const weight = 0.1;
const gelfand = stiffnessPenalty(spectralRadius({ method: "gelfand" }), { weight });
/** Ten squarings enlarge the rounding of a gradient where eigenvalues are ill-conditioned. */
const penalties: { name: string; own?: Penalty; tensor?: Penalty; gradient: number }[] = [
  { name: "no penalty", gradient: 3e-6 },
  { name: "l2 in tensor code", own: l2Penalty(weight), tensor: tensorL2Penalty(weight), gradient: 3e-6 },
  { name: "gelfand", own: gelfand, tensor: gelfand, gradient: 5e-5 },
  { name: "gelfand in tensor code", own: gelfand, tensor: tensorGelfandPenalty({ weight }), gradient: 5e-5 },
];

describeBackends("and the kernels' engine", modelTests, ["tensorflow", "wasm"]);

function modelTests(backend: TfjsBackend): void {
  const make = tfjsEngine({ backend });

  it.each(models)("agree on loss, gradient and predictions: %s", async (_, { config, parameters }) => {
    const samples = { x: spread(210), y: spread(140, 500) };
    // The end time is another than the configuration's: weights over time are read at other times then.
    for (const [{ name, own, tensor, gradient }, horizon] of penalties.map(
      (row, i) => [row, i % 2] as const,
    )) {
      const plain = config.kind === "resnet" && config.skip === false;
      const end = horizon && !plain ? 1.7 : undefined;
      const expected = await onBatch(createEngine, config, parameters, samples, own, end);
      const actual = await onBatch(make, config, parameters, samples, tensor, end);
      expect(Math.abs(actual.loss / expected.loss - 1), name).toBeLessThan(1e-6);
      expect(difference(actual.gradient, expected.gradient), name).toBeLessThan(gradient);
      expect(difference(actual.predictions, expected.predictions), name).toBeLessThan(1e-6);
      if (own) expect(expected.penaltySum, name).toBeGreaterThan(1);
    }
  });

  it("train as the kernels' engine does: rk4 with cubic weights, augmented, with a stiffness penalty", async () => {
    const shape = { inputs: 2, outputs: 1, width: 6, depth: 3, augment: 1, seed: 4 };
    const model = neuralOde({ ...shape, solver: "rk4", weights: "cubic" });
    // Smooth: the largest eigenvalue can become another one by rounding.
    const penalty = stiffnessPenalty(frobenius(), { weight });
    const options = { epochs: 5, batchSize: 8, rate: 5e-3, penalty };
    const expected = await train(model, product(), options);
    const actual = await train(model, product(), { ...options, engine: make });
    // 30 steps of Adam enlarge rounding to 1e-5, as in residual networks.
    expect(Math.abs(actual.history.at(-1)!.total / expected.history.at(-1)!.total - 1)).toBeLessThan(1e-5);
    expect(difference(actual.model.parameters, expected.model.parameters)).toBeLessThan(1e-4);
  });
}

it.each(implicit)("refuses what has no formula: %s", async (solver) => {
  const model = neuralOde({ inputs: 2, outputs: 1, width: 4, depth: 2, solver });
  await expect(train(model, product(), { epochs: 1, engine: tfjsEngine() })).rejects.toThrow(
    `tfjs: the model's solver is ${solver}, which is implicit, expected an explicit one; the default engine trains this`,
  );
});
