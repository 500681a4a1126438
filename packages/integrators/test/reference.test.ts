import { describe, expect, test } from "vitest";
import {
  bogackiShampine32,
  dopri5,
  forwardSensitivities,
  type OdeProblem,
  radau,
  rodas5P,
  solve,
  tsit5,
} from "../src/index.ts";

import { System } from "../src/system.ts";
import { worst } from "./families.ts";
import reference from "./reference/scipy-steps.json" with { type: "json" };

const lorenz: OdeProblem = {
  f: (_t, y, dy) => {
    dy[0] = 10 * (y[1]! - y[0]!);
    dy[1] = y[0]! * (28 - y[2]!) - y[1]!;
    dy[2] = y[0]! * y[1]! - (8 / 3) * y[2]!;
  },
  y0: [1, 2, 3],
  tSpan: [0, 2],
};

describe.each([
  ["RK23", bogackiShampine32],
  ["RK45", dopri5],
] as const)("SciPy's %s", (name, solver) => {
  const expected = reference[name];

  test("takes the same step, to rounding", () => {
    const run = solve({ ...lorenz, tSpan: [0, reference.h] }, { solver, steps: 1 });
    expect(worst(run.yEnd, expected.y)).toBeLessThan(1e-14);
  });

  test("interpolates to the same states, to rounding", () => {
    const run = solve({ ...lorenz, tSpan: [0, reference.h] }, { solver, steps: 1 });
    [0.2, 0.5, 0.9].forEach((x, i) => {
      expect(worst(run.at(x * reference.h), expected.dense[i]!)).toBeLessThan(1e-13);
    });
  });

  test("estimates the same error, up to its sign and cancellation", () => {
    const system = new System(lorenz);
    const stepper = solver.createStepper(system, { newtonTolerance: 1, adaptive: true });
    stepper.start(0, Float64Array.from(lorenz.y0));
    stepper.attempt(0, reference.h, new Float64Array(3).fill(1));
    const sign = Math.sign(stepper.error[0]! * expected.error[0]!);
    const ours = stepper.error.map((e) => sign * e);
    // The estimate is what is left of terms up to 1e7 times as large.
    expect(worst(ours, expected.error)).toBeLessThan(1e-8);
  });
});

test("the Lorenz equations at t = 2 agree with SciPy's DOP853 at 1e-13", () => {
  for (const solver of [tsit5, dopri5, radau, rodas5P]) {
    const run = solve(lorenz, { solver, rtol: 1e-10, atol: 1e-11 });
    // Errors grow by about e^2 on this piece of the attractor.
    expect(worst(run.yEnd, reference.lorenz2)).toBeLessThan(2e-8);
  }
});

test("sensitivities of Robertson's problem to its rates agree with SciPy's Radau on the augmented system", () => {
  const { t, y, byRate } = reference.robertson;
  const problem: OdeProblem = {
    f: (_t, s, ds, k) => {
      const r1 = k[0]! * s[0]!;
      const r2 = k[1]! * s[1]! * s[1]!;
      const r3 = k[2]! * s[1]! * s[2]!;
      ds[0] = r3 - r1;
      ds[1] = r1 - r3 - r2;
      ds[2] = r2;
    },
    parameters: [0.04, 3e7, 1e4],
    y0: [1, 0, 0],
    tSpan: [0, 400],
    autonomous: true,
  };
  for (const solver of [radau, rodas5P]) {
    const run = forwardSensitivities(problem, { solver, rtol: 1e-8, atol: [1e-12, 1e-16, 1e-12], at: t });
    expect(run.status).toBe("finished");
    t.forEach((_, i) => {
      expect(worst(run.y.subarray(3 * i, 3 * i + 3), y[i]!)).toBeLessThan(1e-6);
      expect(worst(run.parameters.subarray(9 * i, 9 * i + 9), byRate[i]!)).toBeLessThan(1e-5);
    });
  }
});
