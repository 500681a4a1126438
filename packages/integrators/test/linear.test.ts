import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BandedLu } from "../src/linear/banded-lu.ts";
import { ComplexBandedLu } from "../src/linear/complex-banded-lu.ts";
import { ComplexDenseLu } from "../src/linear/complex-dense-lu.ts";
import { DenseLu } from "../src/linear/dense-lu.ts";

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

/** |(shift I - J) x - b| / (|shift I - J| |x| + |b|) in maximum norms: rounding, when the elimination pivoted well. */
function residual(
  n: number,
  jac: Float64Array,
  re: number,
  im: number,
  xr: Float64Array,
  xi: Float64Array,
  br: ArrayLike<number>,
  bi: ArrayLike<number>,
  transposed = false,
): number {
  let largest = 0;
  let scale = 0;
  for (let i = 0; i < n; i++) {
    let rr = -br[i]!;
    let ri = -bi[i]!;
    let size = Math.abs(br[i]!) + Math.abs(bi[i]!);
    for (let j = 0; j < n; j++) {
      const a = -(transposed ? jac[j + n * i]! : jac[i + n * j]!) + (i === j ? re : 0);
      const c = i === j ? im : 0;
      rr += a * xr[j]! - c * xi[j]!;
      ri += a * xi[j]! + c * xr[j]!;
      size += (Math.abs(a) + Math.abs(c)) * (Math.abs(xr[j]!) + Math.abs(xi[j]!));
    }
    largest = Math.max(largest, Math.abs(rr) + Math.abs(ri));
    scale = Math.max(scale, size);
  }
  return largest / (scale || 1);
}

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

  test("two diagonals on each side, with and without rows to swap, agree with the dense one", () => {
    const entry = fc.double({ min: -1, max: 1, noNaN: true });
    const drawn = fc.integer({ min: 3, max: 12 }).chain((n) =>
      fc.record({
        n: fc.constant(n),
        banded: fc.array(entry, { minLength: 5 * n, maxLength: 5 * n }),
        b: fc.array(entry, { minLength: n, maxLength: n }),
        // From 5 on the diagonal dominates: the elimination that is written out; below, swaps in some row.
        shift: fc.constantFrom(0.5, 1.5, 5, 50),
      }),
    );
    fc.assert(
      fc.property(drawn, ({ n, banded, b, shift }) => {
        const dense = new Float64Array(n * n);
        for (let j = 0; j < n; j++)
          for (let i = Math.max(0, j - 2); i <= Math.min(n - 1, j + 2); i++)
            dense[i + n * j] = banded[2 + i - j + 5 * j]!;
        const lu = new BandedLu(n, { lower: 2, upper: 2 });
        const reference = new DenseLu(n);
        if (!lu.factor(Float64Array.from(banded), shift) || !reference.factor(dense, shift)) return;
        for (const solve of ["solve", "solveTransposed"] as const) {
          const x = Float64Array.from(b);
          lu[solve](x);
          if (!x.every(Number.isFinite)) continue;
          const scale = Math.max(1, ...x.map(Math.abs));
          // Backward stable both: the residual, not the solution, is small.
          const residue = b.map((wanted, i) => {
            let sum = shift * x[i]! - wanted;
            for (let j = 0; j < n; j++)
              sum -= (solve === "solve" ? dense[i + n * j]! : dense[j + n * i]!) * x[j]!;
            return Math.abs(sum);
          });
          expect(Math.max(...residue) / (scale * (shift + 5))).toBeLessThan(1e-13);
        }
        if (shift < 5) return;
        const [x, y] = [Float64Array.from(b), Float64Array.from(b)];
        lu.solve(x);
        reference.solve(y);
        x.forEach((value, i) => {
          expect(Math.abs(value - y[i]!)).toBeLessThan(1e-12);
        });
      }),
    );
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
