import { readFileSync } from "node:fs";
import {
  activations,
  createEngine,
  l2Penalty,
  type Penalty,
  type ResNetConfig,
  resnet,
} from "@stiffnet/core";
import { frobenius, spectralRadius, stiffnessPenalty } from "@stiffnet/stiffness";
import { describe, expect, it } from "vitest";
import { tensorGelfandPenalty, tensorL2Penalty, tfjsEngine } from "../src/index.ts";
import { describeBackends, difference, onBatch, spread } from "./problem.ts";

const weight = 0.1;
const gelfand = stiffnessPenalty(spectralRadius({ method: "gelfand" }), { weight });
/** The penalty as the kernels' engine has it, and as TensorFlow.js is given it. Spectral radii multiply the
 *  rounding of slopes and weights by their condition, and ten squarings by more where eigenvalues are
 *  ill-conditioned. */
const penalties: { name: string; own?: Penalty; tensor?: Penalty; gradient: number }[] = [
  { name: "no penalty", gradient: 2e-6 },
  { name: "l2", own: l2Penalty(weight), tensor: l2Penalty(weight), gradient: 2e-6 },
  { name: "gelfand", own: gelfand, tensor: gelfand, gradient: 1e-5 },
  { name: "l2 in tensor code", own: l2Penalty(weight), tensor: tensorL2Penalty(weight), gradient: 2e-6 },
  { name: "gelfand in tensor code", own: gelfand, tensor: tensorGelfandPenalty({ weight }), gradient: 1e-5 },
  {
    name: "arnoldi",
    own: stiffnessPenalty(spectralRadius(), { weight }),
    tensor: stiffnessPenalty(spectralRadius(), { weight }),
    gradient: 1e-5,
  },
  {
    name: "frobenius, largest layer",
    own: stiffnessPenalty(frobenius(), { weight, aggregate: "max" }),
    tensor: stiffnessPenalty(frobenius(), { weight, aggregate: "max" }),
    gradient: 2e-6,
  },
];

describeBackends("and the kernels' engine", (backend) => {
  const make = tfjsEngine({ backend });

  // 70 samples are two chunks of the kernels' engine and of penalties made for it.
  describe.each(activations)("%s", (activation) => {
    const { config, parameters } = resnet({ inputs: 3, outputs: 2, width: 7, depth: 4, activation, seed: 1 });
    // Twice the initial weights: rectifiers and sines leave their linear ranges.
    const doubled = parameters.map((p) => 2 * p);
    const samples = { x: spread(210), y: spread(140, 500) };

    it.each(penalties)("agree to float32 rounding: $name", async ({ own, tensor, gradient }) => {
      const expected = await onBatch(createEngine, config, doubled, samples, own);
      const actual = await onBatch(make, config, doubled, samples, tensor);
      // Sums of 140 squares.
      for (const part of ["loss", "squares", "forwardSquares", "norm"] as const)
        expect(Math.abs(actual[part] / expected[part] - 1), part).toBeLessThan(1e-6);
      expect(actual.count).toBe(70);
      if (own) {
        expect(expected.penaltySum).toBeGreaterThan(1);
        for (const part of ["penaltySum", "penaltySquares"] as const)
          expect(Math.abs(actual[part] / expected[part] - 1), part).toBeLessThan(1e-6);
      }
      expect(difference(actual.predictions, expected.predictions)).toBeLessThan(1e-6);
      expect(difference(actual.gradient, expected.gradient)).toBeLessThan(gradient);
    });
  });

  it.each([
    { inputs: 1, outputs: 1, width: 1, depth: 1, lift: "identity" as const },
    { inputs: 15, outputs: 10, width: 50, depth: 16, horizon: 3 },
  ])("agree on width $width, depth $depth", async (shape) => {
    const { config, parameters } = resnet({ ...shape, seed: 3 });
    const samples = { x: spread(20 * shape.inputs), y: spread(20 * shape.outputs, 90) };
    const [expected, actual] = [
      await onBatch(createEngine, config, parameters, samples),
      await onBatch(make, config, parameters, samples),
    ];
    expect(Math.abs(actual.loss / expected.loss - 1)).toBeLessThan(1e-6);
    expect(difference(actual.gradient, expected.gradient)).toBeLessThan(3e-6);
  });

  it("agree on another end time, which the forward pass does not keep", async () => {
    const { config, parameters } = resnet({ inputs: 2, outputs: 1, width: 6, depth: 3, horizon: 2, seed: 1 });
    const samples = { x: spread(40), y: spread(20, 90) };
    const usual = await onBatch(make, config, parameters, samples, gelfand);
    const expected = await onBatch(createEngine, config, parameters, samples, gelfand, 3.1);
    const actual = await onBatch(make, config, parameters, samples, gelfand, 3.1);
    expect(Math.abs(actual.loss / expected.loss - 1)).toBeLessThan(1e-6);
    expect(difference(actual.gradient, expected.gradient)).toBeLessThan(1e-4);
    expect(difference(actual.gradient, usual.gradient)).toBeGreaterThan(1e-2);
    expect(actual.predictions).toEqual(usual.predictions);
  });

  it("agree where Jacobians vanish: value 0, gradient 0", async () => {
    const shape = { inputs: 2, outputs: 1, width: 3, depth: 2, activation: "relu" as const };
    const { config, layout, parameters } = resnet({ ...shape, seed: 1 });
    const dead = parameters.slice();
    // Every unit below 0, and a nilpotent matrix in the layer that is alive.
    dead.set([0, 1, 0, 0, 0, 1, 0, 0, 0], layout.blocks[1]!.weight.offset);
    dead.fill(-9, layout.blocks[0]!.bias.offset, layout.blocks[0]!.bias.offset + 3);
    dead.fill(9, layout.blocks[1]!.bias.offset, layout.blocks[1]!.bias.offset + 3);
    const samples = { x: spread(10), y: spread(5, 30) };
    const plain = await onBatch(make, config, dead, samples);
    const penalised = await onBatch(make, config, dead, samples, tensorGelfandPenalty({ weight }));
    expect(penalised.penaltySum).toBe(0);
    expect([...penalised.gradient]).toEqual([...plain.gradient]);

    const zeros = new Float32Array(layout.size);
    const still = await onBatch(make, config, zeros, { x: [1, 2], y: [0] }, tensorL2Penalty(weight));
    expect(still.loss).toBe(0);
    expect(still.gradient.every((g) => g === 0)).toBe(true);
  });
});

interface Case {
  config: Omit<ResNetConfig, "kind">;
  l2: number;
  parameters: number[];
  x: number[];
  y: number[];
  predictions: number[];
  loss: number;
  gradient: number[];
}
/** PyTorch in float64, made by packages/core/test/reference/network.py. */
const reference: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("../../core/test/reference/network.json", import.meta.url), "utf8"),
);

it.each(reference.cases)("against PyTorch: $config.activation, width $config.width, l2 $l2", async (test) => {
  const config = { kind: "resnet" as const, ...test.config };
  const penalty = test.l2 ? tensorL2Penalty(test.l2) : undefined;
  const actual = await onBatch(tfjsEngine(), config, Float32Array.from(test.parameters), test, penalty);
  // As for the kernels' engine: ten roundings of float32.
  expect(Math.abs(actual.loss / test.loss - 1)).toBeLessThan(1e-6);
  expect(difference(actual.gradient, test.gradient)).toBeLessThan(3e-6);
});
