import { describe, expect, test } from "vitest";
import {
  auto,
  bdf,
  discrete,
  integrator,
  type OdeProblem,
  radau,
  rodas5P,
  type SolveOptions,
  solve,
  solveBatch,
  tsit5,
} from "../src/index.ts";
import { rober } from "../src/problems.ts";
import { allSolvers, worst } from "./families.ts";

/** The knee problem, y' = ((1 - x) y - y^2) / eps. Its solution follows 1 - x to x = 1, then bends to 0.
 *  @see Dahlquist, Edsberg, Skollermo and Soderlind 1982; Shampine, Thompson, Kierzenka and Byrne,
 *  Non-negative solutions of ODEs, 2005 */
const knee: OdeProblem = {
  f: (x, y, dy) => dy.fill(((1 - x) * y[0]! - y[0]! ** 2) / 1e-6),
  y0: [1],
  tSpan: [0, 2],
};

/** Decay to nothing through a chain: every unknown is positive for all times. */
const chain: OdeProblem = {
  f: (_t, y, dy) => {
    dy[0] = -50 * y[0]!;
    dy[1] = 50 * y[0]! - 3 * y[1]!;
    dy[2] = 3 * y[1]! - 20 * y[2]!;
  },
  y0: [1, 0, 0],
  tSpan: [0, 20],
};

describe.each(allSolvers)("$name", (solver) => {
  const loose: SolveOptions = { solver, rtol: 1e-3, atol: 1e-4, bounds: { lower: 0 } };

  test("keeps what decays to nothing above nothing, at every step and in between, and as exact as asked", () => {
    const free = solve(chain, { ...loose, bounds: {} });
    const run = solve(chain, { ...loose, saveAt: 0.01 });
    expect(run.status).toBe("finished");
    expect(Math.min(...run.y)).toBeGreaterThanOrEqual(0);
    const steps = solve(chain, loose);
    expect(Math.min(...steps.y)).toBeGreaterThanOrEqual(0);
    for (let t = 0; t <= 20; t += 0.0137) expect(Math.min(...steps.at(t))).toBeGreaterThanOrEqual(0);
    // y_0 = exp(-50 t), y_1 = 50 (exp(-3 t) - exp(-50 t)) / 47.
    for (const t of [0.02, 0.1, 0.5, 2]) {
      const [a, b] = [Math.exp(-50 * t), Math.exp(-3 * t)];
      const allowed = solver.order <= 2 ? 0.05 : 0.01;
      expect(
        worst(run.y.subarray(3 * Math.round(100 * t)).slice(0, 2), [a, (50 * (b - a)) / 47], 1),
      ).toBeLessThan(allowed);
    }
    // Bounds that hold of themselves cost little.
    expect(steps.stats.steps).toBeLessThan(1.5 * free.stats.steps + 20);
  });

  test("says where a solution leaves them, and stops there", () => {
    const line: OdeProblem = { f: (_t, _y, dy) => dy.fill(-1), y0: [1, 2], tSpan: [0, 10] };
    const run = solve(line, { ...loose, bounds: { lower: [0, Number.NEGATIVE_INFINITY] } });
    expect(run.status).toBe("bounds_violated");
    expect(run.hint).toMatch(/y\[0\] leaves \[0, Infinity\] at t = (1|0\.99)/);
    expect(Math.abs(run.tEnd - 1)).toBeLessThan(2e-3);
    expect(run.yEnd[0]).toBeGreaterThanOrEqual(0);
    expect(run.stats.steps).toBeLessThan(500);
  });
});

describe.each([rodas5P, radau, bdf])("a consistent state, $name", (solver) => {
  // y' = -y, and z = shift + 1 - y without a derivative; the shift comes at t = 0.5.
  const withShift = (before: number, after: number): OdeProblem => ({
    f: (t, y, dy) => dy.set([-y[0]!, y[1]! - (t < 0.5 ? before : after) - 1 + y[0]!]),
    mass: [1, 0],
    y0: [1, 0.3],
    tSpan: [0, 1],
  });
  const options: SolveOptions = { solver, bounds: { lower: 0 }, tStops: [0.5] };

  test("outside of them ends the run", () => {
    const outside = solve(withShift(-0.5, 0), options);
    expect([outside.status, outside.tEnd, ...outside.yEnd]).toEqual(["bounds_violated", 0, 1, 0.3]);
    expect(outside.hint).toMatch(/y\[1\] leaves \[0, Infinity\] at t = 0/);
    const later = solve(withShift(0, -2), options);
    expect([later.status, later.tEnd]).toEqual(["bounds_violated", 0.5]);
    expect(Math.min(...later.y)).toBeGreaterThanOrEqual(0);
    const event = { value: (t: number) => t - 0.2, action: (_t: number, y: Float64Array) => y.set([2]) };
    const acted = solve(withShift(0, 0), { ...options, events: [event] });
    expect([acted.status, Math.min(...acted.y) >= 0]).toEqual(["bounds_violated", true]);
  });

  test("outside by less than the tolerance is moved onto the bound", () => {
    const run = solve(withShift(-1e-10, 0), options);
    expect([run.status, ...run.at(0)]).toEqual(["finished", 1, 0]);
    expect(Math.min(...run.y)).toBeGreaterThanOrEqual(0);
  });
});

describe("the knee problem", () => {
  test.each([rodas5P, radau, bdf, auto()])("bends where it should, by $name", (solver) => {
    const run = solve(knee, {
      solver,
      rtol: 1e-3,
      atol: 1e-6,
      bounds: { lower: 0 },
      saveAt: [0.5, 0.9, 1.2, 2],
    });
    expect(run.status).toBe("finished");
    expect(worst(run.y, [0.5, 0.1, 0, 0], 1)).toBeLessThan(1e-3);
    expect(Math.min(...run.y)).toBeGreaterThanOrEqual(0);
  });

  test("goes on along 1 - x without bounds: an error of any size below zero takes it there", () => {
    const run = solve(knee, { solver: rodas5P, rtol: 1e-3, atol: 1e-6 });
    expect(run.status).toBe("finished");
    expect(Math.abs(run.yEnd[0]! + 1)).toBeLessThan(0.1);
  });
});

test("Robertson's reaction ends where it should at tolerances at which it runs away below zero without", () => {
  // Below zero y2 grows without bound: the equilibrium there is unstable (Hindmarsh 1980).
  const long: OdeProblem = { ...rober, tSpan: [0, 1e11] };
  const loose = { rtol: 1e-2, atol: 1e-3 };
  const free = solve(long, { ...loose, solver: bdf });
  expect(free.status).not.toBe("finished");
  expect(Math.min(...free.y)).toBeLessThan(-1e6);
  for (const solver of [rodas5P, radau, bdf]) {
    const run = solve(long, { ...loose, solver, bounds: { lower: 0, upper: 1.01 } });
    expect(run.status).toBe("finished");
    expect(Math.min(...run.y)).toBeGreaterThanOrEqual(0);
    expect(Math.abs(run.yEnd[2]! - 1)).toBeLessThan(0.011);
  }
});

test("an upper bound: logistic growth from above and below does not cross its capacity", () => {
  const logistic: OdeProblem = {
    f: (_t, y, dy) => dy.fill(8 * y[0]! * (1 - y[0]!)),
    y0: [0.1],
    tSpan: [0, 30],
  };
  const run = solve(logistic, { rtol: 1e-2, atol: 1e-2, bounds: { lower: 0, upper: 1 } });
  expect(run.status).toBe("finished");
  expect(Math.max(...run.y)).toBeLessThanOrEqual(1);
});

test("a decay that is not Lipschitz reaches zero and rests there", () => {
  // y' = -sqrt(y): y = (1 - t / 2)^2 until t = 2. Stages may lie below zero, the ends of steps may not.
  const drain: OdeProblem = {
    f: (_t, y, dy) => dy.fill(-Math.sqrt(Math.max(0, y[0]!))),
    y0: [1],
    tSpan: [0, 5],
  };
  const run = solve(drain, { solver: tsit5, rtol: 1e-6, atol: 1e-9, bounds: { lower: 0 } });
  expect(run.status).toBe("finished");
  expect(Math.abs(run.at(1)[0]! - 0.25)).toBeLessThan(1e-5);
  expect(run.yEnd[0]).toBe(0);
});

test("batches, steps by hand and backward time have them too", () => {
  const batch = solveBatch(
    chain,
    { y0: [1, 0, 0, 0, 1, 0] },
    { rtol: 1e-3, atol: 1e-4, bounds: { lower: 0 } },
  );
  expect(batch.statuses).toEqual(["finished", "finished"]);
  expect(Math.min(...batch.yEnd)).toBeGreaterThanOrEqual(0);
  const hand = integrator(chain, { rtol: 1e-3, atol: 1e-4, bounds: { lower: 0 } });
  for (const { y } of hand) expect(Math.min(...y)).toBeGreaterThanOrEqual(0);
  expect(hand.status).toBe("finished");
  const back: OdeProblem = { f: (_t, y, dy) => dy.fill(5 * y[0]!), y0: [1], tSpan: [0, -8] };
  const run = solve(back, { rtol: 1e-2, atol: 1e-2, bounds: { lower: 0 } });
  expect(run.status).toBe("finished");
  expect(Math.min(...run.y)).toBeGreaterThanOrEqual(0);
});

test("without bounds nothing changes, to the bit", () => {
  const free = solve(chain, { rtol: 1e-3, atol: 1e-4 });
  const none = solve(chain, { rtol: 1e-3, atol: 1e-4, bounds: {} });
  expect(none.y).toEqual(free.y);
  expect(Math.min(...free.y)).toBeLessThan(0);
});

describe("what does not fit is said", () => {
  test.each([
    ["y0 outside", { bounds: { lower: 0.5 } }, /y0\[1\] is 0, expected it inside bounds\.lower\[1\] = 0\.5/],
    [
      "another length",
      { bounds: { lower: [0, 0] } },
      /bounds\.lower is a list of 2, expected a number, or one for each of the 3/,
    ],
    [
      "crossed",
      { bounds: { lower: 0, upper: [1, -1, 1] } },
      /bounds\.lower\[1\] is 0, expected no more than bounds\.upper\[1\] = -1/,
    ],
    ["NaN", { bounds: { upper: [1, Number.NaN, 1] } }, /bounds\.upper\[1\] is NaN/],
    ["a word", { bounds: "positive" }, /bounds is "positive", expected an object \{ lower, upper \}/],
    ["a slip", { bounds: { min: 0 } }, /bounds: there is no option min, expected one of lower, upper/],
    [
      "MATLAB's word",
      { NonNegative: [1] },
      /there is no option NonNegative: it is called bounds, as in bounds: \{ lower: 0 \}/,
    ],
    ["SUNDIALS' word", { constraints: 1 }, /it is called bounds/],
    ["fixed steps", { bounds: { lower: 0 }, steps: 10 }, /bounds is .*, expected none with fixed steps/],
  ])("%s", (_, options, words) => {
    expect(() => solve(chain, options as never)).toThrow(words);
  });

  test("gradients", () => {
    expect(() => discrete().run(chain, { bounds: { lower: 0 } } as never)).toThrow(
      /there is no option bounds/,
    );
  });

  test("an action that leaves them", () => {
    const events = [{ value: (t: number) => t - 1, action: (_t: number, y: Float64Array) => y.set([-1], 1) }];
    expect(() => solve(chain, { bounds: { lower: 0 }, events })).toThrow(
      /after an event's action y\[1\] is -1, expected it inside/,
    );
  });
});
