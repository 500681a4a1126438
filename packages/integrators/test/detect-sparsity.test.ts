import { describe, expect, test } from "vitest";
import {
  brusselator,
  checkDerivatives,
  detectSparsity,
  hires,
  type OdeProblem,
  orego,
  pollu,
  rober,
  rodas5P,
  solve,
  vdpol,
} from "../src/index.ts";

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
