import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IntegratorError, pollu, radauIIA5, rodas5P, solve } from "../src/index.ts";
import { ComplexDenseLu } from "../src/linear/complex-dense-lu.ts";
import { ComplexSparseLu } from "../src/linear/complex-sparse-lu.ts";
import { DenseLu } from "../src/linear/dense-lu.ts";
import { eliminationPlan } from "../src/linear/elimination-plan.ts";
import { SparseLu } from "../src/linear/sparse-lu.ts";

/** A pattern, a matrix J of it (column-major), a shift and a right-hand side. */
const drawn = fc.integer({ min: 1, max: 14 }).chain((n) => {
  const entry = fc.double({ min: -1, max: 1, noNaN: true });
  return fc.record({
    n: fc.constant(n),
    rows: fc.array(fc.array(fc.integer({ min: 0, max: n - 1 }), { maxLength: 4 }), {
      minLength: n,
      maxLength: n,
    }),
    entries: fc.array(entry, { minLength: n * n, maxLength: n * n }),
    b: fc.array(entry, { minLength: n, maxLength: n }),
    // At 0 the diagonal is as it comes: pivots may be nil. From 10 on it dominates.
    shift: fc.constantFrom(0, 0.5, 10),
  });
});

describe("factorisations of a sparse pattern", () => {
  test("solve, and solve transposed, to rounding, with and without trusted pivots", () => {
    fc.assert(
      fc.property(drawn, ({ n, rows, entries, b, shift }) => {
        const jac = new Float64Array(n * n);
        for (let j = 0; j < n; j++) for (const i of rows[j]!) jac[i + n * j] = entries[i + n * j]!;
        const lu = new SparseLu(n, rows);
        if (!lu.factor(jac, shift)) {
          expect(new DenseLu(n).factor(jac, shift)).toBe(false);
          return;
        }
        for (const transposed of [false, true]) {
          const x = Float64Array.from(b);
          if (transposed) lu.solveTransposed(x);
          else lu.solve(x);
          if (!x.every(Number.isFinite)) continue;
          const residue = b.map((wanted, i) => {
            let sum = shift * x[i]! - wanted;
            for (let j = 0; j < n; j++) sum -= (transposed ? jac[j + n * i]! : jac[i + n * j]!) * x[j]!;
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

  test("complex ones too", () => {
    fc.assert(
      fc.property(drawn, fc.constantFrom(0, 0.5, 10), ({ n, rows, entries, b, shift }, im) => {
        const jac = new Float64Array(n * n);
        for (let j = 0; j < n; j++) for (const i of rows[j]!) jac[i + n * j] = entries[i + n * j]!;
        const lu = new ComplexSparseLu(n, rows);
        if (!lu.factor(jac, shift, im)) {
          expect(new ComplexDenseLu(n).factor(jac, shift, im)).toBe(false);
          return;
        }
        const [x, y] = [Float64Array.from(b), Float64Array.from(b, (v) => 1 - v)];
        lu.solve(x, y);
        if (![...x, ...y].every(Number.isFinite)) return;
        const residue = b.map((wanted, i) => {
          let re = shift * x[i]! - im * y[i]! - wanted;
          let own = shift * y[i]! + im * x[i]! - (1 - wanted);
          for (let j = 0; j < n; j++) {
            re -= jac[i + n * j]! * x[j]!;
            own -= jac[i + n * j]! * y[j]!;
          }
          return Math.hypot(re, own);
        });
        const scale = Math.max(1, ...x.map(Math.abs), ...y.map(Math.abs)) * (shift + im + n);
        expect(Math.max(...residue) / scale).toBeLessThan(shift === 10 || im === 10 ? 1e-14 : 1e-9);
      }),
      { numRuns: 500 },
    );
  });

  test("a pivot that is nil is no obstacle: rows are then swapped", () => {
    const lu = new SparseLu(2, [[1], [0]]);
    expect(lu.factor(Float64Array.of(0, -1, -1, 0), 0)).toBe(true);
    const b = Float64Array.of(3, 5);
    lu.solve(b);
    expect([...b]).toEqual([5, 3]);
    // And the next matrix may do without again.
    expect(lu.factor(Float64Array.of(0, -1, -1, 0), 10)).toBe(true);
    const c = Float64Array.of(11, 11);
    lu.solve(c);
    c.forEach((value) => {
      expect(value).toBeCloseTo(1, 14);
    });
  });

  test("say so when the matrix is singular or not finite", () => {
    expect(new SparseLu(2, [[0], [1]]).factor(new Float64Array(4), 0)).toBe(false);
    expect(new SparseLu(1, [[0]]).factor(Float64Array.of(Number.NaN), 1)).toBe(false);
    expect(new ComplexSparseLu(2, [[0], [1]]).factor(new Float64Array(4), 0, 0)).toBe(false);
    expect(new ComplexSparseLu(1, [[0]]).factor(Float64Array.of(Number.NaN), 1, 1)).toBe(false);
  });

  test("an arrow is eliminated from its tips: no entry is added", () => {
    const n = 12;
    // Row and column 0 are full: eliminated first they would fill everything.
    const rows = Array.from({ length: n }, (_, j) =>
      j === 0 ? Array.from({ length: n }, (_, i) => i) : [0, j],
    );
    const plan = eliminationPlan(n, rows);
    expect(plan.size).toBe(3 * n - 2);
    expect(plan.order.indexOf(0)).toBeGreaterThanOrEqual(n - 2);
    expect(eliminationPlan(n, rows)).toBe(plan);
  });
});

describe("a declared pattern next to an analytic Jacobian", () => {
  test("POLLU: 94 entries instead of 400, 71 products instead of 2470, and the same solution", () => {
    const plan = eliminationPlan(20, pollu.sparsity!);
    expect([plan.size, plan.targets.length]).toEqual([94, 71]);
    const { sparsity, ...dense } = pollu;
    expect(sparsity).toHaveLength(20);
    for (const solver of [rodas5P, radauIIA5]) {
      const options = { solver, rtol: 1e-7, atol: pollu.atolFor(1e-7), keep: "end" } as const;
      const [a, b] = [solve(pollu, options), solve(dense, options)];
      expect(a.stats.steps).toBe(b.stats.steps);
      a.yEnd.forEach((value, i) => {
        expect(Math.abs(value / b.yEnd[i]! - 1)).toBeLessThan(1e-7);
      });
    }
  });

  test("is refused where the Jacobian has more", () => {
    const wrong = { ...pollu, sparsity: pollu.sparsity!.map((rows, j) => (j === 3 ? rows.slice(1) : rows)) };
    const run = () => solve(wrong, { solver: rodas5P });
    expect(run).toThrow(IntegratorError);
    expect(run).toThrow(/column 3, where sparsity\[3\] says that it is zero/);
  });
});
