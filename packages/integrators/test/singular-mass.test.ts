import { describe, expect, test } from "vitest";
import { bdf, type OdeProblem, radau, rodas3, rodas5P, ros4, solve } from "../src/index.ts";
import { worst } from "./families.ts";

/** u' = -u for u = y_0 + y_1 with M = [1 1; 1 1], and y_0 = 2 y_1 + 1 as the difference of the equations. */
const sum: OdeProblem = {
  f: (_t, y, dy) => {
    const rate = -(y[0]! + y[1]!);
    const constraint = y[0]! - 2 * y[1]! - 1;
    dy.set([rate + constraint, rate - constraint]);
  },
  mass: [1, 1, 1, 1],
  y0: [1, 1],
  tSpan: [0, 1],
};
const end = 2 * Math.exp(-1);
const right = [(2 * end + 1) / 3, (end - 1) / 3];

/** The same with a nonlinear constraint, the third unknown's cube, between rows of three. */
const cubic: OdeProblem = {
  f: (_t, y, dy) => {
    const rate = -(y[0]! + y[1]!);
    dy.set([rate + y[2]! ** 3 - 8, 2 * rate - (y[2]! ** 3 - 8), y[0]! - 2 * y[1]! - y[2]! + 1]);
  },
  mass: [1, 2, 0, 1, 2, 0, 0, 0, 0],
  y0: [1, 1, 1],
  tSpan: [0, 1],
};

describe.each([rodas3, rodas5P, radau, bdf])("a singular mass matrix without zero rows, $name", (solver) => {
  test("starts from a state that satisfies the hidden equations", () => {
    const run = solve(sum, { solver, rtol: 1e-8, atol: 1e-10 });
    expect(run.status).toBe("finished");
    const [u, v] = run.at(0) as unknown as [number, number];
    expect(u - 2 * v).toBeCloseTo(1, 12);
    expect(worst(run.yEnd, right, 1)).toBeLessThan(1e-6);
    const { yEnd } = solve(cubic, { solver, rtol: 1e-8, atol: 1e-10 });
    expect(worst(yEnd, [(2 * end + 1) / 3, (end - 1) / 3, 2], 1)).toBeLessThan(1e-6);
  });
});

test.each([rodas3, rodas5P, radau])("$name starts fixed steps consistently, too", (solver) => {
  expect(worst(solve(cubic, { solver, steps: 100 }).yEnd, [...right, 2], 1)).toBeLessThan(1e-5);
});

test.each([1e-9, 1e-11, 1e-13])(
  "an inconsistent start is mended at rtol %g, where rounding is all that is left",
  (rtol) => {
    const problem: OdeProblem = {
      f: (_t, y, dy) => dy.set([-y[0]!, 1e6 * (Math.exp(y[1]!) - 3 * y[0]! - 1e-3 * y[1]!)]),
      mass: [1, 0],
      y0: [1, 0],
      tSpan: [0, 1e-3],
    };
    expect(solve(problem, { rtol, atol: 1e-30, solver: radau, maxSteps: 1e4 }).status).toBe("finished");
  },
);

test("ros4, whose last stage is not the end of its step, takes no mass matrix", () => {
  expect(() => solve(sum, { solver: ros4 })).toThrow(/ros4 takes no mass matrix, expected rodas5P/);
});
