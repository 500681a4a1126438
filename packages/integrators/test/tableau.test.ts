import { describe, expect, test } from "vitest";
import { dopri5, radau, rodas5P } from "../src/index.ts";
import { collocationTableau } from "../src/tableau/collocation.ts";
import { oneStepSolvers } from "./families.ts";
import { requireRosenbrock, requireRungeKutta } from "./order-conditions.ts";
import { rootedTrees } from "./rooted-trees.ts";

describe("rooted trees", () => {
  test("there are 1, 1, 2, 4, 9, 20, 48 of each size", () => {
    const trees = rootedTrees(7);
    const bySize = [1, 2, 3, 4, 5, 6, 7].map((n) => trees.filter((t) => t.order === n).length);
    expect(bySize).toEqual([1, 1, 2, 4, 9, 20, 48]);
  });

  test("densities of order four are 4, 8, 12, 24", () => {
    const densities = rootedTrees(4)
      .filter((t) => t.order === 4)
      .map((t) => t.density);
    expect(densities.sort((a, b) => a - b)).toEqual([4, 8, 12, 24]);
  });
});

describe("a slip in a coefficient", () => {
  const { tableau } = dopri5;

  test("of A is caught by the row sums", () => {
    const a = tableau.a.map((row, i) => row.map((x, j) => (i === 3 && j === 1 ? x + 1e-9 : x)));
    expect(() => requireRungeKutta({ ...tableau, a })).toThrow(/the sum of row 4 is/);
  });

  test("of A that keeps the row sums is caught by the order conditions", () => {
    const a = tableau.a.map((row, i) =>
      row.map((x, j) => (i === 4 && j < 2 ? x + (j === 0 ? 1e-9 : -1e-9) : x)),
    );
    expect(() => requireRungeKutta({ ...tableau, a })).toThrow(/misses an order condition/);
  });

  test("of the embedded weights is caught", () => {
    const b = tableau.embedded!.b.map((x, i) => (i === 2 ? x + 1e-9 : x));
    expect(() => requireRungeKutta({ ...tableau, embedded: { b, order: 4 } })).toThrow(/embedded solution/);
  });

  test("of the continuous weights is caught", () => {
    const weights = tableau.dense.weights.map((row, i) =>
      row.map((x, m) => (i === 3 && m === 2 ? x + 1e-9 : x)),
    );
    expect(() => requireRungeKutta({ ...tableau, dense: { weights, order: 4 } })).toThrow(/dense output at/);
  });

  test("of a Rosenbrock method is caught, each kind of coefficient", () => {
    const given = rodas5P.tableau;
    const bump = (rows: readonly (readonly number[])[], i: number, j: number) =>
      rows.map((row, r) => row.map((x, k) => (r === i && k === j ? x + 1e-6 : x)));
    expect(() => requireRosenbrock({ ...given, a: bump(given.a, 3, 1) })).toThrow(/row 4 of alpha/);
    expect(() => requireRosenbrock({ ...given, c: bump(given.c, 5, 1) })).toThrow(/row 6 of gamma|alpha/);
    expect(() => requireRosenbrock({ ...given, m: given.m.map((x, i) => (i === 0 ? x + 1e-6 : x)) })).toThrow(
      /order condition/,
    );
    expect(() => requireRosenbrock({ ...given, dense: bump(given.dense, 1, 4) })).toThrow(/dense output at/);
    expect(() => requireRosenbrock({ ...given, embeddedOrder: 5 })).toThrow(/embedded solution/);
  });
});

describe.each(oneStepSolvers)("$name", (solver) => {
  test("has the order it claims and not one more, its embedded solution too", () => {
    if (solver.kind === "rosenbrock") {
      const { tableau } = solver;
      expect(() => requireRosenbrock(tableau)).not.toThrow();
      expect(() => requireRosenbrock({ ...tableau, order: tableau.order + 1 })).toThrow(
        /the solution misses/,
      );
      expect(() => requireRosenbrock({ ...tableau, embeddedOrder: tableau.embeddedOrder + 1 })).toThrow(
        /the embedded solution misses/,
      );
      return;
    }
    const { tableau } = solver;
    expect(() => requireRungeKutta(tableau)).not.toThrow();
    expect(() => requireRungeKutta({ ...tableau, order: tableau.order + 1 })).toThrow(/the solution misses/);
    if (tableau.embedded === undefined) return;
    const embedded = { ...tableau.embedded, order: tableau.embedded.order + 1 };
    expect(() => requireRungeKutta({ ...tableau, embedded })).toThrow(/the embedded solution misses/);
  });
});

describe("the diagonalisation of Radau IIA", () => {
  const method = collocationTableau(radau.tableau);

  test("has the eigenvalues of Hairer and Wanner II, IV.8", () => {
    const cube = (x: number) => Math.cbrt(x);
    // u1, alpha and beta of RADAU5, from the closed form of the eigenvalues of A.
    const gamma = (6 + cube(81) - cube(9)) / 30;
    const alpha = (12 - cube(81) + cube(9)) / 60;
    const beta = ((cube(81) + cube(9)) * Math.sqrt(3)) / 60;
    const size = alpha * alpha + beta * beta;
    expect(method.real).toBeCloseTo(1 / gamma, 12);
    expect(method.re).toBeCloseTo(alpha / size, 12);
    expect(method.im).toBeCloseTo(beta / size, 12);
  });

  test("has the error weights of Hairer and Wanner II, IV.8", () => {
    const root = Math.sqrt(6);
    const expected = [-(13 + 7 * root) / 3, (-13 + 7 * root) / 3, -1 / 3];
    method.errorWeights.forEach((e, i) => {
      expect(e).toBeCloseTo(expected[i]!, 11);
    });
  });

  test("satisfies A T = T diag(1 / lambda) and T T^-1 = I", () => {
    const a = radau.tableau.a.flat();
    const times = (x: readonly number[], y: readonly number[]) =>
      Array.from({ length: 9 }, (_, k) =>
        [0, 1, 2].reduce((sum, m) => sum + x[3 * Math.floor(k / 3) + m]! * y[3 * m + (k % 3)]!, 0),
      );
    const t = method.t.flat();
    times(t, method.inverseT.flat()).forEach((x, k) => {
      expect(x).toBeCloseTo(k % 4 === 0 ? 1 : 0, 12);
    });
    const { real, re, im } = method;
    const lambda = [real!, 0, 0, 0, re, -im, 0, im, re];
    times(times(a, t), lambda).forEach((x, k) => {
      expect(x).toBeCloseTo(t[k]!, 12);
    });
  });
});
