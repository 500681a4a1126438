import { describe, expect, test } from "vitest";
import {
  auto,
  bdf,
  esdirk43,
  IntegratorError,
  kvaerno54,
  type OdeProblem,
  radau,
  rodas5P,
  ros4,
  type Solver,
  solve,
} from "../src/index.ts";
import { brusselator2d } from "../src/problems.ts";
import { worst } from "./families.ts";
import reference from "./reference/sparse.json" with { type: "json" };

const { bounded, m } = reference.brusselator;
const { sparsity: _, sparseJacobian, ...plain } = brusselator2d(m);

/** Two unknowns a point: the Jacobian's blocks [2, 2] on its diagonal. */
function blockPreconditioner() {
  const n = plain.y0.length;
  const inverse = new Float64Array(2 * n);
  const d = 0.1 * (m - 1) ** 2;
  const count = { prepared: 0, solves: 0 };
  return {
    count,
    prepare(_t: number, y: Float64Array, shift: number) {
      count.prepared++;
      for (let k = 0; k < n; k += 2) {
        const [u, v] = [y[k]!, y[k + 1]!];
        const a = shift - (2 * u * v - 4.4 - 4 * d);
        const b = -u * u;
        const c = -(3.4 - 2 * u * v);
        const e = shift - (-u * u - 4 * d);
        const determinant = a * e - b * c;
        inverse.set([e / determinant, -b / determinant, -c / determinant, a / determinant], 2 * k);
      }
    },
    solve(x: Float64Array) {
      count.solves++;
      for (let k = 0; k < n; k += 2) {
        const [p, q] = [x[k]!, x[k + 1]!];
        x[k] = inverse[2 * k]! * p + inverse[2 * k + 1]! * q;
        x[k + 1] = inverse[2 * k + 2]! * p + inverse[2 * k + 3]! * q;
      }
    },
  };
}

const solvers: Solver[] = [bdf, rodas5P, ros4, esdirk43, kvaerno54, auto({ stiff: bdf })];

describe.each(solvers)("GMRES in $name", (solver) => {
  const options = { solver, rtol: 1e-6, atol: 1e-7, keep: "end", tStops: [1.1] } as const;

  test("reaches SciPy's end state, with and without a preconditioner", () => {
    const preconditioner = blockPreconditioner();
    const bare = solve({ ...plain, krylov: {} }, options);
    const helped = solve({ ...plain, krylov: { preconditioner } }, options);
    for (const run of [bare, helped]) {
      expect(run.status).toBe("finished");
      // SciPy's tolerance is 1e-10; here local errors of 1e-6 add up over 11 units of time.
      expect(worst(run.yEnd, bounded)).toBeLessThan(3e-4);
    }
    expect(preconditioner.count.prepared).toBeGreaterThan(0);
    expect(preconditioner.count.solves).toBeGreaterThan(preconditioner.count.prepared);
    expect(helped.stats.factorisations).toBeGreaterThan(0);
  });
});

test("a preconditioner that is the matrix itself needs one direction", () => {
  // y' = -k y: P = shift + k.
  const rates = [1, 1e2, 1e4, 1e6];
  let by = 0;
  let evaluations = 0;
  const problem: OdeProblem = {
    f: (_t, y, dy) => {
      evaluations++;
      rates.forEach((k, i) => {
        dy[i] = -k * y[i]!;
      });
    },
    y0: [1, 1, 1, 1],
    tSpan: [0, 1],
    krylov: {
      dimension: 1,
      restarts: 0,
      preconditioner: {
        prepare: (_t, _y, shift) => {
          by = shift;
        },
        solve: (b) => {
          rates.forEach((k, i) => {
            b[i] = b[i]! / (by + k);
          });
        },
      },
    },
  };
  const run = solve(problem, { solver: rodas5P, rtol: 1e-6, atol: 1e-9, keep: "end" });
  expect(run.status).toBe("finished");
  expect(Math.abs(run.yEnd[0]! - Math.exp(-1))).toBeLessThan(1e-6);
  expect(run.stats.evaluations).toBe(evaluations);
});

test("a product of the problem's own spares the differences", () => {
  const rates = [1, 30, 900];
  let evaluations = 0;
  let products = 0;
  const problem: OdeProblem = {
    f: (_t, y, dy) => {
      evaluations++;
      rates.forEach((k, i) => {
        dy[i] = -k * y[i]!;
      });
    },
    autonomous: true,
    y0: [1, 1, 1],
    tSpan: [0, 1],
    krylov: {
      jacobianVector: (_t, _y, v, out) => {
        products++;
        rates.forEach((k, i) => {
          out[i] = -k * v[i]!;
        });
      },
    },
  };
  const run = solve(problem, { solver: ros4, keep: "end" });
  expect(run.status).toBe("finished");
  expect(Math.abs(run.yEnd[0]! - Math.exp(-1))).toBeLessThan(1e-5);
  expect(products).toBeGreaterThan(run.stats.steps);
  // Three a step (the fourth stage repeats the third's), and what chose the first step.
  expect(evaluations).toBeLessThanOrEqual(3 * (run.stats.steps + run.stats.rejected) + 5);
});

test("an iteration that cannot converge ends in a status that says so", () => {
  const run = solve(
    { ...plain, krylov: { preconditioner: { solve: (b) => b.fill(Number.NaN) } } },
    { solver: bdf, keep: "end" },
  );
  expect(run.status).toBe("newton_diverged");
  expect(run.hint).toMatch(/krylov/);
});

test.each([
  ["with radau", () => solve({ ...plain, krylov: {} }, { solver: radau }), /expected bdf, a Rosenbrock/],
  ["next to a band", () => solve({ ...plain, krylov: {}, band: { lower: 1, upper: 1 } }), /leave one out/],
  ["of no dimension", () => solve({ ...plain, krylov: { dimension: 0 } }), /krylov.dimension is 0/],
  ["of negative restarts", () => solve({ ...plain, krylov: { restarts: -1 } }), /krylov.restarts is -1/],
  [
    "with a preconditioner that does not solve",
    () => solve({ ...plain, krylov: { preconditioner: {} as never } }),
    /preconditioner has to have a function solve/,
  ],
  [
    "with equations without a derivative",
    () =>
      solve(
        {
          f: (_t, y, dy) => dy.set([y[1]!, y[0]! - y[1]!]),
          y0: [1, 0],
          tSpan: [0, 1],
          mass: [1, 0],
          krylov: {},
        },
        { solver: bdf },
      ),
    /krylov is given with equations without a derivative, expected sparsity or band/,
  ],
  [
    "a sparse Jacobian without its pattern",
    () => solve({ ...plain, sparseJacobian: sparseJacobian! }),
    /expected sparsity with it/,
  ],
  [
    "a sparse Jacobian next to a dense one",
    () => solve({ ...plain, sparsity: _!, sparseJacobian: sparseJacobian!, jacobian: () => {} }),
    /leave one out/,
  ],
  [
    "a sparse Jacobian with a row named twice",
    () =>
      solve({
        f: (_t, y, dy) => dy.set(y),
        y0: [1],
        tSpan: [0, 1],
        sparsity: [[0, 0]],
        sparseJacobian: () => {},
      }),
    /names a row twice/,
  ],
])("%s is refused", (_name, call, message) => {
  expect(call).toThrow(IntegratorError);
  expect(call).toThrow(message);
});
