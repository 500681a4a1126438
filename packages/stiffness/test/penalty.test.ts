import {
  createEngine,
  decodeState,
  encodeState,
  layoutOf,
  type Penalty,
  resnet,
  type TrainingState,
  train,
} from "@stiffnet/core";
import { describe, expect, it } from "vitest";
import {
  frobenius,
  largestSingularValue,
  measure,
  singularRatio,
  spectralRadius,
  squared,
  stiffnessPenalty,
} from "../src/index.ts";
import { partOf } from "../src/sample-subset.ts";
import { difference } from "./float64.ts";
import { problem } from "./trained.ts";

const shape = { inputs: 2, outputs: 1, width: 6, depth: 3 };
const model = resnet({ ...shape, seed: 3 });
const data = problem(12);

/** Sums over a batch, and the gradient of sum p_i^2 / 2 alone (a zero network output, so no risk). */
function batchOf(penalty: Penalty, count = 12) {
  const engine = createEngine(model.config, { batchSize: count, penalty, rows: 12 });
  const { readout } = layoutOf(model.config);
  const end = readout.bias.offset + readout.bias.size;
  engine.write({ parameters: model.parameters.slice().fill(0, readout.weight.offset, end) });
  const table = engine.table(data.train.inputs, new Float64Array(12));
  const order = Uint32Array.from({ length: 12 }, (_, i) => i);
  return {
    engine,
    next() {
      const loss = { ...engine.lossAndGradient(table, order, 0, count) };
      return { ...loss, gradient: engine.gradient().map((g) => g * loss.loss * loss.count) };
    },
  };
}

describe("subset", () => {
  it.each([0.25, 0.4, 0.01])(
    "of %d is unbiased: mean sums and mean gradient are those of the whole batch",
    (subset) => {
      const whole = batchOf(stiffnessPenalty(frobenius(), { weight: 1 })).next();
      const part = batchOf(stiffnessPenalty(frobenius(), { weight: 1, subset }));
      const draws = 20_000;
      const mean = new Float64Array(whole.gradient.length);
      let sum = 0;
      let squares = 0;
      let spread = 0;
      for (let k = 0; k < draws; k++) {
        const found = part.next();
        sum += found.penaltySum / draws;
        squares += found.penaltySquares / draws;
        spread += (found.penaltySquares / 12 - whole.penaltySquares / 12) ** 2 / draws;
        found.gradient.forEach((g, at) => {
          mean[at]! += g / draws;
        });
      }
      const error = Math.sqrt(spread / draws);
      // Four standard errors.
      expect(Math.abs(squares / 12 - whole.penaltySquares / 12)).toBeLessThan(4 * error);
      expect(Math.abs(sum / whole.penaltySum - 1)).toBeLessThan(0.01);
      expect(difference(mean, whole.gradient)).toBeLessThan(0.02);
      expect(spread).toBeGreaterThan(0);
    },
  );

  it("has the variance that is documented", () => {
    // The untrained model's preparation is the identity: these are the batch's Jacobians.
    const { values: all, depth } = measure(model, data.train, frobenius());
    const values = Array.from({ length: 12 }, (_, i) => {
      let sum = 0;
      for (let n = 0; n < depth; n++) sum += all[n * 12 + i]! / depth;
      return sum * sum;
    });
    const mean = values.reduce((a, b) => a + b, 0) / 12;
    const between = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 11;
    const part = batchOf(stiffnessPenalty(frobenius(), { weight: 1, subset: 0.25 }));
    let spread = 0;
    const draws = 20_000;
    for (let k = 0; k < draws; k++) spread += (part.next().penaltySquares / 12 - mean) ** 2 / draws;
    // A quarter of 12 is three, which becomes one group of four.
    expect(spread / (between * (1 / 4 - 1 / 12))).toBeCloseTo(1, 1);
  });

  it("is made of whole groups of four samples, and a fifth of the spectral radius by default", () => {
    expect([1, 4, 5, 13, 20, 30, 45, 64].map((batch) => partOf(0.2, batch))).toEqual([
      1, 4, 4, 4, 4, 8, 8, 12,
    ]);
    expect([0.01, 0.4, 0.5, 1].map((share) => partOf(share, 20))).toEqual([4, 8, 12, 20]);
    const { name } = stiffnessPenalty(spectralRadius(), { weight: 1 });
    expect(name).toBe(stiffnessPenalty(spectralRadius(), { weight: 1, subset: 0.2 }).name);
    expect(stiffnessPenalty(squared(spectralRadius()), { weight: 1 }).name).toMatch(/subset 0.2$/);
    expect(stiffnessPenalty(spectralRadius({ method: "gelfand" }), { weight: 1 }).name).not.toContain(
      "subset",
    );
  });

  it("of everything is every sample once, whatever the batch", () => {
    for (const batch of [1, 4, 5, 9, 20, 45]) expect(partOf(1, batch)).toBe(batch);
    const five = batchOf(stiffnessPenalty(frobenius(), { weight: 1, subset: 1 }), 5);
    expect(five.next().penaltySum).toBe(five.next().penaltySum);
  });

  it("of everything is the whole batch", () => {
    const whole = batchOf(stiffnessPenalty(frobenius(), { weight: 1, aggregate: "max" })).next();
    const all = batchOf(stiffnessPenalty(frobenius(), { weight: 1, aggregate: "max", subset: 1 })).next();
    expect(Math.abs(all.penaltySquares / whole.penaltySquares - 1)).toBeLessThan(1e-6);
    expect(difference(all.gradient, whole.gradient)).toBeLessThan(1e-5);
  });
});

const penalties: [string, Penalty][] = [
  ["power", stiffnessPenalty(spectralRadius({ method: "power" }), { weight: 0.1 })],
  ["singular", stiffnessPenalty(squared(largestSingularValue()), { weight: 0.1, aggregate: "sum" })],
  ["subset of arnoldi", stiffnessPenalty(spectralRadius(), { weight: 0.1, subset: 0.5 })],
  ["subset of frobenius", stiffnessPenalty(frobenius(), { weight: 0.1, subset: 0.3, aggregate: "max" })],
];

describe.each(penalties)("training with %s", (_, penalty) => {
  const options = { epochs: 6, batchSize: 5, penalty };

  it("lowers the proxy below plain training's, and is interrupted without a trace", async () => {
    const straight = await train(model, data, options);
    const states: TrainingState[] = [];
    await train(model, data, {
      ...options,
      epochs: 3,
      checkpoint: { every: 3, save: (state) => void states.push(state) },
    });
    const resume = decodeState(encodeState(states.at(-1)!), "memory");
    const resumed = await train(model, data, { ...options, resume });
    expect(straight.status).toBe("finished");
    expect(resumed.digest).toBe(straight.digest);
    const plain = await train(model, data, {
      ...options,
      penalty: stiffnessPenalty(frobenius(), { weight: 0 }),
    });
    expect(straight.digest).not.toBe(plain.digest);
    const stiffness = (m: typeof model) => measure(m, data.train, spectralRadius()).mean;
    expect(stiffness(straight.model)).toBeLessThan(stiffness(plain.model));
  });
});

it("reports what the iterations did, epoch by epoch", async () => {
  const { history } = await train(model, data, { epochs: 3, batchSize: 5, penalty: penalties[0]![1] });
  const { productsPerPair, residualMean, residualWorst, unconverged } = history.at(-1)!.statistics!;
  expect(productsPerPair!).toBeGreaterThanOrEqual(4);
  expect(residualMean!).toBeLessThanOrEqual(residualWorst!);
  expect(unconverged!).toBeGreaterThanOrEqual(0);
  expect(unconverged!).toBeLessThanOrEqual(1);
});

it.each([
  [{ weight: -1 }, "weight is -1, expected a number of at least 0"],
  [{ weight: 1, aggregate: "median" as "mean" }, "aggregate is 'median', expected one of mean, sum, max"],
  [{ weight: 1, subset: 0 }, "subset is 0, expected a share above 0 and at most 1 of the samples"],
  [{ weight: 1, subset: Number.NaN }, "subset is NaN"],
])("refuses options that make no sense: %#", (options, message) => {
  expect(() => stiffnessPenalty(frobenius(), options)).toThrow(message);
});

it("only differentiable proxies are penalised: the compiler refuses others", () => {
  // @ts-expect-error
  const penalty = stiffnessPenalty(singularRatio({ method: "dense" }), { weight: 1 });
  expect(() => batchOf(penalty)).toThrow(
    "stiffnessPenalty: singularRatio has no gradient, expected a proxy that can be differentiated",
  );
});
