import { describe, expect, test } from "vitest";
import { discrete, type OdeProblem, rkc, solve } from "../src/index.ts";
import { brusselator2d } from "../src/problems.ts";
import { chebyshevStages, stagesFor } from "../src/tableau/chebyshev.ts";
import { slope, smooth, worst } from "./families.ts";
import reference from "./reference/sparse.json" with { type: "json" };

/** The factor of a step on y' = z y / h, by the recursion. */
function stability(stages: number, z: number): number {
  const { first, now, before, change, begin } = chebyshevStages(stages);
  let [older, old] = [1, 1 + first * z];
  for (let j = 2; j <= stages; j++) {
    const next =
      1 - now[j]! - before[j]! + now[j]! * old + before[j]! * older + z * (change[j]! * old + begin[j]!);
    older = old;
    old = next;
  }
  return old;
}

const counts = [2, 3, 4, 5, 10, 33, 100, 1000];

describe("the coefficients", () => {
  test.each(counts)("of %d stages are stable as far as is said, and not twice as far", (stages) => {
    // The largest h times the spectral radius with this number of stages.
    const end = (stages ** 2 - 1) / 1.54;
    expect(stagesFor(end * (1 - 1e-12))).toBe(stages);
    for (let k = 0; k <= 4000; k++) {
      const x = (end * k) / 4000;
      expect(Math.abs(stability(stages, -x))).toBeLessThanOrEqual(1 + 1e-9);
    }
    // With a thousand stages it overflows.
    expect(Math.abs(stability(stages, -2 * end - 2)) <= 1).toBe(false);
  });

  test.each(counts)("of %d stages are those of exp to second order, and end at the step's end", (stages) => {
    const z = 1e-3;
    expect(Math.abs(stability(stages, z) - Math.exp(z))).toBeLessThan(z ** 3);
    expect(chebyshevStages(stages).c[stages]).toBeCloseTo(1, 9);
  });

  // Sommeijer, Shampine and Verwer 1998: beta(s) is about 2 / 3 (s^2 - 1) (1 - 2 eps / 15), with eps = 2 /
  // 13.
  test("have the published stability interval", () => {
    for (const stages of [5, 10, 50]) {
      const beta = (2 / 3) * (stages ** 2 - 1) * (1 - (2 / 15) * (2 / 13));
      expect(Math.abs(stability(stages, -beta))).toBeLessThanOrEqual(1 + 1e-3);
      expect(Math.abs(stability(stages, -1.02 * beta - 1))).toBeGreaterThan(1);
    }
  });
});

/** u' = u_xx on (0, 1) from one sine: each point decays at the same known rate. */
function heat(points: number): { problem: OdeProblem; rate: number } {
  const k = (points + 1) ** 2;
  return {
    problem: {
      f: (_t, y, dy) => {
        for (let i = 0; i < points; i++) {
          dy[i] = k * ((i > 0 ? y[i - 1]! : 0) - 2 * y[i]! + (i < points - 1 ? y[i + 1]! : 0));
        }
      },
      y0: Float64Array.from({ length: points }, (_, i) => Math.sin((Math.PI * (i + 1)) / (points + 1))),
      tSpan: [0, 0.2],
    },
    rate: 4 * k * Math.sin(Math.PI / (2 * (points + 1))) ** 2,
  };
}

describe("rkc", () => {
  test.each(smooth)("is of order 2 on a $name problem", ({ problem, exact }) => {
    const end = exact(problem.tSpan[1]);
    const counted = [40, 80, 160, 320];
    const errors = counted.map((steps) => worst(solve(problem, { solver: rkc, steps }).yEnd, end, 1));
    const h = counted.map((steps) => 1 / steps);
    const found = slope(h, errors);
    expect(found).toBeGreaterThan(1.85);
    // Terms of higher order weigh in longer steps.
    expect(found).toBeLessThan(2.5);
  });

  test("keeps to its tolerance where stiffness is diffusion, without a Jacobian", () => {
    for (const points of [50, 400]) {
      const { problem, rate } = heat(points);
      for (const rtol of [1e-3, 1e-5, 1e-7]) {
        const run = solve(problem, { solver: rkc, rtol, atol: rtol, keep: "end" });
        expect(run.status).toBe("finished");
        expect(run.stats.jacobians + run.stats.factorisations).toBe(0);
        const exact = Math.exp(-rate * 0.2);
        const middle = points >> 1;
        // Errors of all steps add up, and the solution has become a seventh.
        expect(Math.abs(run.yEnd[middle]! / (exact * problem.y0[middle]!) - 1)).toBeLessThan(500 * rtol);
      }
    }
  });

  test("takes evaluations with the root of the spectral radius: a sixty-fourth of it, an eighth", () => {
    const work = [50, 401].map(
      (points) =>
        solve(heat(points).problem, { solver: rkc, rtol: 1e-5, atol: 1e-5, keep: "end" }).stats.evaluations,
    );
    expect(work[1]! / work[0]!).toBeLessThan(10);
    expect(work[1]! / work[0]!).toBeGreaterThan(4);
  });

  test("reaches SciPy's end state of the two-dimensional Brusselator, dense output between", () => {
    const { bounded, m } = reference.brusselator;
    const { sparsity: _, sparseJacobian: __, ...problem } = brusselator2d(m);
    const run = solve(problem, { solver: rkc, rtol: 1e-7, atol: 1e-7, tStops: [1.1] });
    expect(run.status).toBe("finished");
    // SciPy's tolerance is 1e-10; here local errors of 1e-7 add up over 11 units of time.
    expect(worst(run.yEnd, bounded)).toBeLessThan(1e-4);
    const short = solve(
      { ...problem, tSpan: [0, 3.3] },
      { solver: rkc, rtol: 1e-9, atol: 1e-9, keep: "end", tStops: [1.1] },
    );
    expect(worst(run.at(3.3), short.yEnd)).toBeLessThan(1e-4);
  });

  test("has no gradients of its steps and takes no mass matrix, and says so", () => {
    const { problem } = smooth[0]!;
    expect(() => discrete().run(problem, { solver: rkc })).toThrow(/rkc has no gradients of its steps/);
    expect(() => solve({ ...problem, mass: [1, 0] }, { solver: rkc })).toThrow(/rkc takes no mass matrix/);
  });
});
