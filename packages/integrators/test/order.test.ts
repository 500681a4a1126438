import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type OdeProblem, solve } from "../src/index.ts";

import { STEP_OK } from "../src/steppers/stepper.ts";
import { System } from "../src/system.ts";
import { allSolvers, oneStepSolvers, slope, smooth, worst } from "./families.ts";

/** Steps small enough for the asymptotic regime, errors well above rounding. */
const counts = (order: number) =>
  order >= 7
    ? [10, 12, 14, 16]
    : order >= 5
      ? [40, 48, 64, 80]
      : order >= 3
        ? [80, 112, 160, 224]
        : [256, 384, 512];

describe.each(oneStepSolvers)("$name", (solver) => {
  test.each(smooth)("order on $name", ({ problem, exact }) => {
    const [t0, t1] = problem.tSpan;
    const steps = counts(solver.order);
    const errors = steps.map((n) => {
      const run = solve(problem, { solver, steps: n, rtol: 1e-13, atol: 1e-15 });
      expect(run.status).toBe("finished");
      // The largest along the way: at a single time an error may pass through zero.
      return worst(run.y, Array.from(run.t, exact).flat(), 1);
    });
    expect(Math.min(...errors)).toBeGreaterThan(1e-13);
    const order = slope(
      steps.map((n) => (t1 - t0) / n),
      errors,
    );
    expect(order).toBeGreaterThan(solver.order - 0.1);
    // The fifth order's error constants are so small that the sixth still shows at errors above rounding;
    // that they are of order five and no more is in tableau.test.ts.
    expect(order).toBeLessThan(solver.order + (solver.order >= 5 ? 1 : 0.1));
  });

  test.each(smooth)("dense output is at least of order min(p, q) - 1 on $name", ({ problem, exact }) => {
    const [t0, t1] = problem.tSpan;
    const denseOrder = solver.kind === "rosenbrock" ? solver.tableau.denseOrder : solver.tableau.dense.order;
    const steps = counts(denseOrder);
    const errors = steps.map((n) => {
      const run = solve(problem, { solver, steps: n, rtol: 1e-13, atol: 1e-15 });
      // Off the step ends, where the interpolation is what counts.
      return Math.max(
        ...[0.313, 0.5271, 0.871].map((x) => {
          const k = Math.floor(x * n);
          const t = t0 + ((k + 0.43) * (t1 - t0)) / n;
          return worst(run.at(t), exact(t), 1);
        }),
      );
    });
    const order = slope(
      steps.map((n) => (t1 - t0) / n),
      errors,
    );
    // The local error of a continuous extension of order q is h^(q + 1); the global one h^p.
    expect(order).toBeGreaterThan(Math.min(solver.order, denseOrder + 1) - 0.2);
  });

  test("the error estimate has the order of the embedded solution", () => {
    const { problem, exact } = smooth[1]!;
    const system = new System(problem);
    const stepper = solver.createStepper(system, { newtonTolerance: 1e-9, adaptive: true });
    const order = solver.embeddedOrder ?? solver.order;
    const sizes = order >= 4 ? [0.1, 0.08, 0.06, 0.04] : [0.02, 0.015, 0.01, 0.0075];
    const weights = Float64Array.from(problem.y0, () => 1e-6);
    const y = Float64Array.from(exact(0.5));
    const estimates = sizes.map((h) => {
      stepper.start(0.5, y);
      expect(stepper.attempt(0.5, h, weights)).toBe(STEP_OK);
      return Math.max(...stepper.error.map(Math.abs));
    });
    expect(Math.abs(slope(sizes, estimates) - (order + 1))).toBeLessThan(order === 4 ? 0.15 : 0.1);
  });
});

describe.each(allSolvers)("$name with adaptive steps", (solver) => {
  test.each(smooth)("follows the tolerance on $name", ({ problem, exact }) => {
    const low = solver.order <= 2;
    const tolerances = low ? [1e-4, 1e-6] : [1e-5, 1e-8];
    for (const rtol of tolerances) {
      const run = solve(problem, { solver, rtol, atol: rtol });
      expect(run.status).toBe("finished");
      // The remaining error of Newton's iteration stays in bdf's memory of earlier steps.
      const usual = solver.kind === "multistep" ? 30 * rtol : 20 * rtol;
      const allowed = low ? 10 * Math.sqrt(rtol) : usual;
      expect(worst(run.yEnd, exact(problem.tSpan[1]), 1)).toBeLessThan(allowed);
    }
  });

  test("takes one and the same number of steps on one and the same problem", () => {
    const { problem } = smooth[1]!;
    const first = solve(problem, { solver });
    const second = solve(problem, { solver });
    expect(second.t).toEqual(first.t);
    expect(second.y).toEqual(first.y);
    expect(second.stats).toEqual(first.stats);
  });
});

test.each(allSolvers)(
  "$name: random linear systems of two unknowns against their closed solution",
  (solver) => {
    const entry = fc.integer({ min: -20, max: 20 }).map((k) => k / 10);
    fc.assert(
      fc.property(entry, entry, entry, entry, fc.boolean(), (a, b, c, d, fixed) => {
        const t = 1.5;
        // exp(A t) = e^(s t) (C I + S (A - s I)), s half the trace, S = sinh(q t) / q, C = cosh(q t), q^2 =
        // s^2 - det A.
        const s = (a + d) / 2;
        const square = s * s - (a * d - b * c);
        const q = Math.sqrt(Math.abs(square));
        const cosine = square >= 0 ? Math.cosh(q * t) : Math.cos(q * t);
        const sine = q < 1e-9 ? t : square >= 0 ? Math.sinh(q * t) / q : Math.sin(q * t) / q;
        const scale = Math.exp(s * t);
        const [x, y] = [1, -0.5];
        const exact = [
          scale * (cosine * x + sine * ((a - s) * x + b * y)),
          scale * (cosine * y + sine * (c * x + (d - s) * y)),
        ];
        const problem: OdeProblem = {
          f: (_t, u, du) => {
            du[0] = a * u[0]! + b * u[1]!;
            du[1] = c * u[0]! + d * u[1]!;
          },
          y0: [x, y],
          tSpan: [0, t],
        };
        const rtol = solver.order <= 2 ? 1e-6 : 1e-8;
        const run = solve(
          problem,
          fixed && solver.kind !== "multistep" ? { solver, steps: 400 } : { solver, rtol, atol: rtol },
        );
        expect(run.status).toBe("finished");
        // A method of order p leaves about h^p |A|^(p + 1) t exp(|A| t), with |A| <= 4, h <= 0.004 and t =
        // 1.5.
        const size = Math.max(Math.abs(a) + Math.abs(b), Math.abs(c) + Math.abs(d));
        const allowed = solver.order === 1 ? 0.1 : solver.order === 2 ? 1e-3 : 1e-5;
        expect(worst(run.yEnd, exact, Math.exp(size * t))).toBeLessThan(allowed);
      }),
      { numRuns: 25 },
    );
  },
);
