import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ComplexDirectSolver } from "../src/direct/complex-direct-solver.ts";
import { DenseLu } from "../src/direct/dense-lu.ts";
import type { Factorisation } from "../src/direct/factorisation.ts";
import { eliminationOf } from "../src/direct/minimum-degree.ts";
import { SparseLu } from "../src/direct/sparse-lu.ts";
import { IntegratorError, radau, rodas5P, solve } from "../src/index.ts";
import { patternOf, type SparsePattern } from "../src/matrix/pattern.ts";
import { SparseMatrix } from "../src/matrix/sparse-matrix.ts";
import { pollu } from "../src/problems.ts";
import { gridPattern } from "./grid.ts";
import reference from "./reference/sparse.json" with { type: "json" };

/** A pattern (with its diagonal), a matrix J of it (compressed, and column-major), a shift and a right-hand
 *  side. */
const drawn = fc
  .integer({ min: 1, max: 14 })
  .chain((n) => {
    // No subnormal numbers, which would make matrices singular by underflow.
    const entry = fc.integer({ min: -512, max: 512 }).map((k) => k / 512);
    return fc.record({
      n: fc.constant(n),
      rows: fc.array(fc.array(fc.integer({ min: 0, max: n - 1 }), { maxLength: 4 }), {
        minLength: n,
        maxLength: n,
      }),
      entries: fc.array(entry, { minLength: n * n, maxLength: n * n }),
      b: fc.array(entry, { minLength: n, maxLength: n }),
      // At 0 the diagonal stays, and pivots may be 0. At 10 the diagonal dominates.
      shift: fc.constantFrom(0, 0.5, 10),
    });
  })
  .map(({ n, rows, entries, b, shift }) => {
    const given = patternOf(rows);
    const pattern = given.union(given, true);
    const dense = new Float64Array(n * n);
    for (let j = 0; j < n; j++) for (const i of rows[j]!) dense[i + n * j] = entries[i + n * j]!;
    const values = new Float64Array(pattern.size);
    for (let j = 0; j < n; j++) {
      for (let e = pattern.starts[j]!; e < pattern.starts[j + 1]!; e++)
        values[e] = dense[pattern.rows[e]! + n * j]!;
    }
    return { n, pattern, dense, values, b, shift };
  });

/** The entries of shift I - J. */
function shifted(pattern: SparsePattern, values: Float64Array, shift: number): Float64Array {
  const out = values.map((x) => -x);
  for (let j = 0; j < pattern.n; j++) {
    const at = pattern.find(j, j);
    out[at] = out[at]! + shift;
  }
  return out;
}

/** Whether shift I - J is regular beyond doubt: in another order singular ones may come out as nearly so. */
function isRegular(n: number, dense: Float64Array, shift: number): boolean {
  const lu = new DenseLu(n);
  const matrix = dense.map((x, at) => (at % (n + 1) === 0 ? shift - x : -x));
  if (!lu.factor(matrix)) return false;
  const x = Float64Array.from({ length: n }, (_, i) => 1 + Math.sin(i + 1));
  lu.solve(x);
  return x.every((each) => Math.abs(each) < 1e10);
}

const kinds: readonly [name: string, make: (pattern: SparsePattern) => Factorisation][] = [
  ["new", (pattern) => new SparseLu(pattern)],
  [
    "after another matrix",
    (pattern) => {
      const lu = new SparseLu(pattern);
      lu.factor(shifted(pattern, new Float64Array(pattern.size), 1));
      return lu;
    },
  ],
];

describe.each(kinds)("a sparse elimination, %s", (_, make) => {
  test("solves, and solves transposed, to rounding, with and without trusted pivots", () => {
    fc.assert(
      fc.property(drawn, ({ n, pattern, dense, values, b, shift }) => {
        const lu = make(pattern);
        if (!lu.factor(shifted(pattern, values, shift))) {
          expect(isRegular(n, dense, shift)).toBe(false);
          return;
        }
        for (const transposed of [false, true]) {
          const x = Float64Array.from(b);
          if (transposed) lu.solveTransposed(x);
          else lu.solve(x);
          if (!x.every(Number.isFinite)) continue;
          const residue = b.map((wanted, i) => {
            let sum = shift * x[i]! - wanted;
            for (let j = 0; j < n; j++) sum -= (transposed ? dense[j + n * i]! : dense[i + n * j]!) * x[j]!;
            return Math.abs(sum);
          });
          const scale = Math.max(1, ...x.map(Math.abs)) * (shift + n);
          // A pivot may be a thousandth of an entry below it: growth, and three digits lost at worst in each
          // of a few steps.
          expect(Math.max(...residue) / scale).toBeLessThan(shift === 10 ? 1e-14 : 1e-9);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("a pivot that is nil is no obstacle: rows are then swapped", () => {
    const pattern = patternOf([
      [0, 1],
      [0, 1],
    ]);
    const lu = make(pattern);
    const jac = Float64Array.of(0, -1, -1, 0);
    for (let again = 0; again < 5; again++) {
      expect(lu.factor(shifted(pattern, jac, 0))).toBe(true);
      const b = Float64Array.of(3, 5);
      lu.solve(b);
      expect([...b]).toEqual([5, 3]);
    }
    expect(lu.factor(shifted(pattern, jac, 10))).toBe(true);
    const c = Float64Array.of(11, 11);
    lu.solve(c);
    c.forEach((value) => {
      expect(value).toBeCloseTo(1, 14);
    });
  });

  test("says so when the matrix is singular or not finite", () => {
    expect(make(patternOf([[0], [1]])).factor(new Float64Array(2))).toBe(false);
    expect(make(patternOf([[0]])).factor(Float64Array.of(Number.NaN))).toBe(false);
  });

  test("solves a grid of 512 unknowns, with 30 % of its diagonal nil", () => {
    const pattern = gridPattern(16, true);
    const n = 512;
    let seed = 7;
    const random = () => {
      seed = (seed * 16807) % 2147483647;
      return seed / 2147483647 - 0.5;
    };
    const values = new Float64Array(pattern.size).map(random);
    for (let j = 0; j < n; j++) if (random() < -0.2) values[pattern.find(j, j)] = 0;
    const lu = make(pattern);
    expect(lu.factor(shifted(pattern, values, 0))).toBe(true);
    const b = new Float64Array(n).map(random);
    const x = b.slice();
    lu.solve(x);
    const residue = b.slice();
    for (let j = 0; j < n; j++) {
      for (let e = pattern.starts[j]!; e < pattern.starts[j + 1]!; e++) {
        residue[pattern.rows[e]!] = residue[pattern.rows[e]!]! + values[e]! * x[j]!;
      }
    }
    expect(Math.max(...residue.map(Math.abs)) / Math.max(...x.map(Math.abs))).toBeLessThan(1e-10);
  });
});

describe("complex matrices of a sparse pattern", () => {
  const make = (pattern: SparsePattern, values: Float64Array) => {
    const jac = new SparseMatrix(pattern);
    jac.values.set(values);
    const solver = new ComplexDirectSolver(jac, undefined);
    return {
      factor: (re: number, im: number) => solver.factor(re, im),
      solve: (re: Float64Array, im: Float64Array) => solver.solve(re, im),
    };
  };

  test("are solved to rounding", () => {
    fc.assert(
      fc.property(drawn, fc.constantFrom(0, 0.5, 10), ({ n, pattern, dense, values, b, shift }, im) => {
        const lu = make(pattern, values);
        if (!lu.factor(shift, im)) {
          if (im === 0) expect(isRegular(n, dense, shift)).toBe(false);
          expect(im).toBeLessThan(10);
          return;
        }
        const [x, y] = [Float64Array.from(b), Float64Array.from(b, (v) => 1 - v)];
        lu.solve(x, y);
        if (![...x, ...y].every(Number.isFinite)) return;
        const residue = b.map((wanted, i) => {
          let re = shift * x[i]! - im * y[i]! - wanted;
          let own = shift * y[i]! + im * x[i]! - (1 - wanted);
          for (let j = 0; j < n; j++) {
            re -= dense[i + n * j]! * x[j]!;
            own -= dense[i + n * j]! * y[j]!;
          }
          return Math.hypot(re, own);
        });
        const scale = Math.max(1, ...x.map(Math.abs), ...y.map(Math.abs)) * (shift + im + n);
        // A large diagonal bounds the growth; im is beside that of the real form, whose small pivots let
        // entries grow tenfold.
        const rounding = shift === 10 ? 1e-14 : 1e-13;
        expect(Math.max(...residue) / scale).toBeLessThan(shift === 10 || im === 10 ? rounding : 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  test("that are singular or not finite are refused", () => {
    expect(make(patternOf([[0], [1]]), new Float64Array(2)).factor(0, 0)).toBe(false);
    expect(make(patternOf([[0]]), Float64Array.of(Number.NaN)).factor(1, 1)).toBe(false);
  });
});

describe("orders of elimination", () => {
  test("an arrow is eliminated from its tips: no entry is added", () => {
    const n = 12;
    // Row and column 0 are full: eliminated first they would fill everything.
    const arrow = patternOf(
      Array.from({ length: n }, (_, j) => (j === 0 ? Array.from({ length: n }, (_, i) => i) : [0, j])),
    );
    const { entries, order } = eliminationOf(arrow);
    expect(entries).toBe(n + 2 * (n - 1));
    expect(order.indexOf(0)).toBeGreaterThanOrEqual(n - 2);
    expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
  });

  test.each(reference.fill)(
    "m = $m, periodic: $periodic: no more fill than SuperLU's",
    ({ m, periodic, entries }) => {
      // Orders of minimum degree differ by how ties are broken: a few percent either way.
      expect(eliminationOf(gridPattern(m, periodic)).entries / entries).toBeLessThan(1.15);
    },
  );
});

const lists = pollu.sparsity as readonly (readonly number[])[];

describe("a declared pattern next to an analytic Jacobian", () => {
  test("POLLU: the same solution", () => {
    const { sparsity, ...dense } = pollu;
    expect(sparsity).toHaveLength(20);
    for (const solver of [rodas5P, radau]) {
      const options = { solver, rtol: 1e-7, atol: pollu.atolFor(1e-7), keep: "end" } as const;
      const [a, b] = [solve(pollu, options), solve(dense, options)];
      expect(a.stats.steps).toBe(b.stats.steps);
      a.yEnd.forEach((value, i) => {
        expect(Math.abs(value / b.yEnd[i]! - 1)).toBeLessThan(1e-7);
      });
    }
  });

  test("is refused where the Jacobian has more", () => {
    const wrong = { ...pollu, sparsity: lists.map((rows, j) => (j === 3 ? rows.slice(1) : rows)) };
    const run = () => solve(wrong, { solver: rodas5P });
    expect(run).toThrow(IntegratorError);
    expect(run).toThrow(/column 3, where sparsity\[3\] says that it is zero/);
  });
});
