import { describe, expect, test } from "vitest";
import {
  auto,
  backwardEuler,
  bdf,
  esdirk43,
  IntegratorError,
  implicitMidpoint,
  type OdeProblem,
  radau,
  rodas3,
  rodas5P,
  ros4,
  type Solver,
  solve,
} from "../src/index.ts";
import { brusselator, e5, hires, orego, pollu, rober, type TestProblem, vdpol } from "../src/problems.ts";
import { worst } from "./families.ts";
import brusselatorReference from "./reference/brusselator.json" with { type: "json" };
import scipy from "./reference/scipy-steps.json" with { type: "json" };

const bruss = (points: number, reference: number[]): TestProblem => ({
  ...brusselator(points),
  name: `BRUSS ${points}`,
  source: "",
  reference,
  atolFor: (rtol) => new Array<number>(2 * points).fill(rtol),
});

const problems: TestProblem[] = [
  rober,
  orego,
  hires,
  vdpol,
  pollu,
  bruss(20, brusselatorReference.points20),
  bruss(100, brusselatorReference.points100),
];

/** Error over rtol |reference| + atol, so in units of the tolerance. */
function errorInTolerances(problem: TestProblem, solver: Solver, rtol: number): number {
  const atol = problem.atolFor(rtol);
  const run = solve(problem, { solver, rtol, atol, keep: "end" });
  expect(run.status).toBe("finished");
  return Math.max(
    ...problem.reference.map((y, i) => Math.abs(y - run.yEnd[i]!) / (rtol * Math.abs(y) + atol[i]!)),
  );
}

const stiff: Solver[] = [radau, rodas5P, ros4, rodas3, esdirk43, auto(), auto({ stiff: radau })];

describe.each(stiff)("$name", (solver) => {
  test.each(problems)("$name: the published end state within 10 tolerances", (problem) => {
    expect(errorInTolerances(problem, solver, 1e-5)).toBeLessThan(10);
  });
});

describe.each([radau, rodas5P])("$name at other tolerances", (solver) => {
  test.each(problems)("$name", (problem) => {
    expect(errorInTolerances(problem, solver, 1e-3)).toBeLessThan(10);
    expect(errorInTolerances(problem, solver, 1e-8)).toBeLessThan(10);
  });
});

describe("backward Euler", () => {
  // Local errors of size rtol add up to rtol^(1/2). So 1e-3 needs a tolerance of 1e-6, on the problems
  // without sharp fronts.
  test.each([rober, hires, pollu, problems[5]!])("$name: the root of the tolerance", (problem) => {
    const run = solve(problem, {
      solver: backwardEuler,
      rtol: 1e-6,
      atol: problem.atolFor(1e-6),
      keep: "end",
    });
    expect(run.status).toBe("finished");
    const floor = problem === pollu ? 1e-12 : 0;
    expect(worst(run.yEnd, problem.reference, floor)).toBeLessThan(1e-2);
  });
});

describe("the implicit midpoint rule", () => {
  test.each([rober, hires, vdpol, pollu])(
    "$name: A-stability is enough at moderate tolerances",
    (problem) => {
      expect(errorInTolerances(problem, implicitMidpoint, 1e-3)).toBeLessThan(20);
    },
  );
});

describe("E5", () => {
  test.each([radau, esdirk43, auto({ stiff: radau })])("by $name to t = 1e13", (solver) => {
    const run = solve(e5, { solver, rtol: 1e-5, atol: 1.7e-24, keep: "end" });
    expect(run.status).toBe("finished");
    // y1 is far below the tolerance. y2 and y3 are 50 times the tolerance.
    expect(Math.abs(run.yEnd[0]!)).toBeLessThan(1e-40);
    expect(worst(run.yEnd.subarray(1, 3), e5.reference.slice(1, 3))).toBeLessThan(0.02);
  });

  test.each([rodas5P, rodas3, ros4, auto()])(
    "by $name to t = 1e5, while invariants are above rounding",
    (solver) => {
      const rtol = 1e-6;
      const run = solve({ ...e5, tSpan: [0, 1e5] }, { solver, rtol, atol: 1e-24, keep: "end" });
      expect(run.status).toBe("finished");
      expect(worst(run.yEnd, scipy.e5)).toBeLessThan(10 * rtol);
    },
  );

  // y2 = y3 + y4 is kept to the rounding of systems with h |J| = 1e6, when y2 is 1e-12; at the end it is
  // 1e-22.
  test.each([rodas5P, rodas3, ros4, auto()])(
    "by $name ends where rounding has come to 10 tolerances",
    (solver) => {
      const options = { rtol: 1e-5, atol: 1.7e-24, keep: "end" } as const;
      const run = solve(e5, { ...options, solver });
      expect(run.status).toBe("rounding_dominates");
      expect(run.hint).toMatch(/auto\(\{ stiff: radau \}\)/);
      expect(run.tEnd).toBeGreaterThan(1e5);
      const exact = solve({ ...e5, tSpan: [0, run.tEnd] }, { rtol: 1e-9, atol: 1e-28, solver: radau });
      // So far it is right.
      run.yEnd.forEach((y, i) => {
        const reference = exact.yEnd[i]!;
        expect(Math.abs(y - reference)).toBeLessThan(
          100 * (options.atol + options.rtol * Math.abs(reference)),
        );
      });
    },
  );

  test.each([rodas5P, rodas3, ros4])("is not ROBER: $name is not ended there", (solver) => {
    for (const rtol of [1e-3, 1e-7]) {
      const run = solve(rober, { solver, rtol, atol: rober.atolFor(rtol), keep: "end" });
      expect(run.status).toBe("finished");
    }
  });
});

describe("test problems", () => {
  test.each(problems)("$name: the analytic Jacobian agrees with differences", (problem) => {
    const n = problem.y0.length;
    const y = Float64Array.from(problem.y0, (v, i) => v + 0.01 * (1 + (i % 3)));
    const p = new Float64Array(0);
    const { band } = problem;
    const width = band ? band.lower + band.upper + 1 : n;
    const jac = new Float64Array(width * n);
    problem.jacobian!(0.3, y, jac, p);
    const plus = new Float64Array(n);
    const minus = new Float64Array(n);
    for (let j = 0; j < n; j++) {
      const kept = y[j]!;
      const d = 1e-6 * Math.max(Math.abs(kept), 1e-2);
      y[j] = kept + d;
      problem.f(0.3, y, plus, p);
      y[j] = kept - d;
      problem.f(0.3, y, minus, p);
      y[j] = kept;
      const column = Array.from({ length: n }, (_, i) => (plus[i]! - minus[i]!) / (2 * d));
      // Truncation relative to the column, and what rounding of f leaves of a difference.
      const rounding = (8 * Number.EPSILON * Math.max(...plus.map(Math.abs))) / d;
      const allowed = 1e-6 * Math.max(...column.map(Math.abs), 1e-3) + rounding;
      column.forEach((slope, i) => {
        const inside = !band || (i - j <= band.lower && j - i <= band.upper);
        const entry = !inside ? 0 : band ? jac[band.upper + i - j + width * j]! : jac[i + n * j]!;
        expect(Math.abs(entry - slope)).toBeLessThan(allowed);
      });
    }
  });

  test("refuse sizes that make no sense", () => {
    expect(() => brusselator(1)).toThrow(IntegratorError);
    expect(() => brusselator(2.5)).toThrow(/points is 2.5/);
  });
});

test.each([...stiff, bdf])("$name does not step over an explosion that ends at a steady state", (solver) => {
  const flame: OdeProblem = {
    f: (_t, y, dy) => {
      dy[0] = y[0]! ** 2 - y[0]! ** 3;
    },
    y0: [1e-4],
    tSpan: [0, 2e4],
  };
  for (const tolerance of [1e-5, 1e-6, 1e-7, 1e-8]) {
    for (const end of [1.3e4, 1.7e4, 2e4, 3e4]) {
      const { yEnd } = solve(
        { ...flame, tSpan: [0, end] },
        { solver, rtol: tolerance, atol: Math.min(1e-6, tolerance), keep: "end" },
      );
      expect(yEnd[0]).toBeCloseTo(1, 3);
    }
  }
});
