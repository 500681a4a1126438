import { describe, expect, test } from "vitest";
import { dop853, type OdeProblem, radau, solve, solveBatch, tsit5 } from "../src/index.ts";
import { allSolvers, worst } from "./families.ts";

/** A ball falls with g = 2 from the height y[0] = 1. It lands at time 1 with the speed 2. */
const ball: OdeProblem = {
  f: (_t, y, dy) => {
    dy[0] = y[1]!;
    dy[1] = -2;
  },
  y0: [1, 0],
  tSpan: [0, 10],
};
const bounce = (factor: number) => ({
  value: (_t: number, y: Float64Array) => y[0]!,
  direction: -1 as const,
  action: (_t: number, y: Float64Array) => {
    y[0] = 0;
    y[1] = -factor * y[1]!;
  },
});

describe.each(allSolvers)("$name", (solver) => {
  test("bounces where it should: an action changes the state, and the run begins anew", () => {
    const rtol = solver.order <= 2 ? 1e-6 : 1e-9;
    // Chords and parabolas between long steps would put the bounces elsewhere.
    const maxStep = solver.order <= 2 ? 0.02 : 10;
    const run = solve(ball, { solver, rtol, atol: rtol, maxStep, events: [bounce(1)] });
    expect(run.status).toBe("finished");
    // Without loss every bounce follows after 2.
    expect(run.events.map((event) => Math.round(event.t))).toEqual([1, 3, 5, 7, 9]);
    run.events.forEach((event, k) => {
      expect(Math.abs(event.t - (2 * k + 1))).toBeLessThan(solver.order <= 2 ? 2e-2 : 1e-5);
      expect(event.after![1]).toBe(-event.y[1]!);
    });
    expect(Math.abs(run.at(2)[0]! - 1)).toBeLessThan(solver.order <= 2 ? 1e-2 : 1e-5);
    // Both sides of a bounce are among the saved states.
    const first = [...run.t].indexOf(run.events[0]!.t);
    expect(run.t[first + 1]).toBe(run.t[first]);
    expect(run.y[2 * first + 3]).toBe(-run.y[2 * first + 1]!);
  });
});

test("a ball that loses a tenth at every bounce comes to rest after 19: the run ends there, with a word", () => {
  const run = solve({ ...ball, tSpan: [0, 100] }, { rtol: 1e-9, atol: 1e-12, events: [bounce(0.9)] });
  expect(run.status).toBe("events_accumulate");
  // 1 + 2 (0.9 + 0.81 + ...) = 19.
  expect(Math.abs(run.tEnd - 19)).toBeLessThan(1e-5);
  expect(run.hint).toMatch(/ever faster at t = 19|ever faster at t = 18.9/);
  run.events.slice(0, 50).forEach((event, k) => {
    expect(Math.abs(event.t - (1 + (2 * (1 - 0.9 ** k) * 0.9) / 0.1))).toBeLessThan(1e-6);
  });
});

test("a count ends a run at that event", () => {
  const { action, ...plain } = bounce(1);
  const run = solve(ball, { events: [{ ...plain, action, terminal: 3 }] });
  expect(run.status).toBe("event");
  expect(run.events).toHaveLength(3);
  expect(Math.abs(run.tEnd - 5)).toBeLessThan(1e-4);
});

test("twenty thousand restarts are twenty thousand events, and no more steps than they need", () => {
  // A sawtooth: y grows with slope 1 and is set back from 1 to 0.
  const saw: OdeProblem = { f: (_t, _y, dy) => dy.fill(1), y0: [0.5], tSpan: [0, 20_000] };
  const run = solve(saw, {
    keep: "end",
    events: [{ value: (_t, y) => y[0]! - 1, action: (_t, y) => void y.fill(0) }],
  });
  expect(run.status).toBe("finished");
  expect(run.events).toHaveLength(20_000);
  expect(Math.abs(run.yEnd[0]! - 0.5)).toBeLessThan(1e-6);
  expect(run.stats.steps).toBeLessThan(8 * 20_000);
});

test("a storm of events is bounded by the memory for them", () => {
  const clock: OdeProblem = { f: (_t, _y, dy) => dy.fill(0), y0: [1], tSpan: [0, 1e6] };
  const run = solve(clock, {
    keep: "end",
    maxStep: 1,
    maxMemory: 1e5,
    events: [(t) => Math.sin(3 * t)],
  });
  expect(run.status).toBe("memory_limit_reached");
  // About 330 bytes each.
  expect(run.events.length).toBeGreaterThan(250);
  expect(run.events.length).toBeLessThan(400);
});

test.each([tsit5, dop853, radau])("$name finds two zeros within one step", (solver) => {
  // y = t (1 - t) - 0.21 passes zero at 0.3 and 0.7, in steps of 1 at most.
  const hump: OdeProblem = {
    f: (t, _y, dy) => dy.fill(1 - 2 * t),
    y0: [-0.21],
    tSpan: [0, 1],
  };
  const run = solve(hump, { solver, firstStep: 1, rtol: 1e-2, atol: 10, events: [(_t, y) => y[0]!] });
  expect(run.stats.steps).toBeLessThan(3);
  expect(run.events).toHaveLength(2);
  expect(
    worst(
      run.events.map((event) => event.t),
      [0.3, 0.7],
    ),
  ).toBeLessThan(1e-9);
});

test("each member of a batch has its own events", () => {
  // Not to t = 10: rounding decides whether a bounce there is still met.
  const shorter = { ...ball, tSpan: [0, 9.5] as const };
  const run = solveBatch(shorter, { y0: [1, 0, 4, 0] }, { events: [bounce(1)], rtol: 1e-9, atol: 1e-9 });
  expect(run.events.map((events) => events.map((event) => Math.round(event.t)))).toEqual([
    [1, 3, 5, 7, 9],
    [2, 6],
  ]);
});

test("an action that leaves NaN, and one with fixed steps, are refused", () => {
  const broken = { ...bounce(1), action: (_t: number, y: Float64Array) => void y.fill(Number.NaN) };
  expect(() => solve(ball, { events: [broken] })).toThrow(/events\[0\]\.action left NaN in y\[0\] at t = /);
  expect(() => solve(ball, { steps: 100, events: [bounce(1)] })).toThrow(/expected none with fixed steps/);
});
