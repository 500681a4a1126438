import { randomStream } from "@stiffnet/base";
import { createEngine } from "@stiffnet/core";
import { describe, expect, it } from "vitest";
import { engineUnderTest } from "../../src/comparisons/step/engine-under-test.ts";
import { penaltyWeight, stepModels, stepProblem } from "../../src/comparisons/step/problem.ts";
import {
  gelfandRadius,
  gradientError,
  loss64,
  lossDifferences,
} from "../../src/comparisons/step/reference.ts";

const problem = stepProblem({ inputs: 3, outputs: 2, width: 4, depth: 3, batch: 5 }, 11);

it.each(stepModels)("the loss of %s contains the penalty", (model) => {
  const [plain, loss] = [loss64(problem, "RES"), loss64(problem, model)];
  if (penaltyWeight(model) === 0) expect(loss).toBe(plain);
  else expect(loss).toBeGreaterThan(plain);
});

describe("the error of a gradient", () => {
  const { parameters, config, batch, batches } = problem;
  const engine = createEngine(config, { batchSize: batch, rows: batch * batches });
  const { loss, gradient } = engineUnderTest(engine, problem, { version: "", detail: "" }).gradient();
  const exact = Float32Array.from(gradient);
  const differences = lossDifferences(problem, "RES");

  it("is rounding where it is right", () => {
    expect(loss).toBeCloseTo(loss64(problem, "RES"), 6);
    // float32, over a handful of layers.
    expect(gradientError(exact, parameters, differences)).toBeLessThan(1e-6);
  });

  it.each([1e-4, 1e-2, 1])("is about %f where the gradient is off by this part of it", (size) => {
    const random = randomStream(5, 0);
    const noise = exact.map(() => random.uniform() - 0.5);
    const scale = (size * Math.hypot(...exact)) / Math.hypot(...noise);
    const found = gradientError(
      exact.map((g, i) => g + scale * noise[i]!),
      parameters,
      differences,
    );
    // Three directions of a random sign each: within a factor of about three.
    expect(found / size).toBeGreaterThan(1 / 4);
    expect(found / size).toBeLessThan(3);
  });
});

describe("Gelfand's estimate", () => {
  it("is the modulus of the dominant eigenvalue: a rotation by 2", () => {
    // |J^k|_F = sqrt(2) 2^k, so the estimate is high by 2^(1/2048).
    expect(gelfandRadius(Float64Array.of(0, -2, 2, 0))).toBeCloseTo(2 * 2 ** (1 / 2048), 12);
  });

  it("is 0 for a zero and for a nilpotent matrix", () => {
    for (const matrix of [Float64Array.of(0, 0, 0, 0), Float64Array.of(0, 1, 0, 0)])
      expect(gelfandRadius(matrix)).toBe(0);
  });
});
