import { describe, expect, test } from "vitest";
import { dopri5, euler, heun, rk4, solve } from "../src/index.ts";
import { realStabilityLimit } from "../src/tableau/stability.ts";
import { stabilityFunction } from "../src/tableaus.ts";
import { explicitSolvers, implicitSolvers, oneStepSolvers } from "./families.ts";

const modulus = (z: { re: number; im: number }) => Math.hypot(z.re, z.im);

describe.each(oneStepSolvers)("the stability function of $name", (solver) => {
  const { a, b } = solver.matrices;

  test("is what a step does to y' = lambda y", () => {
    const lambda = { re: -1.3, im: 2.1 };
    const h = 0.37;
    const run = solve(
      {
        f: (_t, y, dy) => {
          dy[0] = lambda.re * y[0]! - lambda.im * y[1]!;
          dy[1] = lambda.im * y[0]! + lambda.re * y[1]!;
        },
        jacobian: (_t, _y, jac) => jac.set([lambda.re, lambda.im, -lambda.im, lambda.re]),
        autonomous: true,
        y0: [1, 0],
        tSpan: [0, h],
      },
      { solver, steps: 1, rtol: 1e-13, atol: 1e-15 },
    );
    const r = stabilityFunction(a, b, h * lambda.re, h * lambda.im);
    // Rounding, times the large coefficients of some methods.
    expect(run.yEnd[0]).toBeCloseTo(r.re, 12);
    expect(run.yEnd[1]).toBeCloseTo(r.im, 12);
  });

  test("agrees with exp(z) to the order", () => {
    const z = 0.02;
    const error = Math.abs(stabilityFunction(a, b, -z, 0).re - Math.exp(-z));
    expect(error).toBeLessThan(20 * z ** (solver.order + 1));
  });
});

describe.each(implicitSolvers)("$name", (solver) => {
  const { a, b } = solver.matrices;

  test("is A-stable: |R| <= 1 on the imaginary axis, and no pole in the left half-plane", () => {
    for (let k = -60; k <= 80; k++) {
      const y = 10 ** (k / 10);
      expect(modulus(stabilityFunction(a, b, 0, y))).toBeLessThanOrEqual(1 + 1e-12);
    }
    // The maximum principle then leaves poles as the only danger inside. A grid finds none.
    for (let x = -3; x <= 4; x += 0.25) {
      for (let y = -3; y <= 4; y += 0.25) {
        expect(modulus(stabilityFunction(a, b, -(10 ** x), 10 ** y))).toBeLessThanOrEqual(1 + 1e-10);
      }
    }
  });

  test(solver.stability === "L" ? "is L-stable: R(-inf) = 0" : "is not L-stable: |R(-inf)| = 1", () => {
    const far = modulus(stabilityFunction(a, b, -1e9, 0));
    if (solver.stability === "L") expect(far).toBeLessThan(1e-6);
    else expect(far).toBeCloseTo(1, 6);
  });
});

describe("explicit methods", () => {
  test("have bounded regions", () => {
    for (const solver of explicitSolvers) {
      expect(solver.stability).toBe("conditional");
      expect(modulus(stabilityFunction(solver.matrices.a, solver.matrices.b, -50, 0))).toBeGreaterThan(1);
    }
  });

  test("real stability limits are the known ones", () => {
    expect(realStabilityLimit(euler.matrices)).toBeCloseTo(2, 8);
    expect(realStabilityLimit(heun.matrices)).toBeCloseTo(2, 8);
    // Hairer and Wanner II, IV.2: 2.785 for the classical method, about 3.3 for Dormand and Prince.
    expect(realStabilityLimit(rk4.matrices)).toBeCloseTo(2.7852935634, 6);
    expect(realStabilityLimit(dopri5.matrices)).toBeCloseTo(3.3065678926, 3);
  });
});
