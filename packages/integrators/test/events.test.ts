import { describe, expect, test } from "vitest";
import { euler, type OdeProblem, solve } from "../src/index.ts";
import { allSolvers } from "./families.ts";
import { circle as wholeCircle } from "./simple-problems.ts";

const circle: OdeProblem = { ...wholeCircle, tSpan: [0, 10] };
const zeros = [0.5, 1.5, 2.5].map((k) => k * Math.PI);

describe.each(allSolvers)("$name", (solver) => {
  const rtol = solver.order <= 2 ? 1e-5 : 1e-8;
  const tolerance = solver.order <= 2 ? 0.1 : 1e-4;

  test("finds zeros, tells rising from falling, and ends at terminal ones", () => {
    const value = (_t: number, y: Float64Array) => y[0]!;
    const both = solve(circle, { solver, rtol, atol: rtol, events: [{ value }] });
    expect(both.status).toBe("finished");
    expect(both.events).toHaveLength(3);
    both.events.forEach((event, k) => {
      expect(Math.abs(event.t - zeros[k]!)).toBeLessThan(tolerance);
      // The event's own accuracy is that of rounding: the state's component is zero there.
      expect(Math.abs(event.y[0]!)).toBeLessThan(1e-12);
    });
    const rising = solve(circle, { solver, rtol, atol: rtol, events: [{ value, direction: 1 }] });
    expect(rising.events.map((e) => e.t)).toEqual([both.events[1]!.t]);
    const falling = solve(circle, { solver, rtol, atol: rtol, events: [{ value, direction: -1 }] });
    expect(falling.events.map((e) => e.t)).toEqual([both.events[0]!.t, both.events[2]!.t]);
    const ended = solve(circle, {
      solver,
      rtol,
      atol: rtol,
      events: [{ value, direction: 1, terminal: true }],
    });
    expect(ended.status).toBe("event");
    expect(ended.hint).toBe("");
    expect(ended.tEnd).toBe(both.events[1]!.t);
    expect(ended.yEnd).toEqual(ended.events[0]!.y);
    expect(ended.t[ended.t.length - 1]).toBe(ended.tEnd);
    expect(ended.at(ended.tEnd)).toEqual(ended.yEnd);
    expect(() => ended.at(ended.tEnd + 0.01)).toThrow(/outside the solution/);
  });
});

test("directions are along the integration, backwards too", () => {
  const back: OdeProblem = { ...circle, y0: [Math.cos(10), Math.sin(10)], tSpan: [10, 0] };
  const value = (_t: number, y: Float64Array) => y[0]!;
  const run = solve(back, { rtol: 1e-9, atol: 1e-9, events: [{ value, direction: 1 }] });
  // Going back, cos rises through zero where it falls going forward.
  expect(run.events.map((e) => Number(e.t.toFixed(5)))).toEqual(
    [zeros[2]!, zeros[0]!].map((t) => Number(t.toFixed(5))),
  );
});

test("several events in one step come in order, those after a terminal one do not come", () => {
  const line: OdeProblem = { f: (_t, _y, dy) => dy.fill(1), y0: [0], tSpan: [0, 10] };
  const at = (level: number, terminal = false) => ({
    value: (_t: number, y: Float64Array) => y[0]! - level,
    name: `level ${level}`,
    terminal,
  });
  const run = solve(line, { firstStep: 10, events: [at(7), at(3), at(5, true)] });
  expect(run.events.map((e) => e.name)).toEqual(["level 3", "level 5"]);
  expect(run.tEnd).toBeCloseTo(5, 12);
});

test("a zero at the start does not count, one exactly at a step's end counts once", () => {
  const line: OdeProblem = { f: (_t, _y, dy) => dy.fill(1), y0: [0], tSpan: [0, 4] };
  const run = solve(line, {
    solver: euler,
    steps: 4,
    events: [{ value: (_t, y) => y[0]! }, { value: (_t, y) => y[0]! - 2 }],
  });
  expect(run.events.map((e) => [e.index, e.t])).toEqual([[1, 2]]);
});

test("events see the parameters", () => {
  const run = solve(
    { f: (_t, _y, dy) => dy.fill(1), y0: [0], tSpan: [0, 4], parameters: [2.5] },
    { events: [{ value: (_t, y, p) => y[0]! - p[0]!, terminal: true }] },
  );
  expect(run.tEnd).toBeCloseTo(2.5, 12);
});
