import { describe, expect, it } from "vitest";
import { relativeDifference } from "../../src/experiments/step/contender.ts";
import { penaltyWeight, type StepModel, stepProblem } from "../../src/experiments/step/problem.ts";
import { referenceStep } from "../../src/experiments/step/reference.ts";
import { gelfandRadiusOf } from "../../src/experiments/step/reference-gelfand.ts";

const models: StepModel[] = ["RES", "RES L2", "RES stiff", "RES stiff (gelfand)"];

describe.each(models)("float64 reference of %s", (model) => {
  const problem = stepProblem({ inputs: 3, outputs: 2, width: 4, depth: 3, batch: 5 }, 11);

  it("agrees with central differences", () => {
    const base = Float64Array.from(problem.parameters);
    const { gradient } = referenceStep(problem, model);
    // h = 1e-6: truncation ~1e-12, cancellation ~1e-10 relative to a loss of order 1.
    const h = 1e-6;
    const numeric = base.map((x, i) => {
      const at = (value: number) => {
        const moved = base.slice();
        moved[i] = value;
        return referenceStep(problem, model, moved).loss;
      };
      return (at(x + h) - at(x - h)) / (2 * h);
    });
    expect(relativeDifference(gradient, numeric)).toBeLessThan(1e-8);
  });

  it("has a loss that contains the penalty", () => {
    const { loss } = referenceStep(problem, model);
    const plain = referenceStep(problem, "RES").loss;
    if (penaltyWeight[model] === 0) expect(loss).toBe(plain);
    else expect(loss).toBeGreaterThan(plain);
  });
});

describe("Gelfand's estimate", () => {
  it("is the modulus of the dominant eigenvalue: a rotation by 2", () => {
    // |J^k|_F = sqrt(2) 2^k, so the estimate is high by 2^(1/2048).
    expect(gelfandRadiusOf(Float64Array.of(0, -2, 2, 0)).radius).toBeCloseTo(2 * 2 ** (1 / 2048), 12);
  });

  it("is 0 with gradient 0 for a zero and for a nilpotent matrix", () => {
    for (const matrix of [Float64Array.of(0, 0, 0, 0), Float64Array.of(0, 1, 0, 0)])
      expect(gelfandRadiusOf(matrix)).toEqual({ radius: 0, gradient: new Float64Array(4) });
  });
});
