import { randomStream } from "@stiffnet/base";
import { selectionFactor } from "@stiffnet/uncertainty";
import { expect, it } from "vitest";

it("judges each network at the epochs that the others chose", () => {
  // The first chooses its first epoch, the second its third; each is 3 and 4 where the other would stop.
  expect(
    selectionFactor([
      [1, 2, 3],
      [4, 2, 0.5],
    ]),
  ).toBe(Math.sqrt((9 + 16) / 1.25));
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
  // Mean squares over 56 pairs of network and epoch, of 40 rows each: three of their deviations.
  expect(Math.abs(own * selectionFactor(curves) - 1)).toBeLessThan(3 * Math.sqrt(1 / (2 * 56 * 40)) + 0.05);
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
  expect(selectionFactor(diverged)).toBe(1);
  // The third network's choice, its first epoch, judges them at 2; theirs judge it at 4 and 3.
  expect(selectionFactor([...diverged, [1, 3, 4]])).toBe(Math.sqrt((4 + 4 + 12.5) / 3));
});

it("judges a network that ended before at its end", () => {
  expect(selectionFactor([[2, 1], [2]])).toBe(Math.sqrt(8 / 5));
});
