import { describe, expect, test } from "vitest";
import {
  auto,
  dopri5,
  integrator,
  type OdeProblem,
  radau,
  rk4,
  rodas5P,
  solve,
  solveAsync,
  solveBatch,
  tsit5,
} from "../src/index.ts";
import { brusselator, rober } from "../src/problems.ts";
import { allSolvers, worst } from "./families.ts";
import { circle } from "./simple-problems.ts";

describe("limits end a run with what was reached", () => {
  test("a signal, asked before every step", () => {
    const signal = { aborted: false };
    const run = solve(circle, {
      signal,
      onStep: ({ t }) => {
        signal.aborted = t > 5;
      },
    });
    expect(run.status).toBe("aborted");
    expect(run.tEnd).toBeGreaterThan(5);
    expect(run.tEnd).toBeLessThan(10);
    expect(run.hint).toContain("aborted at t = ");
    // At the tolerance's accuracy, grown over the time.
    expect(worst(run.at(4), [Math.cos(4), Math.sin(4)], 1)).toBeLessThan(1e-4);
    expect(solve(circle, { signal: { aborted: true } }).tEnd).toBe(0);
  });

  test("onStep hears of every step that is kept, and stops the run by false alone", () => {
    const seen: number[] = [];
    const run = solve(circle, { onStep: ({ t, fraction }) => void seen.push(t, fraction) });
    expect(seen.filter((_, i) => i % 2 === 0)).toEqual([...run.t.slice(1)]);
    expect(seen.at(-1)).toBe(1);
    const stopped = solve(circle, { onStep: ({ stats }) => stats.steps < 7 });
    expect(stopped.status).toBe("stopped");
    expect(stopped.stats.steps).toBe(7);
    expect(solve(circle, { onStep: () => 0 }).status).toBe("finished");
  });

  test("evaluations are never more than a step beyond the limit", () => {
    const run = solve(circle, { solver: dopri5, maxEvaluations: 100 });
    expect(run.status).toBe("evaluation_limit_reached");
    expect(run.stats.evaluations).toBeGreaterThanOrEqual(100);
    expect(run.stats.evaluations).toBeLessThan(107);
  });

  test("time on the clock", () => {
    for (const options of [{}, { steps: 1e6 }]) {
      const slow: OdeProblem = { ...circle, tSpan: [0, "steps" in options ? 1e4 : 1e9] };
      const run = solve(slow, { ...options, keep: "end", maxSeconds: 0.05, maxSteps: 1e9 });
      expect(run.status).toBe("time_limit_reached");
      expect(run.tEnd).toBeGreaterThan(0);
    }
  });

  test("memory: what is kept is bounded, and keep says what that is", () => {
    const long: OdeProblem = { ...circle, tSpan: [0, 1e5] };
    const run = solve(long, { maxMemory: 1e5 });
    expect(run.status).toBe("memory_limit_reached");
    expect(run.hint).toContain("saveAt");
    // Times and states, and polynomials of degree 4 or 5: 8 numbers a step and 12 to 14.
    expect(run.t.length).toBeLessThan(1e5 / 8 / 13);
    for (const keep of ["end", "saveAt"] as const) {
      const all = solve(long, { keep, saveAt: [1, 2], maxMemory: 1e5, maxSteps: 2000 });
      expect(all.status).toBe("max_steps_reached");
      expect(all.t.length).toBe(keep === "end" ? 1 : 2);
      expect(() => all.at(1)).toThrow(/dense output/);
    }
    const both = solve(circle, { keep: "all", saveAt: 5 });
    expect([...both.t]).toEqual([0, 5, 10, 15, 20]);
    expect(both.at(7.5).length).toBe(2);
    expect(solve(circle, { keep: "steps" }).t).toEqual(solve(circle).t);
  });

  test("a member of a batch that comes to a limit leaves the others alone", () => {
    const run = solveBatch(circle, { y0: [1, 0, 2, 0] }, { maxSteps: 5 });
    expect(run.statuses).toEqual(["max_steps_reached", "max_steps_reached"]);
  });
});

describe("an explicit method on a stiff system", () => {
  test("of 500 unknowns says so after some thousand steps, not a million", () => {
    // Two species at 250 points: |J| is about 4 (points + 1)^2 / 50.
    const problem = { ...brusselator(250), tSpan: [0, 100] as const };
    const run = solve(problem, { solver: tsit5 });
    expect(run.status).toBe("stiff");
    expect(run.stats.steps).toBeLessThan(5000);
    expect(run.hint).toMatch(/stability.*auto\(\)/);
    expect(run.tEnd).toBeGreaterThan(0);
  });

  test("goes on where the end is near, or where the caller says how far", () => {
    const near = { ...rober, tSpan: [0, 1] as const };
    expect(solve(near, { solver: tsit5, atol: 1e-8 }).status).toBe("finished");
    const far = solve({ ...rober, tSpan: [0, 1e4] as const }, { solver: tsit5, maxSteps: 6000, keep: "end" });
    expect(far.status).toBe("max_steps_reached");
    expect(far.hint).toMatch(/stiff/);
  });

  test("no hint says auto() while auto runs", () => {
    const run = solve(rober, { solver: auto(), maxSteps: 20 });
    expect(run.status).toBe("max_steps_reached");
    expect(run.hint).not.toMatch(/auto\(\)/);
    expect(run.hint).toMatch(/maxSteps/);
  });
});

describe("many unknowns", () => {
  const n = 70_000;
  const decays: OdeProblem = {
    f: (_t, y, dy) => {
      for (let i = 0; i < n; i++) dy[i] = -y[i]!;
    },
    y0: new Float64Array(n).fill(1),
    tSpan: [0, 1],
  };

  test("auto allocates no Jacobian before it is stiff", () => {
    const run = solve(decays, { keep: "end" });
    expect(run.status).toBe("finished");
    expect(Math.abs(run.yEnd[n - 1]! - Math.exp(-1))).toBeLessThan(1e-5);
  });

  test("a Jacobian that cannot be had is refused in words", () => {
    expect(() => solve(decays, { solver: rodas5P })).toThrow(
      /70000 unknowns has 4900000000 entries.*sparsity/,
    );
  });
});

describe("auto with an explicit side that doubles its steps", () => {
  test("has dense output in both halves", () => {
    const run = solve(circle, { solver: auto({ nonStiff: rk4 }), rtol: 1e-8, atol: 1e-8 });
    for (let t = 0.05; t < 20; t += 0.77) {
      expect(worst(run.at(t), [Math.cos(t), Math.sin(t)], 1)).toBeLessThan(1e-4);
    }
  });
});

describe.each(allSolvers)("$name by hand", (solver) => {
  const options = { solver, rtol: 1e-5, atol: 1e-7 };

  test("takes the steps that solve takes, to the last bit", () => {
    const short: OdeProblem = { ...circle, tSpan: [0, 2] };
    const whole = solve(short, options);
    const times = [0];
    const states = [1, 0];
    for (const { t, y } of integrator(short, options)) {
      times.push(t);
      states.push(...y);
    }
    const ends = "embeddedOrder" in solver && solver.embeddedOrder === undefined ? 2 : 1;
    expect(times).toEqual([...whole.t].filter((_, k) => k % ends === 0));
    expect(states).toEqual([...whole.y].filter((_, i) => Math.floor(i / 2) % ends === 0));
  });
});

test("a run by hand: its state, its status, inside its last step, what it has kept", () => {
  const run = integrator(circle, { solver: radau, saveAt: [1, 2, 20] });
  expect(run.status).toBe("running");
  expect([run.t, ...run.y]).toEqual([0, 1, 0]);
  expect(() => run.within(0)).toThrow(/outside the last step/);
  let steps = 0;
  while (run.t < 3 && run.step()) steps++;
  expect(run.stats.steps).toBe(steps);
  expect(worst(run.within(run.t), run.y)).toBeLessThan(1e-12);
  expect(() => run.within(run.t + 1)).toThrow(/outside the last step/);
  expect([...run.solution().t]).toEqual([1, 2]);
  while (run.step());
  expect(run.status).toBe("finished");
  expect(run.step()).toBe(false);
  expect(run.t).toBe(20);
  expect([...run.solution().t]).toEqual([1, 2, 20]);
  expect([...integrator({ ...circle, tSpan: [1, 1] })]).toEqual([]);
});

describe("solveAsync", () => {
  test("gives the bits of solve", async () => {
    const [now, later] = [solve(rober, { rtol: 1e-8 }), await solveAsync(rober, { rtol: 1e-8 })];
    expect(later.t).toEqual(now.t);
    expect(later.y).toEqual(now.y);
    expect(later.stats).toEqual(now.stats);
  });

  test("lets timers run, and a signal end it", async () => {
    const abort = new AbortController();
    setTimeout(() => abort.abort(), 40);
    const endless: OdeProblem = { ...circle, tSpan: [0, 1e12] };
    const run = await solveAsync(endless, { signal: abort.signal, keep: "end", maxSteps: 1e15 });
    expect(run.status).toBe("aborted");
    expect(run.tEnd).toBeGreaterThan(0);
  });
});
