import { linearFit, r2 } from "@stiffnet/tables";
import { describe, expect, it } from "vitest";
import cases from "./reference/linear.json" with { type: "json" };

/** Largest difference over the largest value. */
function distance(actual: ArrayLike<number>, expected: readonly number[]): number {
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((t, i) => Math.abs(t - actual[i]!))) / largest;
}

describe.each(cases)("linearFit, $name, against LAPACK", ({ inputs, outputs, rank, ...c }) => {
  const samples = {
    count: c.x.length / inputs,
    inputs: Float64Array.from(c.x),
    outputs: Float64Array.from(c.y),
  };
  const fit = linearFit(samples);
  // Two orders of accumulation: rounding times the condition of the scaled inputs (below 1e3 where the rank
  // is full).
  it("predicts the same and explains the same", () => {
    const fresh = {
      count: c.xNew.length / inputs,
      inputs: Float64Array.from(c.xNew),
      outputs: Float64Array.from(c.yNew),
    };
    const prediction = fit.predict(fresh.inputs);
    for (let o = 0; o < outputs; o++) {
      const of = (values: ArrayLike<number>): number[] =>
        Array.from(values).filter((_, i) => i % outputs === o);
      expect(distance(of(prediction), of(c.predicted))).toBeLessThan(1e-9);
    }
    expect(distance(fit.r2(fresh), c.r2)).toBeLessThan(1e-9);
    expect(fit.rank).toBe(rank);
  });
  // Dependent inputs may share their part differently.
  if (rank === inputs) {
    it("has the same coefficients", () => {
      expect(distance(fit.intercept, c.intercept)).toBeLessThan(1e-9);
      expect(distance(fit.coefficients, c.coefficients)).toBeLessThan(1e-9);
    });
  }
});

describe("linearFit", () => {
  it("gives a constant input no part, and explains a plane fully at 1e-200", () => {
    const inputs = Float64Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? i * i : 4));
    const outputs = inputs.filter((_, i) => i % 2 === 0).map((x) => 3e-200 * x - 1e-200);
    const samples = { count: 10, inputs, outputs };
    const fit = linearFit(samples);
    expect(fit.rank).toBe(1);
    expect(fit.coefficients[1]).toBe(0);
    expect(fit.r2(samples)[0]).toBeCloseTo(1, 12);
  });
  it("has no R2 where the truth is constant", () => {
    expect(r2(Float64Array.of(2, 2, 2), Float64Array.of(1, 2, 3), 1)).toEqual([Number.NaN]);
  });
  it("refuses values that are not whole rows", () => {
    expect(() => linearFit({ count: 3, inputs: new Float64Array(7), outputs: new Float64Array(3) })).toThrow(
      "whole rows",
    );
  });
});
