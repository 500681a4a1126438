import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  backwardEuler,
  bogackiShampine32,
  dopri5,
  euler,
  heun,
  implicitMidpoint,
  type OdeProblem,
  type RosenbrockSolver,
  radau,
  rk4,
  rodas3,
  rodas5P,
  ros4,
  solve,
  trapezoidal,
  tsit5,
} from "../src/index.ts";
import { power } from "../src/power.ts";
import { rober } from "../src/problems.ts";
import { allSolvers, type explicitSolvers, worst } from "./families.ts";
import { circle as wholeCircle } from "./simple-problems.ts";

const circle: OdeProblem = { ...wholeCircle, tSpan: [0, 6] };
const onCircle = (t: number) => [Math.cos(t), Math.sin(t)];

describe("fixed steps", () => {
  test("explicit Euler is y + h f to the last bit", () => {
    const run = solve(circle, { solver: euler, steps: 10 });
    const h = 6 / 10;
    let [a, b] = [1, 0];
    for (let k = 0; k < 10; k++) [a, b] = [a + h * -b, b + h * a];
    expect([...run.yEnd]).toEqual([a, b]);
  });

  test("are refused where t does not advance by them: the run would end before its last step", () => {
    const late = { ...circle, tSpan: [1e16, 1e16 + 4] as const };
    const words = /the step from t = 10000000000000000 is below its rounding/;
    expect(() => solve(late, { steps: 10 })).toThrow(words);
    expect(() => solve(late, { step: 0.4 })).toThrow(words);
    expect(solve(late, { steps: 2 }).t).toHaveLength(3);
    expect(solve({ ...circle, tSpan: [0, 0] }, { steps: 3 }).status).toBe("finished");
    // 300 steps and the rounding of the end.
    expect(solve({ ...circle, tSpan: [1e6, 1e6 + 0.3] }, { step: 1e-3 }).status).toBe("finished");
  });

  test("work counts of explicit methods are stages times steps", () => {
    const count = (solver: (typeof explicitSolvers)[number]) =>
      solve(circle, { solver, steps: 50, keep: "end" }).stats.evaluations;
    expect(count(euler)).toBe(50);
    expect(count(heun)).toBe(100);
    expect(count(rk4)).toBe(200);
    // The last stage is the next step's first.
    expect(count(bogackiShampine32)).toBe(1 + 3 * 50);
    expect(count(dopri5)).toBe(1 + 6 * 50);
    expect(count(tsit5)).toBe(1 + 6 * 50);
  });

  test("Rosenbrock methods evaluate as often as their stages differ", () => {
    const jacobian = (_t: number, _y: Float64Array, jac: Float64Array): void => jac.set([0, 1, -1, 0]);
    const count = (solver: RosenbrockSolver) =>
      solve({ ...circle, jacobian, autonomous: true }, { solver, steps: 50, keep: "end" }).stats;
    // The second stage of RODAS3 is at y, the fourth of ROS4 where the third was.
    expect(count(rodas3)).toMatchObject({ evaluations: 150, jacobians: 50, solves: 200 });
    expect(count(ros4)).toMatchObject({ evaluations: 150, jacobians: 50, solves: 200 });
    expect(count(rodas5P)).toMatchObject({ evaluations: 400, jacobians: 50, solves: 400 });
  });

  test("a step size that does not divide the interval is shortened at the end", () => {
    const run = solve(circle, { solver: rk4, step: 0.4 });
    expect(run.t).toHaveLength(16);
    expect(run.tEnd).toBe(6);
    const uneven = solve({ ...circle, tSpan: [0, 1] }, { solver: rk4, step: 0.3 });
    expect([...uneven.t].map((t) => Number(t.toFixed(12)))).toEqual([0, 0.3, 0.6, 0.9, 1]);
  });

  test("a grid is met exactly", () => {
    const grid = [0, 0.1, 0.5, 2, 6];
    const run = solve(circle, { solver: rk4, grid });
    expect([...run.t]).toEqual(grid);
  });

  test("the implicit midpoint rule keeps the circle", () => {
    const run = solve(circle, { solver: implicitMidpoint, steps: 40 });
    for (let k = 0; k < run.t.length; k++) {
      expect(Math.hypot(run.y[2 * k]!, run.y[2 * k + 1]!)).toBeCloseTo(1, 10);
    }
  });

  test("backward Euler and the trapezoidal rule solve their own equations", () => {
    const h = 0.5;
    const one = { ...circle, tSpan: [0, h] as const };
    const [a, b] = solve(one, { solver: backwardEuler, steps: 1 }).yEnd;
    expect(a).toBeCloseTo(1 - h * b!, 10);
    expect(b).toBeCloseTo(h * a!, 10);
    const [c, d] = solve(one, { solver: trapezoidal, steps: 1 }).yEnd;
    expect(c).toBeCloseTo(1 - (h / 2) * d!, 10);
    expect(d).toBeCloseTo((h / 2) * (1 + c!), 10);
  });

  test("allocate no arrays while stepping", () => {
    const sizes: number[] = [];
    let calls = 0;
    const problem: OdeProblem = {
      ...circle,
      f: (t, y, dy) => {
        circle.f(t, y, dy, y);
        if (++calls % 10_000 === 0) sizes.push(process.memoryUsage().arrayBuffers);
      },
    };
    for (const solver of [euler, rk4, dopri5, backwardEuler, radau, rodas5P]) {
      sizes.length = 0;
      solve(problem, { solver, steps: 20_000, keep: "end" });
      expect(sizes.length).toBeGreaterThanOrEqual(2);
      // Less is possible: the collector may free what came before.
      expect(Math.max(...sizes), solver.name).toBe(sizes[0]);
    }
  });
});

describe.each(allSolvers)("$name", (solver) => {
  const rtol = solver.order <= 2 ? 1e-5 : 1e-7;
  const tolerance = solver.order <= 2 ? 5e-2 : 1e-4;

  test("integrates backwards", () => {
    const run = solve({ ...circle, y0: onCircle(6), tSpan: [6, 0] }, { solver, rtol, atol: rtol });
    expect(run.status).toBe("finished");
    expect(run.tEnd).toBe(0);
    expect(worst(run.yEnd, [1, 0], 1)).toBeLessThan(tolerance);
    expect(worst(run.at(2.5), onCircle(2.5), 1)).toBeLessThan(tolerance);
    for (let k = 1; k < run.t.length; k++) expect(run.t[k]).toBeLessThan(run.t[k - 1]!);
  });

  test("saves at given times what dense output gives there", () => {
    const saveAt = [0, 0.7, 2, 5.9, 6];
    const run = solve(circle, { solver, rtol, atol: rtol, saveAt });
    const dense = solve(circle, { solver, rtol, atol: rtol });
    expect([...run.t]).toEqual(saveAt);
    saveAt.forEach((t, k) => {
      expect(worst(run.y.subarray(2 * k, 2 * k + 2), dense.at(t), 1)).toBeLessThan(1e-13);
      expect(worst(dense.at(t), onCircle(t), 1)).toBeLessThan(tolerance);
    });
  });

  test("dense output is continuous from step to step and meets the steps", () => {
    const run = solve(circle, { solver, rtol, atol: rtol });
    const count = Math.min(run.t.length - 1, 40);
    for (let k = 1; k < count; k++) {
      const t = run.t[k]!;
      expect(worst(run.at(t), run.y.subarray(2 * k, 2 * k + 2), 1)).toBeLessThan(1e-12);
      expect(worst(run.at(t - 1e-9), run.at(t + 1e-9), 1)).toBeLessThan(1e-8);
    }
  });

  test("stops at the times it is told to", () => {
    const tStops = [1, Math.PI, 4.4];
    const run = solve(circle, { solver, rtol, atol: rtol, tStops });
    for (const stop of tStops) expect(run.t.includes(stop)).toBe(true);
    expect(run.tEnd).toBe(6);
  });
});

describe("options", () => {
  test("the first and the largest step are respected", () => {
    const run = solve(circle, { solver: tsit5, firstStep: 1e-3, maxStep: 0.05 });
    expect(run.t[1]).toBeCloseTo(1e-3, 15);
    for (let k = 1; k < run.t.length; k++)
      expect(run.t[k]! - run.t[k - 1]!).toBeLessThanOrEqual(0.05 + 1e-15);
  });

  test("tolerances are per component", () => {
    const problem: OdeProblem = {
      f: (t, _y, dy) => {
        dy[0] = 1e6 * Math.cos(40 * t);
        dy[1] = Math.cos(t);
      },
      y0: [0, 0],
      tSpan: [0, 3],
    };
    const loose = solve(problem, { solver: dopri5, rtol: 0, atol: [1e4, 1e-8] });
    const tight = solve(problem, { solver: dopri5, rtol: 0, atol: 1e-8 });
    expect(loose.stats.evaluations).toBeLessThan(tight.stats.evaluations / 5);
    expect(Math.abs(loose.yEnd[1]! - Math.sin(3))).toBeLessThan(1e-7);
  });

  test("rates estimate the spectral radius", () => {
    const problem: OdeProblem = {
      f: (_t, y, dy) => {
        dy[0] = -y[0]!;
        dy[1] = -100 * y[1]!;
      },
      y0: [1, 1],
      tSpan: [0, 1],
    };
    const explicit = solve(problem, { solver: dopri5, rates: true });
    expect(explicit.rates).toHaveLength(explicit.stats.steps);
    expect(explicit.rates[explicit.rates.length - 1]).toBeCloseTo(100, 3);
    const implicit = solve(problem, { solver: rodas5P, rates: true });
    expect(implicit.rates[3]).toBeCloseTo(100, 3);
  });

  test("two rates, 1 and 100: explicit steps stay at the stability limit, implicit ones grow", () => {
    const problem: OdeProblem = {
      f: (_t, y, dy) => {
        dy[0] = -y[0]!;
        dy[1] = -100 * y[1]!;
      },
      y0: [1, 1],
      tSpan: [0, 3],
    };
    const last = (run: { t: Float64Array }) => run.t[run.t.length - 3]! - run.t[run.t.length - 4]!;
    const options = { rtol: 1e-3, atol: 1e-6 };
    const explicit = solve(problem, { solver: dopri5, ...options });
    // 3.3 / 100: the fast component has been gone for a long time.
    expect(last(explicit)).toBeGreaterThan(0.025);
    expect(last(explicit)).toBeLessThan(0.04);
    expect(last(solve(problem, { solver: radau, ...options }))).toBeGreaterThan(0.2);
  });
});

describe("steps that Radau takes", () => {
  test("are the same wherever the problem is solved: no platform powers in the step control", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-12, max: 1e12, noNaN: true }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        (x, a) => {
          expect(Math.abs(power(x, a) / x ** a - 1)).toBeLessThan(1e-6);
        },
      ),
    );
    expect(power(0, 0.2)).toBe(0);
    expect(power(0, -0.2)).toBe(Number.POSITIVE_INFINITY);
    expect(power(Number.NaN, 0.2)).toBeNaN();
    expect(power(5e-320, 0.5)).toBeGreaterThan(0);
  });

  test("are counted: Robertson's problem at 1e-6", () => {
    const { stats } = solve(rober, {
      solver: radau,
      rtol: 1e-6,
      atol: rober.atolFor(1e-6),
      keep: "end",
    });
    expect(stats).toMatchInlineSnapshot(`
      {
        "evaluations": 3805,
        "factorisations": 640,
        "failed": 0,
        "jacobians": 247,
        "rejected": 1,
        "solves": 2712,
        "steps": 525,
      }
    `);
  });
});
