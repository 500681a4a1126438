import { describe, expect, test } from "vitest";
import {
  backsolve,
  bdf,
  defineProblem,
  discrete,
  forwardSensitivities,
  IntegratorError,
  integrator,
  interpolated,
  type NamedParameters,
  type OdeProblem,
  radau,
  rodas5P,
  solve,
  solveAsync,
  solveBatch,
  symplecticSolvers,
  tsit5,
} from "../src/index.ts";
import { brusselator2d } from "../src/problems.ts";
import { wild } from "./wrong-uses.ts";

const decay: OdeProblem = { f: (_t, y, dy) => dy.set([-y[0]!]), y0: [1], tSpan: [0, 0.3] };

describe.each([...symplecticSolvers])("$name", (solver) => {
  const oscillator = (friction: number, drift = 0): OdeProblem => ({
    f: (_t, y, dy) => dy.set([y[1]! + drift * y[0]!, -y[0]! - friction * y[1]!]),
    y0: [1, 0],
    tSpan: [0, 1],
  });

  test("refuses friction, and velocities that depend on positions", () => {
    expect(solve(oscillator(0), { solver, steps: 10 }).status).toBe("finished");
    expect(() => solve(oscillator(0.1), { solver, steps: 10 })).toThrow(
      /depends on the second half.*order 1/,
    );
    expect(() => solve(oscillator(0, 0.1), { solver, steps: 10 })).toThrow(/depends on the first half/);
  });
});

test("backsolve says that a stiff problem does not come back", () => {
  const stiff: OdeProblem = {
    f: (t, y, dy) => dy.set([-1000 * (y[0]! - Math.cos(t))]),
    y0: [0],
    tSpan: [0, 0.1],
  };
  expect(backsolve().run(stiff, { solver: rodas5P }).pullback([1]).status).not.toBe("finished");
  const gentle = backsolve().run(decay).pullback([1]);
  expect(gentle.status).toBe("finished");
});

const refused: [string, () => unknown, RegExp][] = [
  [
    "an f that writes into y",
    () => solve({ ...decay, f: (_t, y, dy) => dy.set(y.fill(-1)) }),
    /f writes into y\[0\]/,
  ],
  [
    "an f that writes into p",
    () => solve({ ...decay, parameters: [1], f: (_t, _y, dy, p) => dy.set(p.fill(2)) }),
    /f writes into p\[0\]/,
  ],
  ["a NaN among cotangents", () => discrete().run(decay).pullback([Number.NaN]), /cotangents\[0\] is NaN/],
  ["no cotangents", () => discrete().run(decay).pullback(wild(undefined)), /list of cotangents is undefined/],
  [
    "nested cotangents",
    () =>
      discrete()
        .run(decay)
        .pullback(wild([[1]])),
    /one flat array/,
  ],
  ["an async onStep", () => solve(decay, { onStep: async () => false }), /onStep returned a promise/],
  ["an AbortController", () => solve(decay, { signal: wild(new AbortController()) }), /controller\.signal/],
  [
    "a BigInt",
    () => solve({ ...decay, y0: wild([1n]) }),
    /y0\[0\] is 1n, expected a number and not a BigInt/,
  ],
  ["a batch of rows", () => solveBatch(decay, { y0: wild([[1], [2]]) }), /one flat array/],
  ["success", () => wild(solve(decay)).success, /no success, it is called status === "finished"/],
  ["nfev", () => wild(solve(decay)).nfev, /no nfev, it is called stats\.evaluations/],
  [
    "a parameter called length",
    () => solve({ ...decay, parameters: [1], parameterNames: ["length"] }),
    /length/,
  ],
];
test.each(refused)("%s is refused in words", (_name, run, words) => {
  expect(run).toThrow(IntegratorError);
  expect(run).toThrow(words);
});

describe("limits inside of a step", () => {
  const { sparsity: _, sparseJacobian: _none, ...plane } = brusselator2d(18);

  test("the time is over while a full Jacobian is factorised, and the hint says what would help", () => {
    const run = solve(plane, { solver: radau, maxSeconds: 0.05, keep: "end" });
    expect(run.status).toBe("time_limit_reached");
    expect(run.tEnd).toBe(0);
    expect(run.hint).toMatch(/Jacobian of 648 unknowns is stored in full.*sparsity or band/);
    expect(run.stats.steps).toBe(0);
  });

  test("evaluations are limited inside of a Jacobian by differences", () => {
    const count = { f: 0 };
    const counted: OdeProblem = {
      ...plane,
      f: (t, y, dy, p) => {
        count.f++;
        plane.f(t, y, dy, p);
      },
    };
    let asked = 0;
    const signal = {
      get aborted() {
        return ++asked > 20;
      },
    };
    expect(solve(counted, { solver: radau, signal, keep: "end" }).status).toBe("aborted");
    expect(count.f).toBeLessThan(30);
  });

  test("a run by hand and a run in slices end the same way", async () => {
    const run = integrator(plane, { solver: radau, maxSeconds: 0.02 });
    while (run.step());
    expect(run.status).toBe("time_limit_reached");
    const sliced = await solveAsync(plane, { solver: radau, maxSeconds: 0.02, keep: "end" });
    expect(sliced.status).toBe("time_limit_reached");
  });

  test("a heat equation of 1,600 unknowns without a pattern ends in its first step, with a word on sparsity", async () => {
    const m = 40;
    const heat: OdeProblem = {
      f: (_t, y, dy) => {
        for (let i = 0; i < m * m; i++) {
          const west = i % m > 0 ? y[i - 1]! : 0;
          const east = i % m < m - 1 ? y[i + 1]! : 0;
          dy[i] = m * m * (west + east + (y[i - m] ?? 0) + (y[i + m] ?? 0) - 4 * y[i]!);
        }
      },
      y0: Array.from({ length: m * m }, (_, i) => Math.sin(i)),
      tSpan: [0, 1],
    };
    for (const solver of [radau, bdf]) {
      const options = { solver, maxSeconds: 0.1, keep: "end" } as const;
      for (const run of [solve(heat, options), await solveAsync(heat, options)]) {
        expect(run.status).toBe("time_limit_reached");
        expect(run.stats.steps).toBe(0);
        expect(run.hint).toContain("sparsity");
      }
    }
  });

  test("a pullback has the limits of its run", () => {
    for (const way of [discrete(), discrete({ checkpointEvery: 3 }), interpolated(), backsolve()]) {
      const signal = { aborted: false };
      const run = way.run({ ...decay, parameters: [1] }, { solver: tsit5, signal });
      expect(run.status).toBe("finished");
      signal.aborted = true;
      expect(run.pullback([1]).status).toBe("aborted");
    }
  });

  test("a run inside of f has its own limits", () => {
    const nested: OdeProblem = {
      ...decay,
      f: (_t, y, dy) => {
        const inner = solve(decay, { maxEvaluations: 5, solver: tsit5, keep: "end" });
        dy[0] = inner.status === "evaluation_limit_reached" ? -y[0]! : Number.NaN;
      },
    };
    expect(solve(nested, { maxSeconds: 100 }).status).toBe("finished");
  });
});

test("memory that is not to be had is an error in words", () => {
  const n = 200_000;
  const huge: OdeProblem = { f: (_t, y, dy) => dy.set(y), y0: new Float64Array(n), tSpan: [0, 1] };
  for (const solver of [radau, rodas5P]) {
    expect(() => solve(huge, { solver, keep: "end" })).toThrow(IntegratorError);
    expect(() => solve(huge, { solver, keep: "end" })).toThrow(
      /than there is: say where .* zero, by band or sparsity/,
    );
  }
});

test("times may be off by rounding", () => {
  expect([...solve(decay, { saveAt: [0.1, 0.2, 3 * 0.1] }).t]).toEqual([0.1, 0.2, 0.3]);
  const at = discrete().run({ ...decay, tSpan: [0, 1] }, { steps: 10, at: [0.3, 1] });
  expect(at.status).toBe("finished");
  expect(() => solve(decay, { saveAt: [0.3001] })).toThrow(/expected a time inside/);
});

describe("parameters by name", () => {
  const named = defineProblem({
    f: (_t, y, dy, p) => dy.set([-p.rate * y[0]!]),
    y0: [1],
    tSpan: [0, 2],
    parameters: { level: 0.5, rate: 1 },
    scales: { parameters: { level: 1, rate: 1 } },
  });

  test("in events, their actions and their gradients", () => {
    const reaches = {
      value: (_t: number, y: Float64Array, p: NamedParameters) => y[0]! - p.level!,
      terminal: true,
    };
    const { events, tEnd } = solve(named, { events: [reaches] });
    expect(events.length).toBe(1);
    expect(tEnd).toBeCloseTo(Math.LN2, 6);
    const gradient = forwardSensitivities(named, { events: [reaches] }).events[0]!;
    expect([...gradient.parameters]).toEqual([expect.closeTo(-2, 4), expect.closeTo(-Math.LN2, 4)]);
    const action = (_t: number, _y: Float64Array, p: NamedParameters) => {
      p.rate = 0;
    };
    const stopped = solve(named, { events: [{ value: reaches.value, action }] });
    expect(stopped.yEnd[0]).toBeCloseTo(0.5, 6);
  });

  test.each([discrete(), interpolated(), backsolve()])("in the gradients of $name", (sensitivity) => {
    const { parameters } = sensitivity.run(named, { rtol: 1e-8 }).pullback([1]);
    expect(parameters.rate).toBeCloseTo(-2 * Math.exp(-2), 5);
    expect(parameters.level).toBe(0);
  });
});
