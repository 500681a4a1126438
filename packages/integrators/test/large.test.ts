import { describe, expect, test } from "vitest";
import {
  auto,
  bdf,
  checkDerivatives,
  discrete,
  esdirk43,
  forwardSensitivities,
  interpolated,
  type OdeProblem,
  radau,
  rodas5P,
  ros4,
  type Solver,
  solve,
} from "../src/index.ts";
import { brusselator2d } from "../src/problems.ts";
import { System } from "../src/system.ts";
import { worst } from "./families.ts";
import reference from "./reference/sparse.json" with { type: "json" };

const { bounded, periodic, m } = reference.brusselator;
const without = ({ sparseJacobian: _, ...problem }: OdeProblem): OdeProblem => problem;
const solvers: Solver[] = [bdf, rodas5P, ros4, radau, esdirk43, auto()];

describe.each(solvers)("$name on the two-dimensional Brusselator", (solver) => {
  const options = { solver, rtol: 1e-7, atol: 1e-8, keep: "end", tStops: [1.1] } as const;

  test.each([
    ["bounded", brusselator2d(m), bounded],
    ["periodic", brusselator2d(m, { periodic: true }), periodic],
  ])("%s: SciPy's end state, with the sparse Jacobian and with differences", (_, problem, expected) => {
    expect(new System(problem).newJacobian().form).toBe("sparse");
    for (const each of [problem, without(problem)]) {
      const run = solve(each, options);
      expect(run.status).toBe("finished");
      // SciPy's tolerance is 1e-10; here local errors of 1e-7 add up over 11 units of time.
      expect(worst(run.yEnd, expected)).toBeLessThan(3e-5);
    }
  });
});

/** The largest typed array that a call makes, in entries. */
function largestArray(call: () => void): number {
  let largest = 0;
  const originals = { Float64Array, Float32Array, Int32Array, Uint8Array, Uint32Array };
  for (const [name, original] of Object.entries(originals)) {
    const counted = new Proxy(original, {
      // Not by the proxy as new.target: arrays of two kinds slow all that later tests of the process compute.
      construct(target, args) {
        const made = Reflect.construct(target, args);
        largest = Math.max(largest, made.length);
        return made;
      },
    });
    Object.assign(globalThis, { [name]: counted });
  }
  try {
    call();
  } finally {
    Object.assign(globalThis, originals);
  }
  return largest;
}

test("nothing of the size of n^2 is made", () => {
  // 800 unknowns make n^2 = 640,000. The factors need 6 % of that.
  const problem = { ...brusselator2d(20), tSpan: [0, 1] as const };
  const n = problem.y0.length;
  expect(largestArray(() => new Float64Array(1234))).toBe(1234);
  for (const each of [problem, without(problem)]) {
    for (const solver of [bdf, rodas5P, radau]) {
      // Two steps make all that there is.
      const largest = largestArray(() => {
        expect(solve(each, { solver, rtol: 1e-3, keep: "end", maxSteps: 2 }).stats.steps).toBe(2);
      });
      // Complex factors are those of twice the unknowns, four times the entries.
      expect(largest).toBeLessThan((solver === radau ? 0.4 : 0.1) * n * n);
    }
  }
});

describe("the sparse Jacobian", () => {
  test("is checked against differences", () => {
    const problem = brusselator2d(4);
    expect(checkDerivatives(problem)).toEqual([]);
    const wrong = checkDerivatives({
      ...problem,
      sparseJacobian: (t, y, values, p) => {
        problem.sparseJacobian!(t, y, values, p);
        values[3] = values[3]! + 1;
      },
    });
    expect(wrong[0]!.message).toMatch(/the sparse Jacobian: entry/);
  });

  test("gives the gradients that differences give", () => {
    const problem = { ...brusselator2d(4), tSpan: [0, 0.3] as const };
    const options = { solver: rodas5P, rtol: 1e-8, atol: 1e-10 };
    const ones = new Array<number>(32).fill(1);
    const [a, b] = [problem, without(problem)].map((each) => discrete().run(each, options).pullback(ones).y0);
    // Jacobians by differences move the steps, and with them errors of the size of the tolerance.
    expect(worst(a!, b!)).toBeLessThan(1e-5);
    const c = interpolated().run(problem, options).pullback(ones).y0;
    expect(worst(c, a!)).toBeLessThan(1e-5);
    const d = discrete()
      .run(problem, { ...options, solver: radau })
      .pullback(ones).y0;
    expect(worst(d, a!)).toBeLessThan(1e-5);
    const { y0 } = forwardSensitivities(problem, options);
    const sums = ones.map((_, j) => ones.reduce((sum, _one, i) => sum + y0[i * 32 + j]!, 0));
    expect(worst(sums, a!)).toBeLessThan(1e-6);
  });
});

/** A heat equation whose flux at each end is an unknown with an equation of its own: index 1. */
function heatDae(n: number): { problem: OdeProblem; ode: OdeProblem } {
  const d = (n - 1) ** 2;
  const inner = (y: Float64Array, dy: Float64Array) => {
    for (let i = 1; i < n - 1; i++) dy[i] = d * (y[i - 1]! - 2 * y[i]! + y[i + 1]!);
  };
  const y0 = Array.from({ length: n }, (_, i) => Math.sin((Math.PI * i) / (n - 1)));
  const sparsity = Array.from({ length: n }, (_, j) =>
    [j - 1, j, j + 1, (j * 7) % n].filter((i) => i >= 0 && i < n),
  );
  return {
    problem: {
      f: (_t, y, dy) => {
        inner(y, dy);
        dy[0] = y[0]!;
        dy[n - 1] = y[n - 1]!;
      },
      mass: y0.map((_, i) => (i === 0 || i === n - 1 ? 0 : 1)),
      sparsity,
      autonomous: true,
      y0,
      tSpan: [0, 0.1],
    },
    ode: {
      f: (_t, y, dy) => {
        inner(y, dy);
        dy[0] = 0;
        dy[n - 1] = 0;
      },
      autonomous: true,
      y0,
      tSpan: [0, 0.1],
    },
  };
}

test.each([bdf, rodas5P, radau])("$name: a mass matrix next to a sparse pattern", (solver) => {
  const { problem, ode } = heatDae(160);
  expect(new System(problem).newJacobian().form).toBe("sparse");
  const options = { solver, rtol: 1e-7, atol: 1e-10, keep: "end" } as const;
  const [a, b] = [solve(problem, options), solve(ode, { ...options, solver: radau })];
  expect(a.status).toBe("finished");
  expect(worst(a.yEnd, b.yEnd, 1e-3)).toBeLessThan(1e-5);
});
