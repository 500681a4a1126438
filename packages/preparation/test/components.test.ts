import { prepare, principalComponents, restore } from "@stiffnet/preparation";
import { describe, expect, it } from "vitest";
import cases from "./reference/components.json" with { type: "json" };

describe.each(cases)(
  "principalComponents, $name, against LAPACK",
  ({ columns, keep, directions, mean, ...c }) => {
    const rows = Float64Array.from(c.rows);
    const names = mean.map((_, i) => `y${i + 1}`);
    const fit = principalComponents(rows, names, { keep });
    const step = fit.steps[1];
    if (step?.kind !== "components") throw new Error("expected components");

    it("finds the same directions", () => {
      expect(step.directions).toHaveLength(keep);
      // The process stops at a residual of 1e-11: vectors are good to that over the gap between eigenvalues.
      directions.forEach((direction, k) => {
        direction.forEach((x, i) => {
          expect(Math.abs(step.directions[k]![i]! - x)).toBeLessThan(1e-6);
        });
      });
    });
    it("has orthonormal directions to rounding", () => {
      step.directions.forEach((a, i) => {
        step.directions.forEach((b, j) => {
          const product = a.reduce((sum, x, c) => sum + x * b[c]!, 0);
          expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-13);
        });
      });
    });
    it("needs as many for a share of the variance", () => {
      const needed = (explained: number): number | undefined => {
        const last = principalComponents(rows, names, { explained }).steps[1];
        return last?.kind === "components" ? last.directions.length : undefined;
      };
      expect([needed(0.99), needed(0.999)]).toEqual([c.for99, c.for999]);
    });
    it("restores what the components hold: preparing again changes nothing", () => {
      const z = prepare(fit, rows);
      prepare(fit, restore(fit, z)).forEach((x, i) => {
        expect(Math.abs(x - z[i]!)).toBeLessThan(1e-12 * 50);
      });
      expect(z).toHaveLength((rows.length / columns) * keep);
    });
  },
);

it("takes a field of 3000 outputs through two dozen components", () => {
  const [count, columns] = [120, 3000];
  const rows = new Float64Array(count * columns);
  for (let r = 0; r < count; r++) {
    const [p, q] = [1 + r / count, (r * r) % 7];
    for (let c = 0; c < columns; c++) {
      const t = c / columns;
      rows[r * columns + c] = (q + 1) / (1 + p * p * t * t) + t * p;
    }
  }
  const fit = principalComponents(
    rows,
    Array.from({ length: columns }, (_, i) => `y${i}`),
    { explained: 1 - 1e-10 },
  );
  const back = restore(fit, prepare(fit, rows));
  const error = Math.sqrt(back.reduce((sum, x, i) => sum + (x - rows[i]!) ** 2, 0) / rows.length);
  const step = fit.steps[1];
  expect(step?.kind === "components" && step.directions.length).toBeLessThan(24);
  expect(error).toBeLessThan(1e-3);
});
