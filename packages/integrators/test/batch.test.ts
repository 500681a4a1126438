import { describe, expect, test } from "vitest";
import { auto, type OdeProblem, radau, solve, solveBatch, tsit5 } from "../src/index.ts";

const growth: OdeProblem = {
  f: (_t, y, dy, p) => {
    dy[0] = p[0]! * y[0]! * (1 - y[0]!);
    dy[1] = -p[1]! * y[1]!;
  },
  parameters: [1, 1],
  y0: [0.5, 1],
  tSpan: [0, 4],
};
const count = 7;
const y0 = Float64Array.from({ length: 2 * count }, (_, i) => 0.05 + 0.1 * i);
const parameters = Float64Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? 1 : 10 ** (i / 3)));

describe.each([tsit5, radau, auto()])("$name", (solver) => {
  test("every member takes the steps it would take alone, to the last bit", () => {
    const saveAt = [0, 1, 2.5, 4];
    const run = solveBatch(growth, { y0, parameters }, { solver, saveAt });
    expect(run.statuses).toEqual(new Array(count).fill("finished"));
    let evaluations = 0;
    let steps = 0;
    for (let k = 0; k < count; k++) {
      const alone = solve(
        { ...growth, y0: y0.subarray(2 * k, 2 * k + 2), parameters: parameters.subarray(2 * k, 2 * k + 2) },
        { solver, saveAt },
      );
      expect(run.y.subarray(8 * k, 8 * k + 8)).toEqual(alone.y);
      expect(run.yEnd.subarray(2 * k, 2 * k + 2)).toEqual(alone.yEnd);
      evaluations += alone.stats.evaluations;
      steps += alone.stats.steps;
    }
    expect(run.stats.evaluations).toBe(evaluations);
    expect(run.stats.steps).toBe(steps);
  });
});

test("a member that fails leaves NaN behind and does not disturb the others", () => {
  const run = solveBatch(
    {
      f: (_t, y, dy) => {
        dy[0] = y[0]! * y[0]!;
      },
      y0: [1],
      tSpan: [0, 1.5],
    },
    { y0: [0.1, 1, 0.5] },
    { solver: tsit5, saveAt: [0.5, 1.5] },
  );
  expect(run.statuses[0]).toBe("finished");
  expect(run.statuses[1]).not.toBe("finished");
  expect(run.statuses[2]).toBe("finished");
  expect(run.y[3]).toBeNaN();
  expect(run.tEnd[1]).toBeGreaterThan(0.9);
  expect(run.y[1]).toBeCloseTo(0.1 / (1 - 0.15), 5);
  expect(run.y[5]).toBeCloseTo(0.5 / (1 - 0.75), 5);
});

test("no members, and rows that do not fit", () => {
  expect(solveBatch(growth, { y0: [] }).count).toBe(0);
  expect(() => solveBatch(growth, { y0: [1, 2, 3] })).toThrow(/y0 has 3 values, expected rows of 2/);
  expect(() => solveBatch(growth, { y0: [1, 2], parameters: [1] })).toThrow(/parameters has 1 values/);
  expect(() => solveBatch(growth, { y0: [1, Number.NaN] })).toThrow(
    /solveBatch: y0\[1\] is NaN, expected a finite/,
  );
});
