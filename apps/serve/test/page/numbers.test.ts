import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  gridText,
  numberText,
  scaleOf,
  spreadWritten,
  textAt,
  ticks,
  trailing,
  written,
} from "../../page/numbers.ts";

const ranges = fc
  .tuple(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.double({ min: 1e-9, max: 1e7, noNaN: true }))
  .map(([low, width]) => [low, low + width] as const)
  .filter(([low, high]) => high - low > 1e-12 * Math.abs(low));

describe("values are what is shown", () => {
  test.each([
    [[400, 1200], 0.5, "800.0"],
    [[0.5, 3.5], 0.5, "2.000"],
    [[0, 50_000], 0.123_456, "6170"],
    [[1e-9, 4e-9], 0.5, "2.500e-9"],
    // Ends that are not on the grid are rounded inwards.
    [[0.123_456_7, 0.976_543_2], 0, "0.1235"],
    [[0.123_456_7, 0.976_543_2], 1, "0.9765"],
    [[-2, -2], 0.5, "-2.000"],
  ] as const)("%j at %d is %s", (range, fraction, text) => {
    expect(textAt(fraction, range)).toBe(text);
  });

  test("within the range, near what was asked for, and its own text again", () => {
    fc.assert(
      fc.property(ranges, fc.double({ min: 0, max: 1, noNaN: true }), (range, fraction) => {
        const [low, high] = range;
        const text = textAt(fraction, range);
        const value = Number(text);
        expect(value).toBeGreaterThanOrEqual(low);
        expect(value).toBeLessThanOrEqual(high);
        expect(Math.abs(value - (low + (high - low) * fraction))).toBeLessThan(2e-3 * (high - low));
        expect(gridText(value, range)).toBe(text);
        expect(text.length).toBeLessThan(20);
      }),
    );
  });
});

describe("numbers of one quantity", () => {
  test.each([
    [[0, 10], 0, 2.718_21, "2.72"],
    [[0, 10], 0.000_73, 2.718_21, "2.71821"],
    [[0, 1e-7], 0, 3.14e-8, "0.314e-7"],
    [[-20_000, 20_000], 0, 12_345.678, "12346"],
    [[9872, 9965], 0.11, 9919.18, "9919.18"],
    [[-1, 1], 0, -1e-9, "0.000"],
    // Far outside.
    [[0, 1], 0, 1e12, "1.000e+12"],
  ] as const)("in %j with a spread of %d, %d is %s", (range, spread, value, text) => {
    expect(written(value, scaleOf(range, spread))).toBe(text);
  });

  test("a spread that is too small for them stands by itself", () => {
    const scale = scaleOf([0, 10], 1e-12);
    expect([0.25, 0, 1.26e-12].map((spread) => spreadWritten(spread, scale))).toEqual([
      "0.25000",
      "0.00000",
      "1.3e-12",
    ]);
  });

  test("none has more digits than float32", () => {
    fc.assert(
      fc.property(ranges, fc.double({ min: 0, max: 1, noNaN: true }), (range, spread) => {
        const value = range[1];
        const text = written(value, scaleOf(range, spread));
        // Up to the power of ten of the largest.
        expect(
          text
            .replace(/e.*$/, "")
            .replace(/^-?0*\.?0*/, "")
            .replace(/\D/g, "").length,
        ).toBeLessThan(9);
      }),
    );
  });

  test("the points of a column stand under each other", () => {
    const texts = ["6.6040", "-1.19", "16069", "3.1e-8", "-7"];
    const pads = trailing(texts);
    // Behind the place of the point everything is as wide as four digits and a point.
    expect(texts.map((text, k) => text.replace(/^-?\d+/, "") + pads[k])).toEqual([
      ".6040",
      ".19\u2007\u2007",
      "\u2008\u2007\u2007\u2007\u2007",
      ".1e-8",
      "\u2008\u2007\u2007\u2007\u2007",
    ]);
  });
});

test.each([
  ["1.5", "1.5"],
  [" -2e-3 ", "-2e-3"],
  [".5", ".5"],
  ["1,5", ""],
  ["1 5", ""],
  ["", ""],
  ["1e999", ""],
  ["0x10", ""],
])("a box that holds '%s' says '%s'", (text, said) => {
  expect(numberText(text)).toBe(said);
});

test("ticks are round numbers within the range, each told from the others", () => {
  fc.assert(
    fc.property(ranges, ([low, high]) => {
      const found = ticks(low, high);
      const texts = found.map(({ text }) => text);
      expect(found.length).toBeGreaterThan(1);
      expect(found.length).toBeLessThan(12);
      for (const { at } of found)
        expect(at >= low - 1e-6 * (high - low) && at <= high + 1e-6 * (high - low)).toBe(true);
      // Only if a float32 can tell them apart.
      if (high - low > 1e-4 * Math.max(Math.abs(low), Math.abs(high)))
        expect(new Set(texts).size).toBe(texts.length);
    }),
  );
});
