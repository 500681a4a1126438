import { describe, expect, test } from "vitest";
import { auto, bdf, bdfUpTo, discrete, integrator, radau, solve } from "../src/index.ts";
import { hires, rober, vdpol } from "../src/problems.ts";
import { errorConstants, harmonic, kappa } from "../src/tableau/numerical-differentiation.ts";
import { slope, smooth, worst } from "./families.ts";

/** What the formula of order k makes of y' = z y / h, on the boundary |w| = 1: z = sum (1 - w)^m / m -
 *  kappa gamma (1 - w)^(k + 1), w = exp(-i theta). */
function boundary(k: number, theta: number): { re: number; im: number } {
  const u = { re: 1 - Math.cos(theta), im: Math.sin(theta) };
  let power = { re: 1, im: 0 };
  let [re, im] = [0, 0];
  for (let m = 1; m <= k + 1; m++) {
    power = { re: power.re * u.re - power.im * u.im, im: power.re * u.im + power.im * u.re };
    const weight = m <= k ? 1 / m : -kappa[k]! * harmonic[k]!;
    re += weight * power.re;
    im += weight * power.im;
  }
  return { re, im };
}

const thetas = Array.from({ length: 2000 }, (_, i) => ((i + 1) * Math.PI) / 2000);

describe("the formulas", () => {
  test.each([1, 2])("of order %d are A-stable: the boundary stays in the right half-plane", (k) => {
    for (const theta of thetas) expect(boundary(k, theta).re).toBeGreaterThan(-1e-12);
  });

  // Shampine and Reichelt 1997, table 1.
  test.each([
    [3, 80],
    [4, 66],
    [5, 51],
  ])("of order %d are stable in a wedge of %d degrees, and in none that is two wider", (k, degrees) => {
    const angles = thetas.map((theta) => {
      const { re, im } = boundary(k, theta);
      return (Math.atan2(Math.abs(im), -re) * 180) / Math.PI;
    });
    const angle = Math.min(...angles);
    expect(angle).toBeGreaterThan(degrees - 0.6);
    expect(angle).toBeLessThan(degrees + 2);
  });

  test.each([1, 2, 3, 4, 5])(
    "of order %d integrate polynomials of that degree, and miss the next by their constant",
    (k) => {
      // Backward differences of t^q at t = 0, -1, -2, ...; the formula's residual with h = 1 against q t^(q -
      // 1).
      const residual = (q: number) => {
        const values = Array.from({ length: k + 2 }, (_, i) => (-i) ** q);
        let sum = 0;
        let row = values;
        let last = 0;
        for (let m = 1; m <= k + 1; m++) {
          row = row.slice(0, -1).map((x, i) => x - row[i + 1]!);
          last = row[0]!;
          sum += m <= k ? last / m : -kappa[k]! * harmonic[k]! * last;
        }
        return { value: sum - (q === 1 ? 1 : 0), last };
      };
      for (let q = 0; q <= k; q++) expect(Math.abs(residual(q).value)).toBeLessThan(1e-9);
      const { value, last } = residual(k + 1);
      expect(value / last).toBeCloseTo(-errorConstants[k]!, 9);
    },
  );
});

describe("bdf", () => {
  test.each([1, 2, 3, 4, 5])("up to order %d: the error falls with that power of the mean step", (order) => {
    const { problem, exact } = smooth[1]!;
    const long = { ...problem, tSpan: [0, 12] as const };
    const runs = (order < 3 ? [1e-5, 1e-6, 1e-7] : [1e-6, 1e-8, 1e-10]).map((rtol) => {
      const run = solve(long, { solver: bdfUpTo(order), rtol, atol: rtol });
      return { h: 12 / run.stats.steps, error: worst(run.y, Array.from(run.t, exact).flat(), 1) };
    });
    const found = slope(
      runs.map((run) => run.h),
      runs.map((run) => run.error),
    );
    // Orders change along the way, and start from 1: the power shows, not to the second digit.
    expect(found).toBeGreaterThan(order - 0.4);
    expect(found).toBeLessThan(order + 1);
  });

  test("is continuous in its dense output, and as exact between steps as at them", () => {
    const { problem, exact } = smooth[2]!;
    const run = solve(problem, { solver: bdf, rtol: 1e-7, atol: 1e-7 });
    for (let k = 1; k < run.t.length; k++) {
      const middle = (run.t[k - 1]! + run.t[k]!) / 2;
      expect(worst(run.at(middle), exact(middle), 1)).toBeLessThan(1e-5);
      // A moment before a step's end its polynomial has come to the state there.
      const before = run.t[k]! - 1e-9 * (run.t[k]! - run.t[k - 1]!);
      expect(worst(run.at(before), run.y.subarray(2 * k, 2 * k + 2), 1)).toBeLessThan(1e-8);
    }
  });

  test("keeps Jacobians and factorisations for many steps", () => {
    const { stats } = solve({ ...hires }, { solver: bdf, rtol: 1e-5, atol: 1e-8, keep: "end" });
    expect(stats.jacobians).toBeLessThan(stats.steps / 8);
    expect(stats.factorisations).toBeLessThan(stats.steps / 2);
    const newton = stats.evaluations - (hires.jacobian ? 0 : hires.y0.length * stats.jacobians);
    expect(newton).toBeLessThan(2.25 * (stats.steps + stats.rejected + stats.failed));
  });

  test("solves stiff problems to the tolerance, by itself and as the implicit side of auto", () => {
    for (const problem of [rober, hires, vdpol]) {
      const exact = solve(problem, {
        solver: radau,
        rtol: 1e-10,
        atol: problem.atolFor(1e-10),
        keep: "end",
      }).yEnd;
      for (const solver of [bdf, auto({ stiff: bdf })]) {
        const run = solve(problem, { solver, rtol: 1e-6, atol: problem.atolFor(1e-6), keep: "end" });
        expect(run.status).toBe("finished");
        expect(worst(run.yEnd, exact)).toBeLessThan(2e-3);
      }
    }
  });

  test("takes no fixed steps and has no gradients, and says so", () => {
    const { problem } = smooth[0]!;
    expect(() => solve(problem, { solver: bdf, steps: 10 })).toThrow(/bdf chooses its own steps/);
    expect(() => discrete().run(problem, { solver: bdf })).toThrow(/bdf has no gradients of its steps/);
    expect(() => discrete().run(problem, { solver: auto({ stiff: bdf }) })).toThrow(/has no gradients/);
    expect(() => bdfUpTo(6)).toThrow(/highest order is 6, expected 1 to 5/);
  });

  test("begins with one evaluation a step where f is linear and slow", () => {
    const run = integrator({ f: (_t, _y, dy) => void dy.fill(1), y0: [0], tSpan: [0, 1] }, { solver: bdf });
    while (run.step());
    // Exact from the first step: the start, its first step's size, a Jacobian by differences, and one for
    // each step.
    expect(Math.abs(run.y[0]! - 1)).toBeLessThan(1e-14);
    expect(run.stats.rejected + run.stats.failed).toBe(0);
  });
});
