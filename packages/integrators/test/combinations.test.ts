import { describe, expect, test } from "vitest";
import {
  auto,
  backsolve,
  defineProblem,
  discrete,
  esdirk43,
  forwardSensitivities,
  IntegratorError,
  interpolated,
  type OdeProblem,
  radau,
  rodas5P,
  solve,
  solveBatch,
  tsit5,
} from "../src/index.ts";
import { worst } from "./families.ts";

describe("backward time", () => {
  const problem: OdeProblem = {
    f: (_t, y, dy, p) => dy.set([-p[0]! * y[0]!]),
    y0: [1],
    tSpan: [1, 0],
    parameters: [2],
  };

  test.each([discrete(), interpolated(), backsolve()])(
    "$name: the parameters' gradient of y' = -k y from 1 to 0 is e^k",
    (sensitivity) => {
      const { parameters } = sensitivity.run(problem, { rtol: 1e-9, atol: 1e-12 }).pullback([1]);
      expect(parameters[0]).toBeCloseTo(Math.exp(2), 6);
    },
  );
});

describe("parameters that an action changes", () => {
  // y falls at the rate k until y = 1/2; from there on at twice the rate.
  const problem: OdeProblem = {
    f: (_t, y, dy, p) => dy.set([-p[0]! * y[0]!]),
    y0: [1],
    tSpan: [0, 1],
    parameters: [1],
  };
  const faster = {
    value: (_t: number, y: Float64Array) => y[0]! - 0.5,
    action: (_t: number, _y: Float64Array, p: Float64Array) => p.set([2 * p[0]!]),
  };

  test("hold for the rest of the run, and for no other member of a batch", () => {
    const alone = solve(problem, { events: [faster] }).yEnd[0]!;
    expect(alone).toBeCloseTo(0.5 * Math.exp(-2 * (1 - Math.LN2)), 5);
    for (const parameters of [undefined, [1, 1, 1]]) {
      const batch = { y0: [1, 1, 1], ...(parameters && { parameters }) };
      expect([...solveBatch(problem, batch, { events: [faster] }).yEnd]).toEqual([alone, alone, alone]);
    }
  });

  test("are refused by forward sensitivities", () => {
    expect(() => forwardSensitivities(problem, { events: [faster] })).toThrow(
      /events\[0\]\.action changes parameters\[0\].*make it an unknown/,
    );
  });
});

describe("this, in callbacks", () => {
  class Model {
    n = 3;
    p = 5;
    y0 = [1];
    tSpan = [0, 1] as const;
    f(_t: number, y: Float64Array, dy: Float64Array): void {
      dy[0] = -this.n * y[0]!;
    }
    jacobian(_t: number, _y: Float64Array, jac: Float64Array): void {
      jac[0] = -this.n;
    }
  }

  test("is the problem, not the solver's system", () => {
    expect(solve(new Model()).yEnd[0]).toBeCloseTo(Math.exp(-3), 5);
    expect(solve(new Model(), { solver: auto().stiff }).yEnd[0]).toBeCloseTo(Math.exp(-3), 5);
  });

  test("is the problem with named parameters, too", () => {
    const named = defineProblem({
      f(this: unknown, _t: number, y: Float64Array, dy: Float64Array, p: { k: number }) {
        dy[0] = -p.k * y[0]! * (this as { y0: number[] }).y0[0]!;
      },
      y0: [2],
      tSpan: [0, 1],
      parameters: { k: 1 },
    });
    expect(solve(named).yEnd[0]).toBeCloseTo(2 * Math.exp(-2), 5);
  });
});

test("an event function carries terminal and direction, as in SciPy", () => {
  const hit = (_t: number, y: Float64Array): number => y[0]!;
  hit.terminal = true;
  hit.direction = -1 as const;
  const ball: OdeProblem = { f: (_t, y, dy) => dy.set([y[1]!, -10]), y0: [1, 0], tSpan: [0, 10] };
  const { status, tEnd } = solve(ball, { events: [hit] });
  expect(status).toBe("event");
  expect(tEnd).toBeCloseTo(Math.sqrt(0.2), 6);
});

describe("krylov and gradients", () => {
  // A chain of reactions, and its pullback.
  const chain: OdeProblem = {
    f: (_t, y, dy, p) => dy.set([-p[0]! * y[0]!, p[0]! * y[0]! - y[1]! * y[1]!]),
    pullback: (_t, y, v, gradY, gradP, p) => {
      gradY[0] = gradY[0]! + p[0]! * (v[1]! - v[0]!);
      gradY[1] = gradY[1]! - 2 * y[1]! * v[1]!;
      gradP[0] = gradP[0]! + y[0]! * (v[1]! - v[0]!);
    },
    y0: [1, 0.5],
    tSpan: [0, 2],
    parameters: [0.7],
    autonomous: true,
  };
  const krylov = { ...chain, krylov: {} };
  const options = { rtol: 1e-9, atol: 1e-12 };
  const right = discrete()
    .run(chain, { ...options, solver: tsit5 })
    .pullback([1, 2]);
  const { pullback: _, ...bare } = krylov;

  test.each([tsit5, esdirk43, rodas5P, auto()])(
    "the adjoint equation is solved by GMRES, $name",
    (solver) => {
      for (const sensitivity of [interpolated({ solver }), backsolve()]) {
        const got = sensitivity.run(krylov, { ...options, solver }).pullback([1, 2]);
        expect(got.status).toBe("finished");
        expect(worst(got.y0, right.y0)).toBeLessThan(1e-5);
        expect(worst(got.parameters, right.parameters)).toBeLessThan(1e-5);
      }
    },
  );

  test("steps of explicit methods go back by the pullback", () => {
    const got = discrete()
      .run(krylov, { ...options, solver: tsit5 })
      .pullback([1, 2]);
    expect(worst(got.y0, right.y0)).toBeLessThan(1e-12);
  });

  const refused: [string, () => unknown, RegExp][] = [
    [
      "tangents",
      () => forwardSensitivities(krylov, { solver: tsit5 }),
      /forwardSensitivities cannot use krylov/,
    ],
    [
      "implicit steps",
      () => discrete().run(krylov, { solver: esdirk43 }),
      /discrete cannot use krylov with esdirk43/,
    ],
    [
      "steps without a pullback",
      () => discrete().run(bare, { solver: tsit5 }),
      /needs a pullback of the problem to use krylov/,
    ],
    [
      "no pullback",
      () => interpolated().run(bare),
      /interpolated needs a pullback of the problem to use krylov/,
    ],
    [
      "no pullback, back",
      () => backsolve().run(bare),
      /backsolve needs a pullback of the problem to use krylov/,
    ],
    ["a complex side", () => solve(bare, { solver: auto({ stiff: radau }) }), /expected bdf, a Rosenbrock/],
  ];
  test.each(refused)("%s: refused before any step", (_name, run, words) => {
    expect(run).toThrow(IntegratorError);
    expect(run).toThrow(words);
  });
});
