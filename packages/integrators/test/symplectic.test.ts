import { describe, expect, test } from "vitest";
import {
  discrete,
  gauss4,
  implicitMidpoint,
  type OdeProblem,
  type Solver,
  solve,
  symplecticSolvers,
  tsit5,
  velocityVerlet,
} from "../src/index.ts";
import { slope, worst } from "./families.ts";

/** Kepler's problem of eccentricity e, from the pericentre, in q (2) and v (2); period 2 pi. */
const kepler = (e: number): OdeProblem => ({
  f: (_t, y, dy) => {
    const r3 = (y[0]! ** 2 + y[1]! ** 2) ** 1.5;
    dy[0] = y[2]!;
    dy[1] = y[3]!;
    dy[2] = -y[0]! / r3;
    dy[3] = -y[1]! / r3;
  },
  y0: [1 - e, 0, 0, Math.sqrt((1 + e) / (1 - e))],
  tSpan: [0, 2 * Math.PI],
});
const energy = (y: ArrayLike<number>) => (y[2]! ** 2 + y[3]! ** 2) / 2 - 1 / Math.hypot(y[0]!, y[1]!);
const momentum = (y: ArrayLike<number>) => y[0]! * y[3]! - y[1]! * y[2]!;

/** A pendulum with a forced support: the second half depends on t. */
const forced: OdeProblem = {
  f: (t, y, dy) => {
    dy[0] = y[1]!;
    dy[1] = -Math.sin(y[0]!) + 0.3 * Math.cos(t);
  },
  y0: [0.5, 0.2],
  tSpan: [0, 5],
};

/** Newton's iteration to rounding, of those that need one. */
const exactly = { rtol: 1e-15, atol: 1e-15 };
/** Rounding of b^T A^-1 z and of Newton's last increment adds up, about 1e-15 a step. */
const rounding = ({ kind }: Solver) => (kind === "partitioned" ? 1 : 50);

describe.each([...symplecticSolvers, implicitMidpoint, gauss4])("$name", (solver) => {
  test.each([
    ["Kepler's problem", kepler(0.2)],
    ["a forced pendulum", forced],
  ] as const)("has its order on %s", (_, problem) => {
    const exact = solve(problem, { solver: tsit5, rtol: 1e-13, atol: 1e-14, keep: "end" }).yEnd;
    const counts =
      solver.order === 2 ? [200, 400, 800] : solver.order === 4 ? [100, 150, 200] : [70, 90, 120];
    const errors = counts.map((steps) =>
      worst(solve(problem, { ...exactly, solver, steps, keep: "end" }).yEnd, exact, 1),
    );
    expect(Math.min(...errors)).toBeGreaterThan(1e-12);
    const found = slope(
      counts.map((n) => 1 / n),
      errors,
    );
    expect(Math.abs(found - solver.order)).toBeLessThan(0.25);
  });

  test("keeps the angular momentum to rounding, and the energy within a bound that does not grow", () => {
    const problem: OdeProblem = { ...kepler(0.3), tSpan: [0, 400 * Math.PI] };
    const run = solve(problem, { ...exactly, solver, steps: 20_000, keep: "steps" });
    const start = Array.from(problem.y0);
    const drift = (from: number, to: number) => {
      let largest = 0;
      for (let k = from; k < to; k++) {
        largest = Math.max(largest, Math.abs(energy(run.y.subarray(4 * k, 4 * k + 4)) - energy(start)));
      }
      return largest;
    };
    for (let k = 0; k < run.t.length; k += 97) {
      expect(Math.abs(momentum(run.y.subarray(4 * k, 4 * k + 4)) - momentum(start))).toBeLessThan(
        1e-12 * rounding(solver),
      );
    }
    expect(drift(18_000, 20_001)).toBeLessThan(1.05 * drift(0, 2_000));
  });

  test("goes back to where it came from, to rounding", () => {
    const there = solve(kepler(0.5), { ...exactly, solver, steps: 300, keep: "end" }).yEnd;
    const back = solve(
      { ...kepler(0.5), y0: there, tSpan: [2 * Math.PI, 0] },
      { ...exactly, solver, steps: 300, keep: "end" },
    );
    expect(worst(back.yEnd, kepler(0.5).y0, 1)).toBeLessThan(1e-11 * rounding(solver));
  });

  test("is symplectic: M^T Omega M = Omega for the derivative M of ten steps", () => {
    const start = Array.from(kepler(0.4).y0, (x, i) => x + 0.1 * (i + 1));
    const after = (shift: number, j: number) =>
      solve(
        { ...kepler(0), y0: start.map((x, i) => (i === j ? x + shift : x)), tSpan: [0, 1] },
        { ...exactly, solver, steps: 10, keep: "end" },
      ).yEnd;
    const columns = [0, 1, 2, 3].map((j) => {
      const [plus, minus] = [after(1e-5, j), after(-1e-5, j)];
      return plus.map((x, i) => (x - minus[i]!) / 2e-5);
    });
    const omega = (a: Float64Array, b: Float64Array) =>
      a[0]! * b[2]! + a[1]! * b[3]! - a[2]! * b[0]! - a[3]! * b[1]!;
    columns.forEach((a, i) => {
      columns.forEach((b, j) => {
        const expected = j - i === 2 ? 1 : i - j === 2 ? -1 : 0;
        // Central differences with 1e-5 are good to 1e-9 here.
        expect(Math.abs(omega(a, b) - expected)).toBeLessThan(1e-8);
      });
    });
  });

  test("interpolates by a cubic", () => {
    const run = solve(forced, { ...exactly, solver, steps: 200 });
    const fine = solve(forced, { solver: tsit5, rtol: 1e-12, atol: 1e-12 });
    for (let t = 0.013; t < 5; t += 0.4) expect(worst(run.at(t), fine.at(t), 1)).toBeLessThan(1e-4);
  });
});

test("a Verlet step is the textbook's, and two calls of f", () => {
  const { f, y0 } = forced;
  const run = solve({ ...forced, tSpan: [0, 0.1] }, { solver: velocityVerlet, steps: 1, keep: "end" });
  const [q, v] = Array.from(y0) as [number, number];
  const a = (t: number, x: number) => {
    const dy = new Float64Array(2);
    f(t, Float64Array.of(x, 0), dy, new Float64Array(0));
    return dy[1]!;
  };
  const half = v + 0.05 * a(0, q);
  const end = q + 0.1 * half;
  expect([...run.yEnd]).toEqual([end, half + 0.05 * a(0.1, end)]);
  // Two more at the start: does the force depend on the velocities?
  expect(run.stats.evaluations).toBe(5);
});

describe("gauss4", () => {
  test("is the step that the collocation polynomial defines: its slopes at the nodes are f", () => {
    const h = 0.7;
    const run = solve({ ...forced, tSpan: [0, h] }, { ...exactly, solver: gauss4, steps: 1 });
    const stage = (x: number) => run.at(x * h);
    const slopeOf = (x: number) => {
      // The polynomial is a parabola: a central difference is its derivative.
      const [a, b] = [stage(x + 0.1), stage(x - 0.1)];
      return a.map((v, i) => (v - b[i]!) / (0.2 * h));
    };
    for (const x of [(3 - Math.sqrt(3)) / 6, (3 + Math.sqrt(3)) / 6]) {
      const dy = new Float64Array(2);
      forced.f(x * h, stage(x), dy, new Float64Array(0));
      expect(worst(slopeOf(x), dy, 1)).toBeLessThan(1e-13);
    }
  });

  test("keeps the energy of a pendulum, which is no quadratic, within a bound for 100,000 steps", () => {
    const pendulum: OdeProblem = {
      f: (_t, y, dy) => {
        dy[0] = y[1]!;
        dy[1] = -Math.sin(y[0]!);
      },
      y0: [2, 0],
      tSpan: [0, 20_000],
    };
    const energyOf = (y: Float64Array) => y[1]! ** 2 / 2 - Math.cos(y[0]!);
    const drift = [0, 0];
    const start = -Math.cos(2);
    solve(pendulum, {
      ...exactly,
      solver: gauss4,
      steps: 100_000,
      keep: "end",
      onStep: ({ t, y }) => {
        const half = t < 10_000 ? 0 : 1;
        drift[half] = Math.max(drift[half]!, Math.abs(energyOf(y) - start));
      },
    });
    // h^4 / 4320 times derivatives of order one.
    expect(drift[0]).toBeLessThan(1e-5);
    expect(drift[1]).toBeLessThan(1.05 * drift[0]!);
  });

  test("adapts by doubled steps, takes a band and a pattern, and says what it does not take", () => {
    const n = 40;
    const heat: OdeProblem = {
      f: (_t, y, dy) => {
        for (let i = 0; i < n; i++) {
          dy[i] = (n + 1) ** 2 * ((y[i - 1] ?? 0) - 2 * y[i]! + (y[i + 1] ?? 0));
        }
      },
      y0: Array.from({ length: n }, (_, i) => Math.sin((Math.PI * (i + 1)) / (n + 1))),
      tSpan: [0, 0.1],
    };
    // The first mode decays with 4 (n + 1)^2 sin^2(pi / (2 (n + 1))).
    const rate = 4 * (n + 1) ** 2 * Math.sin(Math.PI / (2 * (n + 1))) ** 2;
    const expected = Array.from(heat.y0, (x) => x * Math.exp(-0.1 * rate));
    const sparsity = Array.from({ length: n }, (_, j) => [j - 1, j, j + 1].filter((i) => i >= 0 && i < n));
    for (const structure of [{}, { band: { lower: 1, upper: 1 } }, { sparsity }]) {
      const run = solve({ ...heat, ...structure }, { solver: gauss4, rtol: 1e-8, atol: 1e-10, keep: "end" });
      expect(run.status).toBe("finished");
      expect(worst(run.yEnd, expected)).toBeLessThan(1e-6);
    }
    expect(() => solve({ ...heat, mass: new Float64Array(n).fill(1) }, { solver: gauss4 })).toThrow(
      /gauss4 takes no mass matrix/,
    );
    expect(() => solve({ ...heat, krylov: {} }, { solver: gauss4 })).toThrow(/gauss4 factorises complex/);
  });
});

test("misuse is said in words", () => {
  expect(() => solve(forced, { solver: velocityVerlet })).toThrow(/velocityVerlet needs fixed steps/);
  expect(() => solve({ ...forced, y0: [1, 2, 3] }, { solver: velocityVerlet, steps: 3 })).toThrow(
    /3 entries, expected positions and as many velocities/,
  );
  expect(() => discrete().run(forced, { solver: velocityVerlet, steps: 3 })).toThrow(/no gradients/);
});
