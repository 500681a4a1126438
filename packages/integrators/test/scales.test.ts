import { describe, expect, test } from "vitest";
import {
  checkDerivatives,
  discrete,
  forwardSensitivities,
  interpolated,
  type OdeProblem,
  radau,
  rodas5P,
  solve,
} from "../src/index.ts";

/** Monod's uptake of a trace substrate beside a temperature: S' = -r S / (K + S), T' = -(T - 300) / 10. */
const K = 2e-9;
const uptake: OdeProblem = {
  f: (_t, y, dy, p) => dy.set([(-1e-9 * y[0]!) / (K + y[0]!) + p[0]!, (300 - y[1]!) / 10]),
  y0: [2e-9, 310],
  tSpan: [0, 1],
  parameters: [0],
  scales: { parameters: 1e-9 },
};
const options = { rtol: 1e-8, atol: [1e-16, 1e-6] };

/** Central differences of tight solves. */
function reference(change: (e: number) => Partial<OdeProblem>, e: number): number {
  const tight = { rtol: 1e-12, atol: [1e-21, 1e-9], solver: radau, keep: "end" } as const;
  const [plus, minus] = [e, -e].map((d) => solve({ ...uptake, ...change(d) }, tight).yEnd[0]!);
  return (plus! - minus!) / (2 * e);
}

describe("a trace substance beside a temperature", () => {
  const byY0 = reference((e) => ({ y0: [2e-9 + e, 310] }), 1e-13);
  const byP = reference((e) => ({ parameters: [e] }), 1e-13);

  test("the references are those of the equations", () => {
    expect(byY0).toBeGreaterThan(0.8);
    expect(byY0).toBeLessThan(0.95);
  });

  test.each([
    { atol: options.atol, name: "tolerances that say what is small" },
    { atol: 1e-9, name: "tolerances that do not" },
  ])("forward and reverse gradients, with $name", ({ atol }) => {
    for (const solver of [rodas5P, radau]) {
      const grid = { solver, rtol: 1e-8, atol, steps: 50 };
      const forward = forwardSensitivities(uptake, grid);
      expect(forward.y0[0]).toBeCloseTo(byY0, 4);
      expect(forward.parameters[0]).toBeCloseTo(byP, 4);
      const reverse = discrete().run(uptake, grid).pullback([1, 0]);
      expect(reverse.y0[0]).toBeCloseTo(byY0, 4);
      expect(reverse.parameters[0]).toBeCloseTo(byP, 4);
    }
  });

  test("the adjoint", () => {
    const gradients = interpolated().run(uptake, options).pullback([1, 0]);
    expect(gradients.y0[0]).toBeCloseTo(byY0, 4);
    expect(gradients.parameters[0]).toBeCloseTo(byP, 4);
  });

  test("checkDerivatives knows the scales, and what is wrong at them", () => {
    const jacobian = (_t: number, y: Float64Array, jac: Float64Array) =>
      jac.set([(-1e-9 * K) / (K + y[0]!) ** 2, 0, 0, -0.1]);
    expect(checkDerivatives({ ...uptake, jacobian }, options)).toEqual([]);
    const wrong = (t: number, y: Float64Array, jac: Float64Array) => {
      jacobian(t, y, jac);
      jac[0] = 0.9 * jac[0]!;
    };
    expect(checkDerivatives({ ...uptake, jacobian: wrong }, options)[0]?.message).toMatch(/entry 0, 0/);
  });

  test("scales are checked", () => {
    expect(() => forwardSensitivities({ ...uptake, scales: { y: [1] } })).toThrow(
      /scales\.y is \[1\], expected a positive/,
    );
    expect(() => discrete().run({ ...uptake, scales: { parameters: 0 } })).toThrow(
      /scales\.parameters is \[0\]/,
    );
  });
});

describe("times far from 0", () => {
  test("an event's time is differenced over the step, not over |t|", () => {
    // y falls as exp(t0 - t); the event is y = sin(t - t0) / 2, where t0 is 1e6.
    const at = (t0: number) => {
      const problem: OdeProblem = { f: (_t, y, dy) => dy.set([-y[0]!]), y0: [1], tSpan: [t0, t0 + 2] };
      const hit = { value: (t: number, y: Float64Array) => y[0]! - Math.sin(t - t0) / 2, terminal: true };
      return forwardSensitivities(problem, { events: [hit], rtol: 1e-9, atol: 1e-12 }).events[0]!.y0[0]!;
    };
    expect(at(1e6)).toBeCloseTo(at(0), 5);
  });

  test("Rosenbrock methods take as many steps at t0 = 1e8 as at 0", () => {
    const steps = (t0: number) => {
      const problem: OdeProblem = {
        f: (t, y, dy) => dy.set([-100 * (y[0]! - Math.cos(t - t0))]),
        y0: [1],
        tSpan: [t0, t0 + 10],
      };
      return solve(problem, { solver: rodas5P }).stats.steps;
    };
    expect(steps(1e8)).toBeLessThan(1.5 * steps(0));
  });
});
