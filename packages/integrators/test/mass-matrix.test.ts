import { describe, expect, test } from "vitest";
import {
  auto,
  bdf,
  discrete,
  type EventSpec,
  esdirk43,
  type OdeProblem,
  radau,
  rodas3,
  rodas5P,
  solve,
  solveBatch,
  tsit5,
} from "../src/index.ts";
import { rober } from "../src/problems.ts";
import { slope, worst } from "./families.ts";

const solvers = [bdf, radau, rodas5P, rodas3];

/** Robertson's reaction with the conservation of mass in the place of its third equation. */
const robertson: OdeProblem = {
  f: (_t, y, out) => {
    out[0] = -0.04 * y[0]! + 1e4 * y[1]! * y[2]!;
    out[1] = 0.04 * y[0]! - 1e4 * y[1]! * y[2]! - 3e7 * y[1]! * y[1]!;
    out[2] = y[0]! + y[1]! + y[2]! - 1;
  },
  mass: [1, 1, 0],
  autonomous: true,
  y0: [1, 0, 0],
  tSpan: [0, 1e5],
};

/** The transistor amplifier of the test set for initial value problem solvers (Mazzia and Magherini,
 *  University of Bari). It has index 1, eight unknowns, and a mass matrix of rank 5 that is not diagonal. */
const beta = 1e-6;
const g = (x: number) => beta * (Math.exp(x / 0.026) - 1);
const capacity = [1, 2, 3, 4, 5].map((k) => k * 1e-6);
const amplifierMass = (() => {
  const m = new Float64Array(64);
  const put = (i: number, j: number, x: number) => m.fill(x, i + 8 * j, i + 8 * j + 1);
  for (const [a, k] of [
    [0, 0],
    [3, 2],
    [6, 4],
  ] as const) {
    put(a, a, -capacity[k]!);
    put(a, a + 1, capacity[k]!);
    put(a + 1, a, capacity[k]!);
    put(a + 1, a + 1, -capacity[k]!);
  }
  put(2, 2, -capacity[1]!);
  put(5, 5, -capacity[3]!);
  return m;
})();
const amplifier: OdeProblem = {
  f: (t, y, out) => {
    const ue = 0.1 * Math.sin(200 * Math.PI * t);
    const [g23, g56] = [g(y[1]! - y[2]!), g(y[4]! - y[5]!)];
    out[0] = (y[0]! - ue) / 1000;
    out[1] = (2 * y[1]! - 6) / 9000 + 0.01 * g23;
    out[2] = y[2]! / 9000 - g23;
    out[3] = (y[3]! - 6) / 9000 + 0.99 * g23;
    out[4] = (2 * y[4]! - 6) / 9000 + 0.01 * g56;
    out[5] = y[5]! / 9000 - g56;
    out[6] = (y[6]! - 6) / 9000 + 0.99 * g56;
    out[7] = y[7]! / 9000;
  },
  mass: amplifierMass,
  y0: [0, 3, 3, 6, 3, 3, 6, 0],
  tSpan: [0, 0.2],
};
/** The test set's values at t = 0.2. */
const amplifierEnd = [
  -0.5562145012262709e-2, 3.006522471903042, 2.849958788608128, 2.926422536206241, 2.704617865010554,
  2.761837778393145, 4.770927631616772, 1.236995868091548,
];

describe.each(solvers)("$name", (solver) => {
  test("solves Robertson's reaction as a differential-algebraic equation", () => {
    const exact = solve(
      { ...rober, tSpan: [0, 1e5] },
      { solver: radau, rtol: 1e-10, atol: [1e-14, 1e-18, 1e-14], keep: "end" },
    ).yEnd;
    const run = solve(robertson, { solver, rtol: 1e-6, atol: [1e-9, 1e-13, 1e-9], keep: "end" });
    expect(run.status).toBe("finished");
    expect(worst(run.yEnd, exact)).toBeLessThan(2e-3);
    expect(Math.abs(run.yEnd[0]! + run.yEnd[1]! + run.yEnd[2]! - 1)).toBeLessThan(1e-7);
  });

  test("solves the transistor amplifier to the published end", () => {
    const run = solve(amplifier, { solver, rtol: 1e-7, atol: 1e-7, keep: "end" });
    expect(run.status).toBe("finished");
    expect(worst(run.yEnd, amplifierEnd, 0.1)).toBeLessThan(2e-4);
  });

  test("twice the identity is half of f", () => {
    const f = (_t: number, y: Float64Array, dy: Float64Array) => {
      dy[0] = -y[0]! * y[1]!;
      dy[1] = y[0]! * y[0]!;
    };
    const options = { solver, rtol: 1e-8, atol: 1e-8, keep: "end" } as const;
    for (const mass of [
      [2, 2],
      [2, 0, 0, 2],
    ]) {
      const run = solve({ f, y0: [1, 0], tSpan: [0, 4], mass }, options);
      expect(worst(run.yEnd, [1 / Math.cosh(2), Math.tanh(2)])).toBeLessThan(1e-5);
    }
  });
});

describe("with fixed steps on an equation of index 1 with a closed solution", () => {
  // y = cos t and z = sin t: y' = -z, 0 = y^2 + z^2 - 1.
  const circle: OdeProblem = {
    f: (_t, y, out) => {
      out[0] = -y[1]!;
      out[1] = y[0]! * y[0]! + y[1]! * y[1]! - 1;
    },
    jacobian: (_t, y, jac) => jac.set([0, 2 * y[0]!, -1, 2 * y[1]!]),
    mass: [1, 0],
    autonomous: true,
    y0: [Math.cos(0.5), Math.sin(0.5)],
    tSpan: [0.5, 2.5],
  };
  test.each([
    [radau, 5],
    [rodas5P, 5],
    [rodas3, 3],
  ] as const)("%o has its order", (solver, order) => {
    const counts = order === 5 ? [12, 16, 24] : [40, 60, 90];
    const errors = counts.map((steps) => {
      const run = solve(circle, { solver, steps, rtol: 1e-13, atol: 1e-14 });
      return worst(run.y, Array.from(run.t, (t) => [Math.cos(t), Math.sin(t)]).flat(), 1);
    });
    expect(Math.min(...errors)).toBeGreaterThan(1e-13);
    expect(
      slope(
        counts.map((n) => 1 / n),
        errors,
      ),
    ).toBeGreaterThan(order - 0.3);
  });
});

describe("initial values", () => {
  test("are moved until the algebraic equations hold; the others stay", () => {
    const run = solve({ ...robertson, y0: [1, 0, 0.5], tSpan: [0, 1] }, { solver: radau });
    expect([...run.y.subarray(0, 2)]).toEqual([1, 0]);
    expect(run.status).toBe("finished");
    expect(Math.abs(run.at(0)[2]!)).toBeLessThan(1e-12);
  });

  test("that cannot be made consistent are a status", () => {
    // 0 = z^2 + 1 has no solution, and 0 = y - 2 says nothing of z.
    for (const equation of [(_y: number, z: number) => z * z + 1, (y: number) => y - 2]) {
      const run = solve(
        {
          f: (_t, y, out) => {
            out[0] = -y[1]!;
            out[1] = equation(y[0]!, y[1]!);
          },
          mass: [1, 0],
          y0: [1, 1],
          tSpan: [0, 1],
        },
        { solver: bdf },
      );
      expect(run.status).toBe("inconsistent_start");
      expect(run.hint).toMatch(/equations without a derivative do not hold at t = 0/);
    }
  });
});

describe.each([rodas3, rodas5P, radau, bdf])("a state that is made consistent, $name", (solver) => {
  // y' = -y, and z = y + 1 without a derivative.
  const problem: OdeProblem = {
    f: (_t, y, dy) => dy.set([-y[0]!, y[1]! - y[0]! - 1]),
    mass: [1, 0],
    y0: [1, 5],
    tSpan: [0, 1],
  };
  const options = { solver, rtol: 1e-8, atol: 1e-10 };

  test("is what the solution begins with", () => {
    for (const run of [
      solve(problem, options),
      solve(problem, { ...options, saveAt: [0, 1] }),
      solve({ ...problem, tSpan: [0, 0] }, options),
    ]) {
      expect([...run.y.subarray(0, 2)]).toEqual([1, 2]);
    }
    const batch = solveBatch(problem, { y0: [3, 0, 1, 5] }, { ...options, saveAt: [0, 1] });
    expect([...batch.y.subarray(0, 2), ...batch.y.subarray(4, 6)]).toEqual([3, 4, 1, 2]);
  });

  test("is what an event's action leaves, and what the events go on from", () => {
    const double: EventSpec = {
      value: (_t, y) => y[0]! - 0.5,
      direction: -1,
      action: (_t, y) => y.set([1, y[1]!]),
    };
    const run = solve(problem, { ...options, events: [double, (_t, y) => y[1]! - 1.75] });
    expect([...run.events[1]!.after!]).toEqual([1, 2]);
    // z falls through 1.75, is 1.5 when y doubles, and falls through it once more.
    expect([...run.eventCounts]).toEqual([1, 2]);
  });

  test("and one that cannot be is the end of the run, also between other members of a batch", () => {
    const hard: OdeProblem = {
      ...problem,
      f: (_t, y, dy, p) => dy.set([-y[0]!, p[0]! * (y[1]! ** 2 + 1) + (1 - p[0]!) * (y[1]! - y[0]!)]),
      y0: [1, 0.5],
      parameters: [1],
    };
    expect([...solve(hard, options).yEnd]).toEqual([1, 0.5]);
    const events = [(_t: number, y: Float64Array) => y[0]! - 0.5];
    const members = { y0: [1, 1, 2, 0.5], parameters: [0, 1] };
    const batch = solveBatch(hard, members, { ...options, events });
    expect(batch.statuses).toEqual(["finished", "inconsistent_start"]);
    expect([...batch.yEnd.subarray(2)]).toEqual([2, 0.5]);
    expect([batch.events[1]!.length, ...batch.eventCounts[1]!]).toEqual([0, 0]);
    const stopped = solve(problem, { ...options, maxEvaluations: 1 });
    expect([...stopped.yEnd]).toEqual([1, 5]);
  });
});

test("rodas5P is the default, and misuse is said in words", () => {
  const short: OdeProblem = { ...robertson, tSpan: [0, 1] };
  const options = { rtol: 1e-6, atol: 1e-10, keep: "end" } as const;
  expect(solve(short, options).yEnd).toEqual(solve(short, { ...options, solver: rodas5P }).yEnd);
  for (const solver of [tsit5, esdirk43, auto()]) {
    expect(() => solve(short, { solver })).toThrow(/takes no mass matrix, expected rodas5P, radau or bdf/);
  }
  expect(() => solve({ ...short, mass: [1, 1] })).toThrow(/mass has 2 entries, expected 3 .* or 9/);
  expect(() => solve({ ...short, mass: [1, 1, Number.NaN] })).toThrow(/mass\[2\] is NaN/);
  expect(() => discrete().run(short, { solver: rodas5P })).toThrow(
    /has a mass matrix, expected none: gradients/,
  );
});
