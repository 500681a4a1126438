import { describe, expect, test } from "vitest";
import { checkDerivatives, detectSparsity, discrete, type OdeProblem, rodas5P, solve } from "../src/index.ts";
import { brusselator, hires, orego, pollu, rober, vdpol } from "../src/problems.ts";
import { allSolvers } from "./families.ts";

test.each([rober, orego, vdpol, hires, pollu, brusselator(12)])(
  "what is found in $name holds every entry of the Jacobian",
  (problem) => {
    const { band: _band, jacobian: _jacobian, ...bare } = problem as OdeProblem;
    const sparsity = detectSparsity(bare);
    expect(checkDerivatives({ ...bare, sparsity })).toEqual([]);
  },
);

describe("a chain in two dimensions", () => {
  const side = 7;
  const heat: OdeProblem = {
    f: (_t, u, du) => {
      for (let i = 0; i < side * side; i++) {
        const [x, y] = [i % side, Math.floor(i / side)];
        let sum = -4 * u[i]!;
        if (x > 0) sum += u[i - 1]!;
        if (x < side - 1) sum += u[i + 1]!;
        if (y > 0) sum += u[i - side]!;
        if (y < side - 1) sum += u[i + side]!;
        du[i] = 50 * sum;
      }
    },
    autonomous: true,
    y0: Float64Array.from({ length: side * side }, (_, i) => Math.sin(i)),
    tSpan: [0, 1],
  };

  test("has five entries in an inner column, in order", () => {
    const sparsity = detectSparsity(heat);
    expect(sparsity[24]).toEqual([17, 23, 24, 25, 31]);
    expect(sparsity[0]).toEqual([0, 1, 7]);
    expect(sparsity.flat()).toHaveLength(5 * side * side - 4 * side);
  });

  test("costs fewer evaluations with the pattern, and comes to the same end", () => {
    const options = { solver: rodas5P, rtol: 1e-6, atol: 1e-9, keep: "end" } as const;
    const plain = solve(heat, options);
    const sparse = solve({ ...heat, sparsity: detectSparsity(heat) }, options);
    expect(sparse.stats.evaluations).toBeLessThan(plain.stats.evaluations / 3);
    sparse.yEnd.forEach((x, i) => {
      expect(Math.abs(x - plain.yEnd[i]!)).toBeLessThan(1e-7);
    });
  });
});

test("values that happen to be 0 hide nothing, and a branch is seen where a state leads to it", () => {
  const product: OdeProblem = {
    f: (_t, y, dy) => {
      dy[0] = y[0]! * y[1]!;
      dy[1] = y[0]! > 1 ? y[2]! : 0;
      dy[2] = 1;
    },
    y0: [0, 0, 0],
    tSpan: [0, 1],
  };
  expect(detectSparsity(product)).toEqual([[0], [0], []]);
  expect(detectSparsity(product, [{ t: 0, y: [2, 0, 0] }])).toEqual([[0], [0], [1]]);
});

test("a sum of large and small terms hides none of them", () => {
  const mixed: OdeProblem = {
    f: (_t, y, dy) => {
      dy[0] = 1e6 * y[0]! + y[1]!;
      dy[1] = y[1]! - y[0]!;
    },
    y0: [1e6, 1e-6],
    tSpan: [0, 1],
  };
  expect(detectSparsity(mixed)).toEqual([
    [0, 1],
    [0, 1],
  ]);
});

describe("a Jacobian without a declaration is dense", () => {
  const n = 50;
  /** y' = s - y with s = max(y_0, 0), by a comparison that NaN fails. */
  const rectified: OdeProblem = {
    f: (_t, y, dy) => {
      let s = 0;
      if (y[0]! > 0) s = y[0]!;
      for (let i = 0; i < n; i++) dy[i] = s - y[i]!;
    },
    y0: new Float64Array(n).fill(1),
    tSpan: [0, 1],
  };

  test("a coupling behind a comparison is in the gradient", () => {
    const { pullback } = discrete().run(rectified, { rtol: 1e-8, atol: 1e-10 });
    // y_0 stays, and the others approach it: dy_i/dy_0 = 1 - 1/e.
    const expected = 1 + (n - 1) * (1 - Math.exp(-1));
    expect(Math.abs(pullback(new Float64Array(n).fill(1)).y0[0]! - expected)).toBeLessThan(1e-6);
  });

  test.each(allSolvers)("$name never calls f with NaN", (solver) => {
    let strangers = 0;
    const watched: OdeProblem = {
      ...rectified,
      f: (t, y, dy, p) => {
        if (y.some(Number.isNaN)) strangers++;
        rectified.f(t, y, dy, p);
      },
    };
    expect(solve(watched, { solver, rtol: 1e-3, atol: 1e-3 }).status).toBe("finished");
    expect(strangers).toBe(0);
  });
});
