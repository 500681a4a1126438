import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import {
  auto,
  bdf,
  dopri5,
  type EventSpec,
  integrator,
  type OdeProblem,
  radau,
  rodas5P,
  solve,
  solveAsync,
  solveBatch,
  tsit5,
} from "../src/index.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");
const heapUsed = (): number => {
  collectGarbage();
  return process.memoryUsage().heapUsed;
};

/** A ball falls with g = 2 from the height 1 at t0. It lands after 1 with the speed 2. Every bounce takes
 *  `factor` times the time of the last one, so the ball rests after 1 + 2 factor / (1 - factor). */
const ball = (t0: number, length: number): OdeProblem => ({
  f: (_t, y, dy) => {
    dy[0] = y[1]!;
    dy[1] = -2;
  },
  y0: [1, 0],
  tSpan: [t0, t0 + length],
});
const bounce = (factor: number, index = 0): EventSpec => ({
  value: (_t, y) => y[index]!,
  direction: -1,
  action: (_t, y) => {
    y[index] = 0;
    y[index + 1] = factor * Math.abs(y[index + 1]!);
  },
});
const restAfter = (factor: number) => 1 + (2 * factor) / (1 - factor);

describe("a ball that comes to rest", () => {
  const options = { rtol: 1e-9, atol: 1e-12 };

  test.each([
    [0.02, 0],
    [0.1, 0],
    [0.3, 0],
    [0.5, 0],
    [0.5, 1e3],
    [0.7, -2],
    [0.9, 0],
    [0.9, -19],
    [0.97, 0],
  ])("that keeps %d of its speed, thrown at t = %d, ends the run where it rests", (factor, t0) => {
    const run = solve(ball(t0, 200), { ...options, events: [bounce(factor)] });
    expect(run.status).toBe("events_accumulate");
    expect(run.hint).toMatch(/ever faster/);
    expect(Math.abs(run.tEnd - t0 - restAfter(factor))).toBeLessThan(1e-6 * restAfter(factor));
    // It never falls through the floor on its way.
    expect(run.yEnd[0]).toBe(0);
    run.events.slice(1, 8).forEach((event, k) => {
      const wait = event.t - run.events[k]!.t;
      expect(Math.abs(wait / (2 * factor ** (k + 1)) - 1)).toBeLessThan(1e-3);
    });
  });

  test.each([tsit5, dopri5, radau, rodas5P, bdf, auto()])("by $name", (solver) => {
    for (const factor of [0.1, 0.8]) {
      const run = solve(ball(0, 50), { ...options, solver, events: [bounce(factor)] });
      expect(run.status).toBe("events_accumulate");
      expect(Math.abs(run.tEnd - restAfter(factor))).toBeLessThan(1e-4);
    }
  });

  test("only turned round, not put on the floor, it does the same, and no bounce is seen twice", () => {
    const turn: EventSpec = {
      value: (_t, y) => y[0]!,
      action: (_t, y) => {
        y[1] = 0.5 * Math.abs(y[1]!);
      },
    };
    const run = solve(ball(0, 50), { ...options, events: [turn] });
    expect(run.status).toBe("events_accumulate");
    expect(Math.abs(run.tEnd - 3)).toBeLessThan(1e-6);
    for (let k = 1; k < run.events.length; k++)
      expect(run.events[k]!.t).toBeGreaterThan(run.events[k - 1]!.t);
  });

  test("backwards in time", () => {
    const up: EventSpec = { ...bounce(0.5), action: (_t, y) => y.set([0, -0.5 * y[1]!]) };
    const run = solve(ball(0, -50), { ...options, events: [up] });
    expect(run.status).toBe("events_accumulate");
    expect(Math.abs(run.tEnd + 3)).toBeLessThan(1e-6);
  });

  test("leaves the others of a batch alone, and a count ends it before", () => {
    const far = solveBatch(ball(0, 10), { y0: [1, 0, 400, 0, 1, 0] }, { ...options, events: [bounce(0.5)] });
    expect(far.statuses).toEqual(["events_accumulate", "finished", "events_accumulate"]);
    const counted = solve(ball(0, 10), { ...options, events: [{ ...bounce(0.5), terminal: 10 }] });
    expect(counted.status).toBe("event");
    expect([...counted.eventCounts]).toEqual([10]);
  });
});

describe("what only looks like it", () => {
  test("a clock that ticks steadily may do so at any time", () => {
    for (const t0 of [0, 1e9, -1e9]) {
      const saw: OdeProblem = { f: (_t, _y, dy) => dy.fill(1), y0: [0.5], tSpan: [t0, t0 + 100] };
      const run = solve(saw, {
        events: [{ value: (_t, y) => y[0]! - 1, action: (_t, y) => void y.fill(0) }],
      });
      expect(run.status).toBe("finished");
      expect(run.events).toHaveLength(100);
    }
  });

  test("a ball that loses nothing bounces a thousand times at a height of 1e-12", () => {
    const low: OdeProblem = { ...ball(5, 2e-3), y0: [1e-12, 0] };
    const run = solve(low, { rtol: 1e-9, atol: 1e-16, events: [bounce(1)] });
    expect(run.status).toBe("finished");
    // It falls for 1e-6, and every bounce takes twice that.
    expect(Math.abs(run.events.length - 1000)).toBeLessThan(2);
  });
});

describe("events that meet", () => {
  const two: OdeProblem = {
    f: (_t, y, dy) => {
      dy[0] = y[1]!;
      dy[1] = -2;
      dy[2] = y[3]!;
      dy[3] = -2;
    },
    y0: [1, 0, 1, 0],
    tSpan: [0, 10],
  };

  test("two balls that come down together both bounce, every time", () => {
    const run = solve(two, { rtol: 1e-9, atol: 1e-12, events: [bounce(1, 0), bounce(1, 2)] });
    expect(run.status).toBe("finished");
    expect([...run.eventCounts]).toEqual([5, 5]);
    run.events.forEach(({ t, index, after }, k) => {
      expect(Math.abs(t - (2 * Math.floor(k / 2) + 1))).toBeLessThan(1e-6);
      expect(index).toBe(k % 2);
      // One state for both, once all have acted.
      expect(after![1]).toBe(after![3]);
      expect(after![1]).toBeGreaterThan(1.9);
    });
  });

  test("one that ends the run ends it, be another one's action first", () => {
    const run = solve(two, {
      rtol: 1e-9,
      atol: 1e-12,
      events: [bounce(1, 0), { value: (_t, y) => y[2]!, terminal: true, name: "down" }],
    });
    expect(run.status).toBe("event");
    expect(Math.abs(run.tEnd - 1)).toBeLessThan(1e-9);
    expect(run.events.map(({ index }) => index)).toEqual([0, 1]);
  });

  test("a hundred balls from a hundred heights", () => {
    const count = 100;
    const many: OdeProblem = {
      f: (_t, y, dy) => {
        for (let i = 0; i < 2 * count; i += 2) {
          dy[i] = y[i + 1]!;
          dy[i + 1] = -2;
        }
      },
      // Ball i comes down after (i + 1) / 10, and every (i + 1) / 5 again.
      y0: Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? ((i / 2 + 1) / 10) ** 2 : 0)),
      tSpan: [0, 9.95],
    };
    const events = Array.from({ length: count }, (_, i) => ({ ...bounce(1, 2 * i), record: false }));
    const run = solve(many, { solver: tsit5, rtol: 1e-10, atol: 1e-12, keep: "end", events });
    expect(run.status).toBe("finished");
    expect(run.events).toEqual([]);
    run.eventCounts.forEach((n, i) => {
      const period = (i + 1) / 5;
      expect(n).toBe(Math.floor((9.95 - period / 2) / period + 1 - 1e-9));
    });
    for (let i = 0; i < 2 * count; i += 2) expect(run.yEnd[i]).toBeGreaterThan(-1e-9);
  });
});

// A hundred thousand of anything takes its time on a busy machine.
describe("a storm", { timeout: 400_000 }, () => {
  const saw = (length: number): OdeProblem => ({
    f: (_t, _y, dy) => dy.fill(1),
    y0: [0.5],
    tSpan: [0, length],
  });
  const tick: EventSpec = { value: (_t, y) => y[0]! - 1, action: (_t, y) => void y.fill(0) };
  const many = 100_000;

  test("a hundred thousand restarts by events: as many events, and no more memory than one", () => {
    const before = heapUsed();
    const run = solve(saw(many), {
      keep: "end",
      maxSteps: 10 * many,
      events: [{ ...tick, record: false }],
    });
    expect(run.status).toBe("finished");
    expect([...run.eventCounts]).toEqual([many]);
    expect(run.events).toEqual([]);
    // Every event is placed to the rounding of t, 1e-10 near the end.
    expect(Math.abs(run.yEnd[0]! - 0.5)).toBeLessThan(1e-3);
    // So many records would be 30 MB.
    expect(heapUsed() - before).toBeLessThan(1e7);
  });

  test("at the limit on steps it ends with a word that names the events", () => {
    const run = solve(saw(many), { keep: "end", maxSteps: 1e5, events: [{ ...tick, record: false }] });
    expect(run.status).toBe("max_steps_reached");
    expect(run.hint).toMatch(/\d+ actions of events/);
    expect(run.hint).not.toMatch(/stiff/);
  });

  test("a hundred thousand jumps of f, each a stop of its own", () => {
    const tStops = Float64Array.from({ length: many - 1 }, (_, k) => k + 1);
    const square: OdeProblem = {
      f: (t, _y, dy) => dy.fill(Math.floor(t) % 2 === 0 ? 1 : -1),
      y0: [0],
      tSpan: [0, many],
    };
    const run = solve(square, { keep: "end", tStops, solver: dopri5 });
    expect(run.status).toBe("finished");
    expect(Math.abs(run.yEnd[0]!)).toBeLessThan(1e-5);
  });

  test("a hundred thousand runs, one after another", () => {
    const decay: OdeProblem = { f: (_t, y, dy) => dy.fill(-y[0]!), y0: [1], tSpan: [0, 0.01] };
    const batch = solveBatch(decay, { y0: new Float64Array(many).fill(2) }, { solver: tsit5 });
    expect(batch.statuses.every((status) => status === "finished")).toBe(true);
    expect(Math.abs(batch.yEnd[many - 1]! - 2 * Math.exp(-0.01))).toBeLessThan(1e-8);
  });

  test("what records hold is what they are said to hold: the limit on memory is one", () => {
    const before = process.memoryUsage().heapUsed;
    const run = solve(saw(1e6), { keep: "end", maxMemory: 3e7, maxSteps: 1e8, events: [tick] });
    const used = process.memoryUsage().heapUsed - before;
    expect(run.status).toBe("memory_limit_reached");
    expect(run.events.length).toBeGreaterThan(30_000);
    expect(used).toBeLessThan(1e8);
  });

  test("a signal, onStep and a clock stop it between two events", async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 30);
    const options = { keep: "end", maxSteps: 1e12, events: [{ ...tick, record: false }] } as const;
    const aborted = await solveAsync(saw(1e9), { ...options, signal: abort.signal });
    expect(aborted.status).toBe("aborted");
    expect(solve(saw(1e9), { ...options, maxSeconds: 0.02 }).status).toBe("time_limit_reached");
    const stopped = solve(saw(1e9), { ...options, onStep: ({ t }) => t < 50 });
    expect(stopped.status).toBe("stopped");
    expect(Math.abs(stopped.eventCounts[0]! - 50.5)).toBeLessThan(1);
  });

  test("by hand: every action is a step", () => {
    const run = integrator(saw(100), { events: [tick] });
    let restarts = 0;
    for (const { y } of run) if (y[0] === 0) restarts++;
    expect(run.status).toBe("finished");
    expect(restarts).toBe(100);
  });
});

test("an event that is not a number somewhere along the way is refused there, not missed in silence", () => {
  const line: OdeProblem = { f: (_t, _y, dy) => dy.fill(-1), y0: [1], tSpan: [0, 2] };
  expect(() => solve(line, { events: [(_t, y) => Math.sqrt(y[0]!)] })).toThrow(
    /events\[0\] returned NaN, expected a number that passes through zero \(at t = [1-9]/,
  );
});
