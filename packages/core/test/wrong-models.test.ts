import { describe, expect, it } from "vitest";
import { neuralOde, refine, resnet, train } from "../src/index.ts";
import { problem, quick, shape } from "./ode-problem.ts";

describe("misuse says what was given and what was expected", () => {
  const make = (options: object) => () => neuralOde({ ...shape, ...options });
  it.each([
    [make({ solver: "rk5" }), "neuralOde: solver is 'rk5', expected one of euler, midpoint"],
    [make({ weights: "quartic" }), "neuralOde: weights is 'quartic', expected one of perLayer, constant"],
    [make({ weights: { basis: "spline" } }), "neuralOde: weights have basis 'spline', expected perLayer"],
    [
      make({ weights: { basis: "polynomial", degree: 1.5 } }),
      "weights have degree 1.5, expected a whole number",
    ],
    [make({ weights: { basis: "piecewiseLinear", knots: 1 } }), "weights have 1 knots, expected"],
    [make({ weights: { basis: "perLayer", layers: 2 } }), "weights have 2 layers for depth 5, expected"],
    [make({ augment: -1 }), "neuralOde: augment is -1, expected a whole number of at least 0"],
    [make({ lift: "none" }), "lift is 'none' with 2 inputs and width 8, expected as many inputs as width"],
    [make({ readout: "none", outputs: 9 }), "readout is 'none' with 9 outputs, expected at most the state's"],
    [make({ horizon: 0 }), "neuralOde: horizon is 0, expected a positive number"],
    [
      () => resnet({ ...shape, skip: false, horizon: 2 }),
      "horizon is 2 and skip is false, expected no horizon",
    ],
    [() => refine(resnet({ ...shape, skip: false }), 2), "refine: the model has no skip connections"],
    [() => refine(resnet(shape), 0.5), "refine: k is 0.5, expected a whole number of at least 1"],
  ])("%#", (run, message) => {
    expect(run).toThrow(message);
  });

  it("STEER", async () => {
    const model = neuralOde(shape);
    await expect(train(model, problem(), { ...quick, steer: 1 })).rejects.toThrow(
      "steer is 1, expected a number above 0 and below the horizon 1",
    );
    const plain = resnet({ ...shape, skip: false });
    await expect(train(plain, problem(), { ...quick, steer: 0.5 })).rejects.toThrow("no skip connections");
  });
});
