import {
  chain,
  type Fit,
  identity,
  logarithm,
  minMax,
  prepare,
  preparedColumns,
  principalComponents,
  restore,
  standardise,
} from "@stiffnet/preparation";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

const names = ["a", "b", "c"];
/** Components mix columns, so their error is relative to the largest column. */
const mixing = "all components";
const fits: [string, Fit][] = [
  ["identity", (_, columns) => identity(columns.length)],
  ["standardise", standardise],
  ["min-max", minMax],
  ["min-max to [-1, 1]", (rows, columns) => minMax(rows, columns, { lower: -1 })],
  ["logarithm", (rows, columns) => logarithm(rows, columns, { columns: ["a", "c"] })],
  [mixing, (rows, columns) => principalComponents(rows, columns, { keep: columns.length })],
  [
    "a chain",
    chain(logarithm, standardise, (rows, columns) => principalComponents(rows, columns, { explained: 1 })),
  ],
];

/** Positive rows of three columns at magnitudes from 1e-9 to 1e6. */
const cell = fc.double({ min: 1, max: 2, noNaN: true });
const tables = fc
  .array(fc.tuple(cell, cell, cell), { minLength: 8, maxLength: 30 })
  .filter((rows) => [0, 1, 2].every((c) => new Set(rows.map((row) => row[c])).size > 5))
  .map((rows) => Float64Array.from(rows.flatMap(([a, b, c]) => [a * 1e-9, b, c * 1e6])));

describe.each(fits)("%s", (name, fitTo) => {
  it("is undone by restore to 1e-12 and survives JSON", () => {
    fc.assert(
      fc.property(tables, (rows) => {
        const preparation = JSON.parse(JSON.stringify(fitTo(rows, names)));
        const back = restore(preparation, prepare(preparation, rows));
        const sizes = name === mixing ? [2e6, 2e6, 2e6] : [2e-9, 2, 2e6];
        rows.forEach((x, i) => {
          expect(Math.abs(back[i]! - x) / sizes[i % 3]!).toBeLessThan(1e-12);
        });
      }),
      { numRuns: 50 },
    );
  });
  it("refuses values that are not whole rows", () => {
    const preparation = fitTo(Float64Array.of(1, 2, 3, 2, 3, 5, 3, 4, 9, 4, 6, 5), names);
    expect(() => prepare(preparation, new Float64Array(4))).toThrow("4 values are not whole rows");
    expect(() => restore(preparation, new Float64Array(4))).toThrow("4 values are not whole rows");
  });
});

describe("standardise", () => {
  it("gives mean 0 and deviation 1, from 1e-200 to 1e200", () => {
    for (const size of [1e-200, 1e-9, 1, 1e200]) {
      const rows = Float64Array.of(1, 2, 4, 9).map((x) => x * size);
      const z = prepare(standardise(rows, ["y"]), rows);
      expect(z.reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 12);
      expect(z.reduce((sum, x) => sum + x * x, 0) / 4).toBeCloseTo(1, 12);
    }
  });
  it("sees a spread of 1e-9 around 1, and none at the rounding of the values", () => {
    const fit = standardise(Float64Array.of(1, 1 + 2e-9), ["y"]);
    expect(fit.steps[0]).toMatchObject({ scale: [expect.closeTo(1e-9, 16)] });
    expect(() => standardise(Float64Array.of(0.1 + 0.2, 0.3), ["y"])).toThrow("column 'y' is constant");
  });
  it("keeps a constant column on request", () => {
    const fit = standardise(Float64Array.of(5, 5), ["x"], { constant: "keep" });
    expect([...prepare(fit, Float64Array.of(5, 6))]).toEqual([0, 1]);
  });
});

describe("min-max", () => {
  it("maps the ends of the range to the ends asked for", () => {
    const rows = Float64Array.of(3, 5, 11);
    expect([...prepare(minMax(rows, ["y"]), rows)]).toEqual([0, 0.25, 1]);
    expect([...prepare(minMax(rows, ["y"], { lower: -1 }), rows)]).toEqual([-1, -0.5, 1]);
  });
});

describe("logarithm", () => {
  it("is natural, of the named columns alone", () => {
    const fit = logarithm(Float64Array.of(1, -2), ["a", "b"], { columns: ["a"] });
    expect([...prepare(fit, Float64Array.of(Math.E, -2))]).toEqual([1, -2]);
    expect(Number.isNaN(prepare(fit, Float64Array.of(Number.NaN, 0))[0])).toBe(true);
  });
});

const flat = Float64Array.of(1, 1, 1, 1, 1, 1);
describe("refusals", () => {
  it.each<[string, () => unknown, string, string]>([
    [
      "no rows",
      () => standardise(new Float64Array(0), ["y"]),
      "shape_mismatch",
      "0 values are not whole rows",
    ],
    [
      "NaN",
      () => standardise(Float64Array.of(1, 2, Number.NaN, 4), ["x", "y"]),
      "not_finite",
      "column 'x', row 2: NaN",
    ],
    [
      "infinity",
      () => minMax(Float64Array.of(1, Number.POSITIVE_INFINITY), ["y"]),
      "not_finite",
      "row 2: Infinity",
    ],
    [
      "a constant column",
      () => standardise(flat, ["x", "y"]),
      "constant_column",
      "column 'x' is constant (1 in all 3 rows)",
    ],
    ["a constant column to scale", () => minMax(flat, ["y"]), "constant_column", "column 'y' is constant"],
    ["ends the wrong way round", () => minMax(flat, ["y"], { lower: 2 }), "bad_range", "ends 2 and 1"],
    [
      "zero",
      () => logarithm(Float64Array.of(1, 2, 0, 3), ["x", "y"]),
      "not_positive",
      "column 'x', row 2: 0 has no log",
    ],
    [
      "an unknown column",
      () => logarithm(flat, ["y"], { columns: ["z"] }),
      "no_such_column",
      "'z', expected one of 'y'",
    ],
    [
      "a negative value later",
      () => prepare(logarithm(flat, ["x", "y"]), Float64Array.of(1, 1, 1, -3)),
      "not_positive",
      "row 2, column 2: -3",
    ],
    ["no variance", () => principalComponents(flat, ["x", "y"]), "constant_column", "all 3 rows are equal"],
    [
      "too many components",
      () => principalComponents(flat, ["x", "y"], { keep: 3 }),
      "bad_components",
      "from 1 to 2",
    ],
    [
      "a share of 0",
      () => principalComponents(flat, ["x", "y"], { explained: 0 }),
      "bad_components",
      "explained is 0",
    ],
  ])("%s", (_, attempt, code, words) => {
    expect(attempt).toThrow(expect.objectContaining({ code, message: expect.stringContaining(words) }));
  });
});

it("preparedColumns counts what a network sees", () => {
  const rows = Float64Array.from({ length: 60 }, (_, i) => (i * i) % 17);
  expect(preparedColumns(principalComponents(rows, names, { keep: 2 }))).toBe(2);
  expect(preparedColumns(standardise(rows, names))).toBe(3);
});
