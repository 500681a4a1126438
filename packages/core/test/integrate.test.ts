import { readFileSync } from "node:fs";
import { auto, dopri5, euler, midpoint, oneStepSolvers, radau, rk4 } from "@stiffnet/integrators";
import { describe, expect, it } from "vitest";
import {
  integrate,
  type NeuralOdeOptions,
  neuralOde,
  predict,
  predict64,
  refine,
  resnet,
  type StepSolver,
} from "../src/index.ts";

interface Case {
  options: Omit<NeuralOdeOptions, "depth">;
  parameters: number[];
  x: number[];
  h: number[];
  y: number[];
}
const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("./reference/ode.json", import.meta.url), "utf8"),
);
const accurate = { rtol: 1e-11, atol: 1e-13 };

function modelOf({ options, parameters }: Case, more: Partial<NeuralOdeOptions> = {}) {
  const model = neuralOde({ ...options, depth: 8, ...more });
  model.parameters.set(parameters);
  return model;
}

describe.each(cases)("against SciPy: $options.activation, $options.weights", (test) => {
  const x = Float64Array.from(test.x);

  it.each([
    ["dopri5", dopri5],
    ["radau", radau],
    ["auto", auto()],
  ])("%s, to the tolerance", async (_, solver) => {
    const at = [test.options.horizon!];
    const { outputs, states, statuses } = await integrate(modelOf(test), x, { ...accurate, solver, at });
    expect(statuses).toEqual(["finished"]);
    // The tolerance bounds the error of a step; a kink of relu lets a little more through.
    const bound = test.options.activation === "relu" ? 1e-7 : 1e-9;
    outputs.forEach((y, o) => {
      expect(Math.abs(y - test.y[o]!)).toBeLessThan(bound);
    });
    states.forEach((h, d) => {
      expect(Math.abs(h - test.h[d]!)).toBeLessThan(bound);
    });
  });

  it("the engine's steps converge to it", () => {
    const error = (k: number) => {
      const y = predict(refine(modelOf(test, { solver: "rk4" }), k), x);
      return Math.max(...y.map((v, o) => Math.abs(v - test.y[o]!)));
    };
    // Order 4 is soon at the rounding of float32; relu's kinks leave order 2 and some luck.
    expect(error(8)).toBeLessThan(test.options.activation === "relu" ? 1e-4 : 3e-6);
  });
});

const shape = { inputs: 2, outputs: 3, width: 6, depth: 5, horizon: 2, seed: 3 };
const inputs = Float64Array.of(0.3, -0.2, 1, 0.7, -0.4, 0.9);

it.each([
  ["euler", euler],
  ["midpoint", midpoint],
  ["rk4", rk4],
] as const)("fixed steps of %s are the engine's, in float64", async (name, solver) => {
  for (const weights of ["perLayer", "cubic", { basis: "piecewiseLinear", knots: 4 }] as const) {
    const model = neuralOde({ ...shape, solver: name, weights });
    const { outputs } = await integrate(model, inputs, { solver, steps: 5 });
    predict(model, inputs).forEach((y, i) => {
      expect(Math.abs(y - outputs[i]!)).toBeLessThan(2e-6);
    });
  }
});

it("takes every solver, and agrees with itself", async () => {
  const model = resnet(shape);
  const exact = await integrate(model, inputs, { ...accurate, solver: dopri5 });
  for (const solver of oneStepSolvers) {
    const options = { solver, rtol: 1e-6, atol: 1e-8 };
    const { outputs, failed, stats } = await integrate(model, inputs, options);
    expect(failed).toBe(0);
    expect(stats.steps).toBeGreaterThanOrEqual(15);
    outputs.forEach((y, i) => {
      expect(Math.abs(y - exact.outputs[i]!)).toBeLessThan(2e-3);
    });
  }
});

it("keeps the states that are asked for, across layers", async () => {
  const model = resnet(shape);
  const at = [0, 0.4, 0.7, 1.9, 2];
  const { states } = await integrate(model, inputs, { at, ...accurate });
  expect(states).toHaveLength(3 * 5 * 6);
  // Stopping at 0.4, the end of layer 1, and going on gives the same path.
  const parts = await integrate(model, inputs, { at: [0.4, 2], ...accurate });
  for (let d = 0; d < 6; d++) {
    expect(parts.states[d]).toBeCloseTo(states[6 + d]!, 9);
    expect(parts.states[6 + d]).toBeCloseTo(states[24 + d]!, 9);
  }
});

it("a row that fails is NaN with a status, the others are not touched", async () => {
  const model = neuralOde({ ...shape, activation: "identity", weights: "constant" });
  model.parameters.fill(900, model.layout.blocks[0]!.weight.offset, model.layout.readout.weight.offset);
  const rows = Float64Array.of(Number.NaN, 0, 0.1, 0.2);
  const { statuses, outputs, failed, hint } = await integrate(model, rows, { maxSteps: 50 });
  expect(statuses).toEqual(["non_finite", "max_steps_reached"]);
  expect([failed, hint]).toEqual([2, "row 0: an input is not finite"]);
  expect(outputs.every(Number.isNaN)).toBe(true);
});

it.each([
  [{ steps: 7 }, "steps is 7, expected a whole number of steps in each of the 5 layer(s)"],
  [{ at: [3] }, "at[0] is 3, expected ascending times from 0 to the horizon 2"],
  [{ at: [1, 0.5] }, "at[1] is 0.5, expected ascending times"],
  [{ rtol: -1 }, "rtol is -1, expected a number from 0 to 1"],
])("misuse: %j", async (options, message) => {
  await expect(integrate(resnet(shape), inputs, options)).rejects.toThrow(message);
});

it("misuse: shapes and plain networks", async () => {
  await expect(integrate(resnet(shape), Float64Array.of(1))).rejects.toThrow(
    "1 values are not rows of the model's 2 inputs",
  );
  const plain = resnet({ ...shape, horizon: 1, skip: false });
  await expect(integrate(plain, inputs)).rejects.toThrow("integrate: the model has no skip connections");
});

describe("predict64", () => {
  const x = Float64Array.of(0.3, -1.2, 0.7, 2.1);
  it.each([euler, midpoint, rk4])("takes the steps of $name as the solver itself does", async (solver) => {
    for (const weights of ["perLayer", { basis: "perLayer", layers: 2 }, "linear"] as const) {
      const name = solver.name as StepSolver;
      const model = neuralOde({ inputs: 2, outputs: 1, width: 3, depth: 4, weights, solver: name, seed: 4 });
      const { outputs } = await integrate(model, x, { solver, steps: 4 });
      // Rounding of a few sums in another order.
      predict64(model, x).forEach((y, i) => {
        expect(Math.abs(y - outputs[i]!)).toBeLessThan(1e-14);
      });
    }
  });
  it("is the engine's answer to float32, without skip connections too", () => {
    const model = resnet({ inputs: 2, outputs: 1, width: 3, depth: 4, skip: false, seed: 4 });
    const answer = predict(model, x);
    predict64(model, x).forEach((y, i) => {
      expect(y).toBeCloseTo(answer[i]!, 6);
    });
  });
  it("refuses implicit steps", () => {
    const model = neuralOde({ inputs: 2, outputs: 1, width: 3, depth: 4, solver: "backwardEuler" });
    expect(() => predict64(model, x)).toThrow(
      "predict64: the model's solver is implicit, expected an explicit one",
    );
  });
});
