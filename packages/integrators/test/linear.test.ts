import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BandedLu } from "../src/linear/banded-lu.ts";
import { ComplexBandedLu } from "../src/linear/complex-banded-lu.ts";
import { ComplexDenseLu } from "../src/linear/complex-dense-lu.ts";
import { ComplexPentadiagonalLu } from "../src/linear/complex-pentadiagonal-lu.ts";
import { DenseLu } from "../src/linear/dense-lu.ts";
import { isPentadiagonal } from "../src/linear/pentadiagonal.ts";
import { PentadiagonalLu } from "../src/linear/pentadiagonal-lu.ts";
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

const zero = new Float64Array(9);

describe("factorisations of shift I - J", () => {
  test("real ones solve, and solve transposed, to rounding; band and dense alike", () => {
    fc.assert(
      fc.property(matrices, ({ n, band, dense, banded, re, b }) => {
        for (const [lu, jac] of [
          [new DenseLu(n), dense],
          [new BandedLu(n, band), banded],
        ] as const) {
          if (!lu.factor(jac, re)) continue;
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

  describe("up to two diagonals on each side, eliminated from both ends", () => {
    const value = fc.double({ min: -1, max: 1, noNaN: true });
    const drawn = fc.integer({ min: 8, max: 15 }).chain((n) =>
      fc.record({
        n: fc.constant(n),
        lower: fc.integer({ min: 0, max: 2 }),
        upper: fc.integer({ min: 0, max: 2 }),
        values: fc.array(value, { minLength: 5 * n, maxLength: 5 * n }),
        b: fc.array(value, { minLength: 2 * n, maxLength: 2 * n }),
        // From 5 on the diagonal dominates; below, rows have to be swapped in some matrices.
        shift: fc.constantFrom(0.5, 1.5, 5, 50),
        im: fc.constantFrom(0, 0.3, 5),
      }),
    );
    /** A band whose corners, outside of the matrix, hold what they should not. */
    const made = (n: number, lower: number, upper: number, values: number[]) => {
      const width = lower + upper + 1;
      const banded = new Float64Array(width * n).fill(7);
      const dense = new Float64Array(n * n);
      for (let j = 0; j < n; j++) {
        for (let i = Math.max(0, j - upper); i <= Math.min(n - 1, j + lower); i++) {
          dense[i + n * j] = values[5 * j + 2 + i - j]!;
          banded[upper + i - j + width * j] = dense[i + n * j]!;
        }
      }
      return { band: { lower, upper }, banded, dense };
    };

    test("real: solve, and solve transposed, to rounding, and as the dense one", () => {
      fc.assert(
        fc.property(drawn, ({ n, lower, upper, values, b, shift }) => {
          const { band, banded, dense } = made(n, lower, upper, values);
          expect(isPentadiagonal(n, band)).toBe(true);
          const lu = new PentadiagonalLu(n, band);
          const reference = new DenseLu(n);
          // Twice: the second matrix finds what the first has left.
          lu.factor(banded, -shift);
          if (!reference.factor(dense, shift)) return;
          expect(lu.factor(banded, shift)).toBe(true);
          for (const transposed of [false, true]) {
            const zeros = new Float64Array(n);
            const x = Float64Array.from(b.slice(0, n));
            const y = x.slice();
            for (const [each, out] of [
              [lu, x],
              [reference, y],
            ] as const) {
              if (transposed) each.solveTransposed(out);
              else each.solve(out);
            }
            if (!x.every(Number.isFinite)) continue;
            expect(residual(n, dense, shift, 0, x, zeros, b, zeros, transposed)).toBeLessThan(1e-13);
            if (shift < 5) continue;
            x.forEach((each, i) => {
              expect(Math.abs(each - y[i]!)).toBeLessThan(1e-12);
            });
          }
        }),
        { numRuns: 500 },
      );
    });

    test("complex: to rounding", () => {
      fc.assert(
        fc.property(drawn, ({ n, lower, upper, values, b, shift, im }) => {
          const { band, banded, dense } = made(n, lower, upper, values);
          const lu = new ComplexPentadiagonalLu(n, band);
          lu.factor(banded, -shift, im);
          if (!lu.factor(banded, shift, im)) return;
          const [x, y] = [Float64Array.from(b.slice(0, n)), Float64Array.from(b.slice(n))];
          lu.solve(x, y);
          if (![...x, ...y].every(Number.isFinite)) return;
          expect(residual(n, dense, shift, im, x, y, b.slice(0, n), b.slice(n))).toBeLessThan(1e-12);
        }),
        { numRuns: 500 },
      );
    });

    test("a pivot that is nil, at either end or where they meet, is no obstacle: rows are then swapped", () => {
      const n = 9;
      const band = { lower: 2, upper: 2 };
      for (let nil = 0; nil < n; nil++) {
        const banded = Float64Array.from({ length: 5 * n }, (_, e) => (e % 5 === 2 ? 4 : 1));
        banded[5 * nil + 2] = 0;
        const values = Array.from(banded);
        const { dense } = made(n, 2, 2, values);
        const b = Array.from({ length: n }, (_, i) => i + 1);
        const zeros = new Float64Array(n);
        const real = new PentadiagonalLu(n, band);
        expect(real.factor(banded, 0)).toBe(true);
        const x = Float64Array.from(b);
        real.solve(x);
        expect(residual(n, dense, 0, 0, x, zeros, b, zeros)).toBeLessThan(1e-14);
        const complex = new ComplexPentadiagonalLu(n, band);
        expect(complex.factor(banded, 0, 0)).toBe(true);
        const [re, im] = [Float64Array.from(b), new Float64Array(n)];
        complex.solve(re, im);
        expect(residual(n, dense, 0, 0, re, im, b, zeros)).toBeLessThan(1e-14);
        // And the next matrix may do without again.
        expect(real.factor(banded, 20)).toBe(true);
        const y = Float64Array.from(b);
        real.solve(y);
        expect(residual(n, dense, 20, 0, y, zeros, b, zeros)).toBeLessThan(1e-14);
      }
    });

    test("a matrix that is singular or not finite is refused", () => {
      const band = { lower: 1, upper: 1 };
      for (const bad of [new Float64Array(30), new Float64Array(30).fill(Number.NaN)]) {
        expect(new PentadiagonalLu(10, band).factor(bad, 0)).toBe(false);
        expect(new ComplexPentadiagonalLu(10, band).factor(bad, 0, 0)).toBe(false);
      }
    });
  });

  test("complex ones solve to rounding; band and dense alike", () => {
    fc.assert(
      fc.property(matrices, ({ n, band, dense, banded, re, im, b }) => {
        for (const [lu, jac] of [
          [new ComplexDenseLu(n), dense],
          [new ComplexBandedLu(n, band), banded],
        ] as const) {
          if (!lu.factor(jac, re, im)) continue;
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
    const jac = Float64Array.of(0, -1, -1, 0);
    const lu = new DenseLu(2);
    expect(lu.factor(jac, 0)).toBe(true);
    const b = Float64Array.of(3, 5);
    lu.solve(b);
    expect([...b]).toEqual([5, 3]);
  });

  test("say so when the matrix is singular or not finite", () => {
    const singular = Float64Array.of(1, 2, 2, 4);
    expect(new DenseLu(2).factor(singular, 0)).toBe(false);
    expect(new ComplexDenseLu(2).factor(singular, 0, 0)).toBe(false);
    expect(new BandedLu(2, { lower: 0, upper: 0 }).factor(new Float64Array(2), 0)).toBe(false);
    expect(new ComplexBandedLu(2, { lower: 0, upper: 0 }).factor(new Float64Array(2), 0, 0)).toBe(false);
    expect(new DenseLu(1).factor(Float64Array.of(Number.NaN), 1)).toBe(false);
  });
});
