import { randomStream } from "@stiffnet/base";
import { selectionFactor } from "@stiffnet/uncertainty";
import { expect, it } from "vitest";

it("is that of Tibshirani and Tibshirani, in squares", () => {
  // Together 1 + 16 > 4 + 4 > 9 + 0.25: the third epoch sums to 9.25, the second to 8, alone 1 + 0.25.
  expect(
    selectionFactor([
      [1, 2, 3],
      [4, 2, 0.5],
    ]),
  ).toBe(Math.sqrt(8 / 1.25));
});

it("brings the errors of networks that chose their epoch by luck back to the true one", () => {
  // Every epoch is as good as any other, with error 1; 40 validation rows see it with noise.
  const random = randomStream(1, 0);
  const seen = (): number => {
    let squares = 0;
    for (let row = 0; row < 40; row++) {
      const [u, v] = [1 - random.uniform(), random.uniform()];
      squares += -2 * Math.log(u) * Math.cos(2 * Math.PI * v) ** 2;
    }
    return Math.sqrt(squares / 40);
  };
  const curves = Array.from({ length: 8 }, () => Array.from({ length: 60 }, seen));
  const own = Math.sqrt(curves.reduce((sum, curve) => sum + Math.min(...curve) ** 2, 0) / 8);
  expect(own).toBeLessThan(0.8);
  // The smallest of 60 means over 320 rows is still 2.3 of their deviations, 0.04, too small.
  expect(own * selectionFactor(curves)).toBeGreaterThan(0.87);
  expect(own * selectionFactor(curves)).toBeLessThan(1);
});

it("says nothing of one network, and passes over what is no number", () => {
  expect(selectionFactor([[3, 1, 2]])).toBe(1);
  expect(selectionFactor([[Number.NaN], [Number.NaN]])).toBe(1);
  expect(
    selectionFactor([
      [0, 0],
      [0, 0],
    ]),
  ).toBe(1);
  const diverged = [
    [2, Number.NaN, 1],
    [2, 1, Number.POSITIVE_INFINITY],
  ];
  expect(selectionFactor(diverged)).toBe(2);
});

it("chooses no epoch that a network did not reach", () => {
  expect(selectionFactor([[2, 1], [2]])).toBe(Math.sqrt(8 / 5));
});
