import { describe, expect, test } from "vitest";
import {
  type EventSpec,
  forwardSensitivities,
  type OdeProblem,
  radau,
  rodas5P,
  solve,
  tsit5,
} from "../src/index.ts";
import { worst } from "./families.ts";

/** A ball of height and velocity, gravity p[0], that keeps p[1] of its velocity at a bounce. */
const ball: OdeProblem = {
  f: (_t, y, dy, p) => {
    dy[0] = y[1]!;
    dy[1] = -p[0]!;
  },
  y0: [2, 0.5],
  parameters: [9.81, 0.8],
  tSpan: [0, 3],
};
const bounce: EventSpec = {
  value: (_t, y) => y[0]!,
  direction: -1,
  action: (_t, y, p) => {
    y[0] = 0;
    y[1] = -p[1]! * y[1]!;
  },
};

/** In closed form: the times of the bounces, and the state at t. */
function bounces(height: number, velocity: number, g: number, kept: number, t: number) {
  const times: number[] = [];
  let [from, y, v] = [0, height, velocity];
  for (;;) {
    const flight = (v + Math.sqrt(v * v + 2 * g * y)) / g;
    if (from + flight > t) break;
    from += flight;
    times.push(from);
    v = -kept * (v - g * flight);
    y = 0;
  }
  const s = t - from;
  return [...times, y + v * s - (g * s * s) / 2, v - g * s];
}
/** Central differences of the closed form, good to 1e-9: by y0, then by the parameters. */
const columns = (t: number) =>
  [0, 1, 2, 3].map((k) => {
    const at = (e: number) => {
      const x = [2, 0.5, 9.81, 0.8].map((each, i) => (i === k ? each + e : each)) as [
        number,
        number,
        number,
        number,
      ];
      return bounces(...x, t);
    };
    const [plus, minus] = [at(1e-5), at(-1e-5)];
    return plus.map((x, i) => (x - minus[i]!) / 2e-5);
  });

describe.each([tsit5, rodas5P, radau])("a ball that bounces, by $name", (solver) => {
  test("the times of its bounces and its state after four have the derivatives of the closed form", () => {
    const run = forwardSensitivities(ball, {
      solver,
      rtol: 1e-9,
      atol: 1e-9,
      events: [bounce],
      at: [1.2, 3],
    });
    expect(run.status).toBe("finished");
    const expected = columns(3);
    expect(run.events).toHaveLength(expected[0]!.length - 2);
    expect(run.events.length).toBeGreaterThanOrEqual(3);
    run.events.forEach((event, k) => {
      expect(
        worst(
          [...event.y0, ...event.parameters],
          expected.map((each) => each[k]!),
          1e-2,
        ),
      ).toBeLessThan(1e-6);
      // On the floor its height stays 0.
      expect(worst(event.stateByY0.subarray(0, 2), [0, 0], 1)).toBeLessThan(1e-7);
    });
    const last = run.events.length;
    const rows = [0, 1].map((i) => expected.map((each) => each[last + i]!));
    const found = [0, 1].map((i) => [
      ...run.y0.slice(4 + 2 * i, 6 + 2 * i),
      ...run.parameters.slice(4 + 2 * i, 6 + 2 * i),
    ]);
    rows.forEach((row, i) => {
      expect(worst(found[i]!, row, 1e-2)).toBeLessThan(1e-6);
    });
  });
});

/** A pendulum in a driven fluid, that is struck when it passes a moving mark: everything depends on all. */
const driven: OdeProblem = {
  f: (t, y, dy, p) => {
    dy[0] = y[1]!;
    dy[1] = -Math.sin(y[0]!) - p[0]! * y[1]! + 0.1 * Math.cos(t);
  },
  y0: [1, 0.2],
  parameters: [0.15, 0.3],
  tSpan: [0, 6],
};
const struck: EventSpec = {
  value: (t, y, p) => y[0]! - p[1]! * Math.cos(0.2 * t),
  direction: -1,
  action: (t, y, p) => {
    y[0] = y[0]! - 0.1 * p[1]!;
    y[1] = y[1]! * (0.9 + 0.01 * t) - p[0]! * y[0]!;
  },
};
const ends: EventSpec = { value: (t, y) => y[1]! - 0.05 * t, direction: 1, terminal: true, name: "turns" };
const options = { solver: tsit5, rtol: 1e-11, atol: 1e-11 };

function differenced(of: (problem: OdeProblem) => readonly number[]): number[][] {
  return [0, 1, 2, 3].map((k) => {
    const at = (e: number) =>
      of({
        ...driven,
        y0: [1, 0.2].map((x, i) => (i === k ? x + e : x)),
        parameters: [0.15, 0.3].map((x, i) => (i + 2 === k ? x + e : x)),
      });
    const [plus, minus] = [at(1e-5), at(-1e-5)];
    return plus.map((x, i) => (x - minus[i]!) / 2e-5);
  });
}

test("a mark that moves and an action that depends on all: as solve, differenced", () => {
  const run = forwardSensitivities(driven, { ...options, events: [struck] });
  const expected = differenced((problem) => [...solve(problem, { ...options, events: [struck] }).yEnd]);
  expect(run.events.length).toBeGreaterThanOrEqual(1);
  for (const i of [0, 1]) {
    const row = [...run.y0.subarray(2 * i, 2 * i + 2), ...run.parameters.subarray(2 * i, 2 * i + 2)];
    expect(
      worst(
        row,
        expected.map((each) => each[i]!),
        1e-2,
      ),
    ).toBeLessThan(1e-6);
  }
  const alone = forwardSensitivities(driven, { ...options, events: [struck], wrt: "parameters" });
  expect(worst(alone.parameters, run.parameters)).toBeLessThan(1e-12);
  expect(alone.events[0]!.y0).toHaveLength(0);
});

test("the time and the state at which an event ends a run", () => {
  const given = { ...options, events: [ends] };
  const run = forwardSensitivities(driven, given);
  expect(run.status).toBe("event");
  expect(run.events.map(({ name }) => name)).toEqual(["turns"]);
  const [event] = run.events as [(typeof run.events)[0]];
  const expected = differenced((problem) => {
    const { tEnd, yEnd } = solve(problem, given);
    return [tEnd, ...yEnd];
  });
  expect(
    worst(
      [...event.y0, ...event.parameters],
      expected.map((each) => each[0]!),
      1e-2,
    ),
  ).toBeLessThan(1e-6);
  for (const i of [0, 1]) {
    const row = [
      ...event.stateByY0.subarray(2 * i, 2 * i + 2),
      ...event.stateByParameters.subarray(2 * i, 2 * i + 2),
    ];
    expect(
      worst(
        row,
        expected.map((each) => each[1 + i]!),
        1e-2,
      ),
    ).toBeLessThan(1e-6);
  }
});

test("an event that is touched and not crossed is a status, and so are two that act at once", () => {
  // y = (t - 1)^3 comes to rest at its zero.
  const rest: OdeProblem = { f: (t, _y, dy) => dy.fill(3 * (t - 1) ** 2), y0: [-1], tSpan: [0, 2] };
  const run = forwardSensitivities(rest, {
    solver: tsit5,
    events: [{ value: (_t, y) => y[0]!, terminal: true }],
  });
  expect(run.status).toBe("event_not_crossed");
  expect(run.hint).toMatch(/touches zero without crossing it at t = (1|0\.9999)/);
  const both = forwardSensitivities(ball, { ...options, events: [bounce, { ...bounce }] });
  expect(both.status).toBe("event_not_crossed");
});

test("events that only are recorded change nothing", () => {
  const watched = forwardSensitivities(driven, { ...options, events: [(_t, y) => y[0]!] });
  const plain = forwardSensitivities(driven, options);
  expect(watched.y0).toEqual(plain.y0);
  expect(watched.events).toEqual([]);
});
