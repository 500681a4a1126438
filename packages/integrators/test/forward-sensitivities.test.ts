import { describe, expect, test } from "vitest";
import {
  bdf,
  checkDerivatives,
  defineProblem,
  discrete,
  forwardSensitivities,
  type OdeProblem,
  rodas5P,
  solve,
  tsit5,
} from "../src/index.ts";
import { tightNewton, trainableSolvers, worst } from "./families.ts";
import { lotka as forced } from "./lotka.ts";

/** All derivatives that these runs take. */
const { pullback: _pullback, ...differenced } = forced;
const lotka: OdeProblem = {
  ...differenced,
  parameterJacobian: (t, y, out) => {
    out[0] = y[0]!;
    out[2] = -y[0]! * y[1]!;
    out[5] = y[0]! * y[1]!;
    out[6] = 0.1 * Math.sin(t);
    out[7] = -y[1]!;
  },
};

describe.each(trainableSolvers)("$name", (solver) => {
  const rtol = solver.order <= 2 ? 1e-4 : 1e-7;
  const options = { solver, rtol, atol: rtol, at: [1.6, 4] };

  test("with df/dp given: as with differences, as reverse mode has it, and without calls of f", () => {
    const run = forwardSensitivities(lotka, options);
    expect(run.status).toBe("finished");
    const by = forwardSensitivities(differenced, options);
    // Rosenbrock methods difference df/dp once more.
    expect(worst(run.parameters, by.parameters, 1)).toBeLessThan(solver.kind === "rosenbrock" ? 1e-5 : 1e-8);
    [1, 0].forEach((first, i) => {
      const gradient = discrete()
        .run(lotka, options)
        .pullback([0, 0, first, 1 - first]);
      expect(worst(run.parameters.subarray(8 + 4 * i, 12 + 4 * i), gradient.parameters)).toBeLessThan(1e-6);
      expect(worst(run.y0.subarray(4 + 2 * i, 6 + 2 * i), gradient.y0)).toBeLessThan(1e-6);
    });
    // The run itself, with the Newton tolerance that derivatives need; f at the start and at both times.
    const alone = solve(lotka, {
      solver,
      rtol,
      atol: rtol,
      tStops: [1.6],
      ...tightNewton(solver, rtol),
    });
    const doubles = "embeddedOrder" in solver && solver.embeddedOrder === undefined;
    // Methods without an error estimate halve a step, and take each half once more.
    const most = alone.stats.evaluations * (doubles ? 2 : 1.05) + 10;
    expect(run.stats.evaluations).toBeLessThan(most);
  });

  test("by one of the two alone: the same numbers, and nothing of the other", () => {
    const all = forwardSensitivities(lotka, options);
    const parameters = forwardSensitivities(lotka, { ...options, wrt: "parameters" });
    const states = forwardSensitivities(lotka, { ...options, wrt: "y0" });
    expect(parameters.parameters).toEqual(all.parameters);
    expect(states.y0).toEqual(all.y0);
    expect(states.t0).toEqual(all.t0);
    expect([parameters.y0.length, parameters.t0.length, states.parameters.length]).toEqual([0, 0, 0]);
    expect(parameters.slopes).toEqual(all.slopes);
  });
});

test("a band, a pattern and a dense Jacobian give the same sensitivities", () => {
  const n = 30;
  const chain: OdeProblem = {
    f: (_t, y, dy, p) => {
      for (let i = 0; i < n; i++) {
        dy[i] = p[0]! * ((y[i - 1] ?? 0) - 2 * y[i]! + (y[i + 1] ?? 0)) - p[1]! * y[i]! ** 3;
      }
    },
    y0: Array.from({ length: n }, (_, i) => Math.sin(i + 1)),
    parameters: [3, 0.5],
    tSpan: [0, 1],
  };
  const sparsity = Array.from({ length: n }, (_, j) => [j - 1, j, j + 1].filter((i) => i >= 0 && i < n));
  const options = { solver: rodas5P, rtol: 1e-7, atol: 1e-9 };
  const dense = forwardSensitivities(chain, options);
  for (const structure of [{ band: { lower: 1, upper: 1 } }, { sparsity }]) {
    const run = forwardSensitivities({ ...chain, ...structure }, options);
    // Second derivatives are differences of differences here, good to 1e-5 of what they add.
    expect(worst(run.parameters, dense.parameters, 1)).toBeLessThan(1e-5);
    expect(worst(run.y0, dense.y0, 1)).toBeLessThan(1e-5);
  }
});

test("parameters by name bring their columns in the order of their names", () => {
  const named = defineProblem({
    f: (_t, y, dy, p) => dy.fill(p.gain - p.loss * y[0]!),
    parameterJacobian: (_t, y, out) => out.set([-y[0]!, 1]),
    y0: [0],
    tSpan: [0, 2],
    parameters: { loss: 0.5, gain: 3 },
  });
  expect(checkDerivatives(named)).toEqual([]);
  const run = forwardSensitivities(named, { solver: tsit5, rtol: 1e-9, atol: 1e-9 });
  // y = gain / loss (1 - exp(-loss t))
  const e = Math.exp(-1);
  expect(worst(run.parameters, [-12 * (1 - e) + 6 * 2 * e, 2 * (1 - e)])).toBeLessThan(1e-7);
});

test("a wrong df/dp is found, and what is not meant is said", () => {
  const wrong: OdeProblem = {
    ...lotka,
    parameterJacobian: (_t, y, out) => {
      out[0] = y[0]!;
      out[2] = y[0]! * y[1]!;
    },
  };
  const findings = checkDerivatives(wrong);
  expect(findings.map(({ of }) => of)).toEqual(["parameterJacobian"]);
  expect(findings[0]!.message).toMatch(/df\/dp: entry \d, \d is .*, differences say/);
  expect(checkDerivatives(lotka)).toEqual([]);
  expect(() => forwardSensitivities(lotka, { wrt: "p" as never })).toThrow(
    /wrt is "p", expected "all", "y0", "parameters"/,
  );
  expect(() => solve({ ...lotka, parameterJacobian: [] as never })).toThrow(/problem\.parameterJacobian is/);
  expect(() => forwardSensitivities(lotka, { solver: bdf })).toThrow(/no gradients of its steps/);
});
