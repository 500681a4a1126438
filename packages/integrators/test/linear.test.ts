import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ComplexDirectSolver } from "../src/direct/complex-direct-solver.ts";
import { DirectSolver } from "../src/direct/direct-solver.ts";
import { eliminationOf } from "../src/direct/minimum-degree.ts";
import { Interruption, limited } from "../src/interruption.ts";
import { ColumnMatrix } from "../src/matrix/column-matrix.ts";
import { patternOf } from "../src/matrix/pattern.ts";
import { SparseMatrix } from "../src/matrix/sparse-matrix.ts";
import type { Band } from "../src/problem.ts";
import { residual } from "./residual.ts";

/** Many exact zeros and ties, nothing subnormal. */
const entry = fc.integer({ min: -30, max: 30 }).map((k) => k / 10);

/** A matrix with entries in a band, as a dense column-major array and in band storage. */
const matrices = fc
  .record({
    n: fc.integer({ min: 1, max: 9 }),
    lower: fc.integer({ min: 0, max: 3 }),
    upper: fc.integer({ min: 0, max: 3 }),
    re: entry,
    im: entry,
    values: fc.array(entry, { minLength: 81, maxLength: 81 }),
    b: fc.array(entry, { minLength: 18, maxLength: 18 }),
  })
  .map(({ n, lower, upper, re, im, values, b }) => {
    const band = { lower: Math.min(lower, n - 1), upper: Math.min(upper, n - 1) };
    const width = band.lower + band.upper + 1;
    const dense = new Float64Array(n * n);
    const banded = new Float64Array(width * n);
    for (let j = 0; j < n; j++) {
      for (let i = Math.max(0, j - band.upper); i <= Math.min(n - 1, j + band.lower); i++) {
        dense[i + n * j] = values[i + 9 * j]!;
        banded[band.upper + i - j + width * j] = values[i + 9 * j]!;
      }
    }
    return { n, band, dense, banded, re, im, b };
  });

/** Solvers of (shift I - J) x = b and of ((re + i im) I - J) x = b for a J kept so. */
const realLu = (n: number, values: Float64Array, band?: Band) => {
  const jac = new ColumnMatrix(n, band);
  jac.values.set(values);
  const solver = new DirectSolver(jac, undefined);
  return {
    factor: (shift: number) => solver.factor(shift),
    solve: (b: Float64Array) => solver.solve(b),
    solveTransposed: (b: Float64Array) => solver.solveTransposed(b),
  };
};
const complexLu = (n: number, values: Float64Array, band?: Band) => {
  const jac = new ColumnMatrix(n, band);
  jac.values.set(values);
  const solver = new ComplexDirectSolver(jac, undefined);
  return {
    factor: (re: number, im: number) => solver.factor(re, im),
    solve: (re: Float64Array, im: Float64Array) => solver.solve(re, im),
  };
};

const zero = new Float64Array(9);

describe("factorisations of shift I - J", () => {
  test("real ones solve, and solve transposed, to rounding; band and dense alike", () => {
    fc.assert(
      fc.property(matrices, ({ n, band, dense, banded, re, b }) => {
        for (const lu of [realLu(n, dense), realLu(n, banded, band)]) {
          if (!lu.factor(re)) continue;
          const x = Float64Array.from(b.slice(0, n));
          lu.solve(x);
          if (!x.every(Number.isFinite)) continue;
          expect(residual(n, dense, re, 0, x, zero, b, zero)).toBeLessThan(1e-13);
          const y = Float64Array.from(b.slice(0, n));
          lu.solveTransposed(y);
          if (y.every(Number.isFinite)) {
            expect(residual(n, dense, re, 0, y, zero, b, zero, true)).toBeLessThan(1e-13);
          }
        }
      }),
    );
  });

  test("complex ones solve to rounding; band and dense alike", () => {
    fc.assert(
      fc.property(matrices, ({ n, band, dense, banded, re, im, b }) => {
        for (const lu of [complexLu(n, dense), complexLu(n, banded, band)]) {
          if (!lu.factor(re, im)) continue;
          const xr = Float64Array.from(b.slice(0, n));
          const xi = Float64Array.from(b.slice(9, 9 + n));
          lu.solve(xr, xi);
          if (![...xr, ...xi].every(Number.isFinite)) continue;
          expect(residual(n, dense, re, im, xr, xi, b, b.slice(9))).toBeLessThan(1e-13);
        }
      }),
    );
  });

  test("need their pivots: a zero on the diagonal is no obstacle", () => {
    const lu = realLu(2, Float64Array.of(0, -1, -1, 0));
    expect(lu.factor(0)).toBe(true);
    const b = Float64Array.of(3, 5);
    lu.solve(b);
    expect([...b]).toEqual([5, 3]);
  });

  test("say so when the matrix is singular or not finite", () => {
    const singular = Float64Array.of(1, 2, 2, 4);
    const diagonal = { lower: 0, upper: 0 };
    expect(realLu(2, singular).factor(0)).toBe(false);
    expect(complexLu(2, singular).factor(0, 0)).toBe(false);
    expect(realLu(2, new Float64Array(2), diagonal).factor(0)).toBe(false);
    expect(complexLu(2, new Float64Array(2), diagonal).factor(0, 0)).toBe(false);
    expect(realLu(1, Float64Array.of(Number.NaN)).factor(1)).toBe(false);
  });
});

describe("a limit ends a long factorisation inside", () => {
  const n = 600;
  const tridiagonal = Array.from({ length: n }, (_, j) => [j - 1, j, j + 1].filter((i) => i >= 0 && i < n));
  const forms = {
    dense: new ColumnMatrix(n),
    banded: new ColumnMatrix(n, { lower: 1, upper: 1 }),
    sparse: new SparseMatrix(patternOf(tridiagonal)),
  };
  test.each(Object.entries(forms))("%s", (_, matrix) => {
    const solver = new DirectSolver(matrix, undefined);
    let asked = 0;
    const interrupt = () => {
      if (++asked === 5) throw new Interruption();
    };
    expect(() => limited(interrupt, () => solver.factor(1))).toThrow(Interruption);
  });

  test("and a long search for an order of elimination", () => {
    let asked = 0;
    limited(
      () => void asked++,
      () => eliminationOf(patternOf(tridiagonal.map((rows) => rows.slice()))),
    );
    expect(asked).toBeGreaterThan(5);
  });
});
