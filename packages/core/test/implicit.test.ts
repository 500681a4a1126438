import { describe, expect, it } from "vitest";
import { createEngine, neuralOde, predict, train } from "../src/index.ts";
import { draw } from "./gradients.ts";
import { problem, quick, shape } from "./ode-problem.ts";

describe("stiff fields", () => {
  /** h' = Q diag(-rates) Q^T h has an exact solution. alpha * rate reaches 100. */
  const rates = [1, 10, 1000];
  const linear = (solver: "euler" | "backwardEuler" | "implicitMidpoint") => {
    const model = neuralOde({
      inputs: 3,
      outputs: 3,
      width: 3,
      depth: 10,
      activation: "identity",
      weights: "constant",
      lift: "none",
      readout: "none",
      solver,
    });
    const [c, s] = [0.6, 0.8];
    const q = [
      [c, -s, 0],
      [s * c, c * c, -s],
      [s * s, s * c, c],
    ];
    model.parameters.fill(0);
    for (let i = 0; i < 3; i++)
      for (let j = 0; j < 3; j++)
        model.parameters[3 * i + j] = q[i]!.reduce((sum, v, k) => sum - v * rates[k]! * q[j]![k]!, 0);
    const start = [1, 2, -1];
    const parts = q[0]!.map((_, k) => start.reduce((sum, v, i) => sum + q[i]![k]! * v, 0));
    const along = (factor: (rate: number) => number) =>
      q.map((row) => row.reduce((sum, v, k) => sum + v * factor(rates[k]!) * parts[k]!, 0));
    return { found: predict(model, Float64Array.from(start)), along };
  };

  it("backward Euler damps where explicit Euler explodes", () => {
    const { found, along } = linear("backwardEuler");
    // Weights near 1000 in float32: 1e-7 relative in the rates, 1e-4 in all.
    along((rate) => (1 + rate / 10) ** -10).forEach((v, i) => {
      expect(Math.abs(found[i]! - v)).toBeLessThan(1e-4);
    });
    expect(Math.max(...linear("euler").found.map(Math.abs))).toBeGreaterThan(1e15);
  });

  it("the implicit midpoint rule neither damps nor amplifies what is very stiff", () => {
    const { found, along } = linear("implicitMidpoint");
    along((rate) => ((1 - rate / 20) / (1 + rate / 20)) ** 10).forEach((v, i) => {
      expect(Math.abs(found[i]! - v)).toBeLessThan(1e-3);
    });
  });

  it("a stiff network is trained, and stays finite", async () => {
    const start = (solver: "backwardEuler" | "implicitMidpoint") => {
      const model = neuralOde({ ...shape, solver, activation: "softplus", weights: "linear", seed: 2 });
      // alpha times the rates reaches 100, twenty times what explicit Euler bears.
      for (let d = 0; d < 8; d++) model.parameters[model.layout.blocks[0]!.weight.offset + 9 * d]! -= 500;
      return model;
    };
    for (const solver of ["backwardEuler", "implicitMidpoint"] as const) {
      const run = await train(start(solver), problem(), { ...quick, epochs: 150 });
      expect(run.status).toBe("finished");
      expect(run.history.at(-1)!.total).toBeLessThan(0.2 * run.history[0]!.total);
    }
  });

  it("a step that Newton's iteration cannot take ends the run, saying so; predictions are NaN", async () => {
    // h = h0 + alpha w h with alpha w = 1: singular.
    const model = neuralOde({
      inputs: 1,
      outputs: 1,
      width: 1,
      depth: 2,
      activation: "identity",
      lift: "none",
      readout: "none",
      weights: "constant",
      solver: "backwardEuler",
    });
    model.parameters.set([2, 1]);
    expect([...predict(model, Float64Array.of(1, 2))]).toEqual([Number.NaN, Number.NaN]);
    const set = { count: 2, inputs: Float64Array.of(1, 2), outputs: Float64Array.of(1, 2) };
    const columns = { columns: 1, steps: [] };
    const data = { inputNames: ["x"], outputNames: ["y"], train: set };
    const run = await train(
      model,
      { ...data, preparation: { inputs: columns, outputs: columns } },
      { epochs: 3 },
    );
    expect(run.status).toBe("diverged");
    expect(run.reason).toContain("Newton's iteration failed for 2 samples of a batch in epoch 1");
    expect(run.model.parameters).toEqual(model.parameters);
  });

  it("each sample has the same bits in any batch", () => {
    const model = neuralOde({ ...shape, solver: "implicitMidpoint", activation: "softplus", seed: 4 });
    const bits = (batchSize: number) => {
      const engine = createEngine(model.config, { batchSize });
      engine.write({ parameters: model.parameters });
      const found: number[] = [];
      engine.forward(engine.table(draw(6, 60)), ({ batch, predictions }) => {
        found.push(...predictions.subarray(0, batch));
      });
      return found;
    };
    expect(bits(1)).toEqual(bits(64));
    expect(bits(7)).toEqual(bits(13));
  });
});
