import { describe, expect, test } from "vitest";
import {
  backwardEuler,
  esdirk43,
  IntegratorError,
  type OdeProblem,
  radau,
  rodas5P,
  solve,
} from "../src/index.ts";
import { bandPattern, colourColumns } from "../src/matrix/colouring.ts";
import { patternOf } from "../src/matrix/pattern.ts";
import { brusselator, hires, rober } from "../src/problems.ts";
import { System } from "../src/system.ts";
import { worst } from "./families.ts";

const without = ({ jacobian: _, ...problem }: OdeProblem): OdeProblem => problem;

describe("colouring", () => {
  test("a band of width w needs w groups", () => {
    expect(colourColumns(bandPattern(50, 2, 2))).toHaveLength(5);
    expect(colourColumns(bandPattern(50, 0, 3))).toHaveLength(4);
  });

  test("columns of a group share no row, and every column is in one", () => {
    const n = 40;
    const pattern = Array.from({ length: n }, (_, j) => [j, (7 * j + 3) % n, (11 * j + 5) % n]);
    const groups = colourColumns(patternOf(pattern));
    expect(groups.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, j) => j));
    for (const group of groups) {
      const rows = group.flatMap((j) => [...new Set(pattern[j]!)]);
      expect(new Set(rows).size).toBe(rows.length);
    }
  });
});

describe("finite differences", () => {
  test("agree with the analytic Jacobian, and count their evaluations", () => {
    const y = Float64Array.from(hires.y0, (v) => v + 0.1);
    const weights = y.map((v) => 1e-6 * v);
    const analytic = new System(hires);
    const difference = new System(without(hires));
    const a = analytic.newJacobian();
    const d = difference.newJacobian();
    expect(analytic.jacobian(0, y, weights, 1e-3, a)).toBe(true);
    expect(difference.jacobian(0, y, weights, 1e-3, d)).toBe(true);
    expect(worst(d.values, a.values, 1)).toBeLessThan(1e-6);
    expect(analytic.stats.evaluations).toBe(0);
    expect(difference.stats.evaluations).toBe(1 + 8);
  });

  test("by colours give the band's Jacobian in six evaluations", () => {
    const full = brusselator(30);
    const analytic = new System(full);
    const coloured = new System(without(full));
    const y = Float64Array.from(full.y0);
    const weights = y.map((v) => 1e-6 * v);
    const a = analytic.newJacobian();
    const c = coloured.newJacobian();
    analytic.jacobian(0, y, weights, 1e-3, a);
    coloured.jacobian(0, y, weights, 1e-3, c);
    expect(c.values).toHaveLength(5 * 60);
    expect(worst(c.values, a.values, 1)).toBeLessThan(1e-5);
    expect(coloured.stats.evaluations).toBe(1 + 5);
  });

  test("see components that are zero but about to move", () => {
    const system = new System(without(rober));
    const jac = system.newJacobian();
    const y = Float64Array.of(1, 0, 0);
    system.jacobian(0, y, Float64Array.of(1e-8, 1e-14, 1e-8), 1e-4, jac);
    // df/dy2 and df/dy3 at y = (1, 0, 0) vanish; differences are off by d * 3e7.
    expect(jac.values[0]).toBeCloseTo(-0.04, 8);
    expect(Math.abs(jac.values[4]!)).toBeLessThan(10);
  });
});

describe("structures", () => {
  const points = 25;
  const full = brusselator(points);
  const near = (j: number) => [j - 2, j - 1, j, j + 1, j + 2].filter((i) => i >= 0 && i < 2 * points);
  const pattern = Array.from({ length: 2 * points }, (_, j) => near(j));
  const { band: _band, jacobian: _jacobian, ...plain } = full;
  const variants: [string, OdeProblem][] = [
    ["dense differences", plain],
    ["banded differences", without(full)],
    ["banded analytic", full],
    ["sparse pattern", { ...plain, sparsity: pattern }],
  ];

  test.each([radau, rodas5P, esdirk43, backwardEuler])("$name: all give the same solution", (solver) => {
    const runs = variants.map(([, problem]) =>
      solve({ ...problem, tSpan: [0, 2] }, { solver, rtol: 1e-6, atol: 1e-8, keep: "end" }),
    );
    for (const run of runs) {
      expect(run.status).toBe("finished");
      // Jacobians differ by differences' errors, steps by what follows from that; errors stay at the
      // tolerance.
      expect(worst(run.yEnd, runs[2]!.yEnd)).toBeLessThan(1e-5);
    }
  });

  test("a narrow pattern is stored as a band", () => {
    expect(new System({ ...plain, sparsity: pattern }).newJacobian()).toMatchObject({
      form: "banded",
      lower: 2,
      upper: 2,
    });
  });

  test("a pattern with far entries is not", () => {
    const far = pattern.map((rows, j) => (j === 0 ? [...rows, 2 * points - 1] : rows));
    expect(new System({ ...plain, sparsity: far }).newJacobian().form).not.toBe("banded");
  });

  test.each([
    [
      "a band wider than the matrix",
      { band: { lower: 60, upper: 0 } },
      /band.lower is 60, expected .* 0 to 49/,
    ],
    ["a fractional band", { band: { lower: 1, upper: 0.5 } }, /band.upper is 0.5/],
    ["a pattern with too few columns", { sparsity: [[0]] }, /sparsity has 1 columns, expected 50/],
    [
      "a pattern with a row that is not there",
      { sparsity: pattern.map(() => [50]) },
      /sparsity\[0\] names row 50/,
    ],
    ["a pattern next to a band", { sparsity: pattern, band: { lower: 1, upper: 1 } }, /leave one out/],
  ])("%s is refused", (_, extra, message) => {
    expect(() => solve({ ...plain, ...extra })).toThrow(IntegratorError);
    expect(() => solve({ ...plain, ...extra })).toThrow(message);
  });
});

describe("reuse", () => {
  test("Radau evaluates few Jacobians and fewer factorisations than twice its steps", () => {
    const { stats } = solve(rober, {
      solver: radau,
      rtol: 1e-7,
      atol: rober.atolFor(1e-7),
      keep: "end",
    });
    expect(stats.jacobians).toBeLessThan(stats.steps / 2);
    expect(stats.factorisations).toBeLessThan(stats.steps);
  });

  test("fixed steps of a linear problem need one Jacobian and one factorisation", () => {
    const problem: OdeProblem = {
      f: (_t, y, dy) => {
        dy[0] = -50 * y[0]! + y[1]!;
        dy[1] = -y[1]!;
      },
      jacobian: (_t, _y, jac) => jac.set([-50, 0, 1, -1]),
      y0: [1, 1],
      tSpan: [0, 1],
    };
    const { stats } = solve(problem, { solver: backwardEuler, steps: 100 });
    expect(stats).toMatchObject({ steps: 100, jacobians: 1, factorisations: 1 });
  });
});
