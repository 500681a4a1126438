import { describe, expect, it } from "vitest";
import { basisAt } from "../src/basis.ts";
import { activations, createEngine, neuralOde, stepSolvers, type WeightsOption } from "../src/index.ts";
import { blockWeights } from "./block-weights.ts";
import { draw, lossAndGradient, small, squares, worst, x, y } from "./gradients.ts";
import { odeLoss64 } from "./reference/ode.ts";

const bases: WeightsOption[] = [
  "perLayer",
  { basis: "perLayer", layers: 2 },
  "constant",
  "linear",
  { basis: "polynomial", degree: 4 },
  { basis: "piecewiseLinear", knots: 4 },
];

describe.each(stepSolvers)("%s", (solver) => {
  describe.each(bases)("weights %j", (weights) => {
    it.each(activations)("loss and gradient as in float64: %s", (activation) => {
      const model = neuralOde({ ...small, weights, solver, activation, seed: 5 });
      const { loss, gradient } = lossAndGradient(model, x, y);
      const reference = (p: ArrayLike<number>) => odeLoss64(model.config, p, x, y);
      // A few float32 roundings. No relu here is within 1e-5 of its kink, which would add more.
      expect(Math.abs(loss / reference(model.parameters) - 1)).toBeLessThan(1e-6);
      expect(worst(model.config, model.parameters, gradient, reference)).toBeLessThan(5e-6);
    });
  });

  it("carries penalties on the Jacobians at the beginning of the steps, and another end time", () => {
    const weights = { basis: "polynomial", degree: 2 } as const;
    const model = neuralOde({ ...small, weights, solver, seed: 6 });
    const { loss, gradient } = lossAndGradient(model, x, y, { penalty: squares(0.3), horizon: 1.9 });
    const reference = (p: ArrayLike<number>) => odeLoss64(model.config, p, x, y, 0.3, 1.9);
    expect(Math.abs(loss / reference(model.parameters) - 1)).toBeLessThan(1e-6);
    expect(worst(model.config, model.parameters, gradient, reference)).toBeLessThan(1e-5);
  });

  it("needs neither lift nor readout, and sums over chunks", () => {
    const shape = { inputs: 3, outputs: 2, width: 3, augment: 2, depth: 3 };
    const model = neuralOde({ ...shape, lift: "none", readout: "none", weights: "linear", solver });
    expect(model.layout.slots.map((slot) => slot.name)).toEqual([
      "theta.0.weight",
      "theta.1.weight",
      "theta.0.bias",
      "theta.1.bias",
    ]);
    const [many, targets] = [draw(3, 3 * 70), draw(4, 2 * 70)]; // more than a chunk holds
    const { loss, gradient } = lossAndGradient(model, many, targets, { penalty: squares(0.1) });
    const reference = (p: ArrayLike<number>) => odeLoss64(model.config, p, many, targets, 0.1);
    expect(Math.abs(loss / reference(model.parameters) - 1)).toBeLessThan(1e-6);
    expect(worst(model.config, model.parameters, gradient, reference)).toBeLessThan(1e-5);
  });

  it("sums the same weights that its Jacobians have", () => {
    const model = neuralOde({ ...small, weights: { basis: "piecewiseLinear", knots: 3 }, solver });
    const engine = createEngine(model.config);
    engine.write({ parameters: model.parameters });
    engine.forward(engine.table(x), ({ jacobians }) => {
      expect(jacobians.weights).toEqual(blockWeights(model));
      expect(jacobians.slopes.every((s) => s > 0 || s === 0)).toBe(true);
    });
  });
});

it("bases: Legendre polynomials are orthogonal, hats and layers sum to 1", () => {
  const degree = 5;
  const points = 2000;
  const out = new Float64Array(degree + 1);
  const gram = Array.from({ length: degree + 1 }, () => new Float64Array(degree + 1));
  for (let i = 0; i < points; i++) {
    basisAt({ basis: "polynomial", degree }, (i + 0.5) / points, out);
    for (let j = 0; j <= degree; j++)
      for (let k = 0; k <= degree; k++) gram[j]![k]! += (out[j]! * out[k]!) / points;
  }
  // The midpoint rule's error is of the order degree^2 / points^2.
  for (let j = 0; j <= degree; j++)
    for (let k = 0; k <= degree; k++) expect(gram[j]![k]!).toBeCloseTo(j === k ? 1 / (2 * j + 1) : 0, 4);
  for (const tau of [0, 0.1, 1 / 3, 0.999, 1, 1.2]) {
    for (const weights of [
      { basis: "perLayer", layers: 3 },
      { basis: "piecewiseLinear", knots: 3 },
    ] as const) {
      const sum = basisAt(weights, tau, new Float64Array(3)).reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(1, 15);
    }
  }
});
