import { describe, expect, test } from "vitest";
import {
  auto,
  backwardEuler,
  bdf,
  esdirk43,
  type OdeProblem,
  radauIIA5,
  rodas5P,
  solve,
} from "../src/index.ts";
import { System } from "../src/system.ts";
import { worst } from "./families.ts";

/** Penetration of labelled antibodies (medical Akzo Nobel) of the test set for initial value problem solvers,
 *  on 40 points: reaction and diffusion, two unknowns a point. */
const points = 40;
const medical: OdeProblem = {
  f: (t, y, dy) => {
    const dz = 1 / points;
    for (let j = 0; j < points; j++) {
      const z = (j + 1) * dz - 1;
      const u = y[2 * j]!;
      const left = j > 0 ? y[2 * j - 2]! : t <= 5 ? 2 : 0;
      const right = j < points - 1 ? y[2 * j + 2]! : u;
      const r = 100 * u * y[2 * j + 1]!;
      dy[2 * j] =
        ((z ** 3 / 8) * (right - left)) / (2 * dz) + ((z ** 4 / 16) * (left - 2 * u + right)) / dz ** 2 - r;
      dy[2 * j + 1] = -r;
    }
  },
  y0: Array.from({ length: 2 * points }, (_, i) => i % 2),
  tSpan: [0, 20],
};

describe("a Jacobian that the problem says nothing of", () => {
  test.each([rodas5P, radauIIA5, bdf, esdirk43])(
    "$name: its zeros are found, and spare evaluations",
    (solver) => {
      const options = { solver, rtol: 1e-6, atol: 1e-8, keep: "end", stopAt: [5] } as const;
      const [found, full] = [medical, { ...medical, sparsity: "full" as const }].map((p) =>
        solve(p, options),
      );
      expect(found!.status).toBe("finished");
      expect(worst(found!.yEnd, full!.yEnd, 1e-3)).toBeLessThan(1e-4);
      const perJacobian = (run: typeof found) => run!.stats.evaluations / run!.stats.jacobians;
      // 4 groups and a check instead of 80, next to what steps take.
      expect(perJacobian(full) - perJacobian(found)).toBeGreaterThan(60);
    },
  );

  test("is looked at once, for the price of a dense one", () => {
    let calls = 0;
    const counted: OdeProblem = {
      ...medical,
      f: (t, y, dy, p) => {
        calls++;
        medical.f(t, y, dy, p);
      },
    };
    const system = new System(counted);
    expect(calls).toBe(0);
    expect(system.layout.groups).toHaveLength(4);
    expect(calls).toBe(2 * points + 3);
    expect(system.stats.evaluations).toBe(calls);
  });

  test("is kept in its band where only one is at work at a time", () => {
    const y = Float64Array.from(medical.y0, (x, i) => x + Math.sin(i));
    const weights = new Float64Array(2 * points).fill(1e-6);
    const [full, compact] = [false, true].map((only) => {
      const system = new System(medical, undefined, only);
      const jac = system.newJacobian();
      expect(system.jacobian(1, y, weights, 1e-3, jac)).toBe(true);
      const { declared, index } = system.layout;
      const entries: number[] = [];
      for (let j = 0; j < 2 * points; j++) {
        for (const i of declared!.rows.subarray(declared!.starts[j], declared!.starts[j + 1])) {
          entries.push(jac[index(i, j)]!);
        }
      }
      return { entries, last: jac.findLastIndex((x) => x !== 0) };
    });
    expect(compact!.entries).toEqual(full!.entries);
    expect(compact!.last).toBeLessThan(5 * 2 * points);
    expect(full!.last).toBeGreaterThan(78 * 80);
  });

  test("that is full costs three evaluations more", () => {
    const n = 60;
    const system = new System({
      f: (_t, y, dy) => dy.fill(-y.reduce((sum, each) => sum + each, 0)),
      y0: new Float64Array(n).fill(1),
      tSpan: [0, 1],
    });
    expect(system.layout.groups).toBeUndefined();
    expect(system.stats.evaluations).toBe(3);
  });

  test("entries that a branch hides are missed by the check, and all of it is differenced then", () => {
    // Upwind differences: which neighbour a point depends on is decided by a sign that changes at t = 1.
    const n = 60;
    const upwind: OdeProblem = {
      f: (t, y, dy) => {
        const speed = 30 * (1 - t);
        for (let i = 0; i < n; i++) {
          const left = y[(i + n - 1) % n]!;
          const right = y[(i + 1) % n]!;
          dy[i] = speed > 0 ? -speed * (y[i]! - left) : -speed * (right - y[i]!);
        }
      },
      y0: Array.from({ length: n }, (_, i) => Math.exp(-(((i - 20) / 5) ** 2))),
      tSpan: [0, 2],
    };
    // Doubled steps of the last have two steppers, each with a Jacobian of its own.
    for (const solver of [rodas5P, radauIIA5, bdf, esdirk43, backwardEuler]) {
      const rtol = solver === backwardEuler ? 1e-3 : 1e-6;
      const options = { solver, rtol, atol: rtol / 100, keep: "end", stopAt: [1] } as const;
      const [found, full] = [upwind, { ...upwind, sparsity: "full" as const }].map((p) => solve(p, options));
      expect(found!.status).toBe("finished");
      expect(worst(found!.yEnd, full!.yEnd, 1e-2)).toBeLessThan(1e-3);
      expect(found!.stats.steps).toBeLessThan(1.2 * full!.stats.steps);
    }
  });

  test("of an f that refuses NaN is differenced in full", () => {
    const strict: OdeProblem = {
      ...medical,
      f: (t, y, dy, p) => {
        if (y.some(Number.isNaN)) throw new Error("NaN in the state");
        medical.f(t, y, dy, p);
      },
      tSpan: [0, 0.1],
    };
    const run = solve(strict, { solver: rodas5P, keep: "end" });
    expect(run.status).toBe("finished");
    expect(new System(strict).layout.groups).toBeUndefined();
  });

  test("does not stir up fast oscillations: auto switches before a step is too long", () => {
    // Two oscillators of 1 and 1e4 per unit of time, the fast one at rest and driven.
    const stiffString: OdeProblem = {
      f: (t, y, dy) => {
        dy[0] = y[1]!;
        dy[1] = 1e8 * (Math.sin(t) ** 2 - y[0]!);
      },
      y0: [0, 0],
      tSpan: [0, 3],
    };
    const options = { rtol: 1e-4, atol: 1e-4, keep: "end" } as const;
    const [mixed, stiff] = [auto(), rodas5P].map((solver) => solve(stiffString, { ...options, solver }));
    expect(mixed!.status).toBe("finished");
    expect(mixed!.stats.steps).toBeLessThan(2 * stiff!.stats.steps + 20);
  });
});
