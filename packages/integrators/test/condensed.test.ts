import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { condensationFor } from "../src/linear/condensation.ts";
import { CondensedComplexLu } from "../src/linear/condensed-complex-lu.ts";
import { CondensedLu } from "../src/linear/condensed-lu.ts";
import { residual } from "./residual.ts";

describe("condensed: unknowns with few entries in their rows go first", () => {
  const n = 40;
  /** Positions at every other place, each with up to three velocities in its row and sometimes itself. */
  const drawn = fc.record({
    values: fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: n * n, maxLength: n * n }),
    velocities: fc.array(fc.array(fc.integer({ min: 0, max: 19 }), { maxLength: 3 }), {
      minLength: 20,
      maxLength: 20,
    }),
    damping: fc.constantFrom(0, -3, 3),
    shift: fc.constantFrom(-8, 0.1, 2, 40),
    im: fc.constantFrom(0, 0.5, 10),
  });
  const made = (values: number[], velocities: number[][], damping: number) => {
    const jac = Float64Array.from(values, (x) => x || 0.5);
    velocities.forEach((columns, s) => {
      for (let j = 0; j < n; j++) if (!columns.some((c) => j === 2 * c + 1)) jac[2 * s + n * j] = 0;
      jac[2 * s * (n + 1)] = damping;
    });
    return jac;
  };
  const b = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1));
  const c = b.map((x) => x * x);
  const none = new Float64Array(n);

  test("solve, and solve transposed, to rounding, whatever J they had before", () => {
    fc.assert(
      fc.property(drawn, ({ values, velocities, damping, shift, im }) => {
        const jac = made(values, velocities, damping);
        expect(condensationFor(jac, n, undefined)!.eliminated.length).toBe(20);
        const full = Float64Array.from(values, (x) => x || 0.5);
        const [real, complex] = [new CondensedLu(n), new CondensedComplexLu(n)];
        for (const each of [made(values, velocities.toReversed(), 0), jac, full, jac]) {
          if (!real.factor(each, shift) || !complex.factor(each, shift, im)) continue;
          for (const transposed of [false, true]) {
            const x = b.slice();
            if (transposed) real.solveTransposed(x);
            else real.solve(x);
            expect(residual(n, each, shift, 0, x, none, b, none, transposed)).toBeLessThan(1e-12);
          }
          const [re, imaginary] = [b.slice(), c.slice()];
          complex.solve(re, imaginary);
          expect(residual(n, each, shift, im, re, imaginary, b, c)).toBeLessThan(1e-12);
        }
      }),
    );
  });

  test("refuse what is singular or not finite", () => {
    const oscillator = made(new Array<number>(n * n).fill(0.5), new Array(20).fill([0]), 0);
    for (const bad of [oscillator, oscillator.map(() => Number.NaN)]) {
      expect(new CondensedLu(n).factor(bad, 0)).toBe(false);
      expect(new CondensedComplexLu(n).factor(bad, 0, 0)).toBe(false);
    }
  });
});
