import { describe, expect, it } from "vitest";
import { decodeState, encodeState, evaluate, neuralOde, train } from "../src/index.ts";
import { problem, quick, shape } from "./ode-problem.ts";

describe("STEER", () => {
  const model = neuralOde({ ...shape, weights: "linear", solver: "midpoint", seed: 4 });

  it("is a function of its configuration, and changes the result", async () => {
    const options = { ...quick, steer: 0.5 };
    const [once, again, plain] = await Promise.all(
      [options, options, quick].map((o) => train(model, problem(), o)),
    );
    expect(again!.digest).toBe(once!.digest);
    expect(plain!.digest).not.toBe(once!.digest);
    // Tested at the horizon, not where the last batch ended.
    expect(evaluate(once!.model, problem().train).risk).toBeLessThan(once!.history[0]!.riskTrain);
  });

  it("resumes to the same bits", async () => {
    const options = { ...quick, steer: 0.5 };
    const whole = await train(model, problem(), options);
    const control = new AbortController();
    let saved: Uint8Array | undefined;
    await train(model, problem(), {
      ...options,
      signal: control.signal,
      checkpoint: {
        every: 100,
        save: (state) => {
          saved = encodeState(state);
        },
      },
      onEpoch: ({ epoch }) => epoch === 5 && control.abort(),
    });
    const rest = await train(model, problem(), { ...options, resume: decodeState(saved!, "s") });
    expect(rest.digest).toBe(whole.digest);
    await expect(train(model, problem(), { ...quick, resume: decodeState(saved!, "s") })).rejects.toThrow(
      "cannot resume, steer was 0.5 and is now not set",
    );
  });

  it("draws end times within its bounds", async () => {
    // h' = 1 from 0: the output is the end time.
    const clock = neuralOde({
      inputs: 1,
      outputs: 1,
      width: 1,
      depth: 3,
      horizon: 2,
      activation: "identity",
      lift: "none",
      readout: "none",
      weights: "constant",
    });
    clock.parameters.set([0, 1]);
    const set = { count: 1, inputs: Float64Array.of(0), outputs: Float64Array.of(0) };
    const columns = { columns: 1, steps: [] };
    const data = { inputNames: ["x"], outputNames: ["y"], train: set };
    const preparation = { inputs: columns, outputs: columns };
    const run = await train(clock, { ...data, preparation }, { epochs: 300, rate: 1e-9, steer: 0.5 });
    const ends = run.history.slice(1).map((record) => record.riskTrain);
    expect(Math.min(...ends)).toBeGreaterThan(1.5);
    expect(Math.max(...ends)).toBeLessThan(2.5);
    // Mean and spread of U(1.5, 2.5), to four standard errors.
    const mean = ends.reduce((a, b) => a + b) / 300;
    expect(Math.abs(mean - 2)).toBeLessThan((4 * Math.sqrt(1 / 12)) / Math.sqrt(300));
    expect(Math.max(...ends) - Math.min(...ends)).toBeGreaterThan(0.95);
  });
});
