import { joinColumns, tableOf } from "@stiffnet/datasets";
import { restore } from "@stiffnet/preparation";
import { describe, expect, it } from "vitest";

describe("split", () => {
  const rows = Array.from({ length: 50 }, (_, i) => [i, i * i, 1e-9 * (i % 7)]);
  const table = tableOf(["a", "b", "y"], rows);
  const options = { inputs: "a,b", outputs: "y", test: 0.2, validation: 5, seed: 3 };

  it("puts every row in exactly one set", () => {
    const { train, test, validation } = table.split(options);
    expect([train.count, test.count, validation?.count]).toEqual([35, 10, 5]);
    const firsts = [train, test, validation!].flatMap((set) => [...set.inputs].filter((_, i) => i % 2 === 0));
    expect(firsts.sort((p, q) => p - q)).toEqual(rows.map((row) => row[0]));
  });

  it("is a function of seed and trial, and the test rows do not depend on the validation size", () => {
    expect(table.split(options).digest).toBe(table.split(options).digest);
    expect(table.split({ ...options, seed: 4 }).digest).not.toBe(table.split(options).digest);
    expect(table.split({ ...options, trial: 1 }).digest).not.toBe(table.split(options).digest);
    expect(table.split({ ...options, validation: 0 }).test).toEqual(table.split(options).test);
  });

  it("fits the preparation on the training rows alone, for outputs of 1e-9 too", () => {
    const { train, preparation } = table.split(options);
    const y = [...train.outputs];
    const mean = y.reduce((sum, t) => sum + t, 0) / y.length;
    const deviation = Math.sqrt(y.reduce((sum, t) => sum + (t - mean) ** 2, 0) / y.length);
    const step = preparation.outputs.steps[0];
    if (step?.kind !== "affine") throw new Error("expected an affine step");
    expect(step.mean[0]).toBeCloseTo(mean, 20);
    expect(step.scale[0]! / deviation).toBeCloseTo(1, 12);
    expect(restore(preparation.outputs, Float64Array.of(0))[0]).toBeCloseTo(mean, 20);
  });

  it("drops rows with missing values on request, and says how many", () => {
    const holed = tableOf(
      ["a", "b", "y"],
      rows.map(([a, b, y]) => [a === 3 ? Number.NaN : a!, b!, a === 9 ? Number.NaN : y!]),
    );
    const dropped = holed.split({ ...options, missing: "drop" });
    expect(dropped.missing).toEqual({ dropped: 2, filled: {} });
    expect(dropped.train.count + dropped.test.count + 5).toBe(48);
  });

  it("fills inputs with the training mean on request, but never outputs", () => {
    const holed = tableOf(
      ["a", "b", "y"],
      rows.map(([a, b, y]) => [a! % 10 === 3 ? Number.NaN : a!, b!, a === 9 ? Number.NaN : y!]),
    );
    const { train, test, validation, missing } = holed.split({ ...options, missing: "mean" });
    expect(missing).toEqual({ dropped: 1, filled: { a: 5 } });
    const all = [train, test, validation!].flatMap((set) => [...set.inputs]);
    expect(all.every(Number.isFinite)).toBe(true);
    const known = [...train.inputs].filter((x, i) => i % 2 === 0 && Number.isInteger(x));
    const filled = [...train.inputs].find((x, i) => i % 2 === 0 && !Number.isInteger(x));
    expect(filled).toBeCloseTo(known.reduce((sum, t) => sum + t, 0) / known.length, 12);
  });
});

describe("folds", () => {
  const rows = Array.from({ length: 23 }, (_, i) => [i, (i * 7) % 11, (i * i) % 13]);
  const table = tableOf(["a", "b", "y"], rows);
  const options = { inputs: "a,b", outputs: "y", seed: 2 };
  const firsts = (set: { inputs: Float64Array }): number[] => [...set.inputs].filter((_, i) => i % 2 === 0);

  it("tests every row once, in folds that differ by one row at most", () => {
    const folds = table.folds({ ...options, folds: 4 });
    expect(folds.map((fold) => fold.test.count).sort()).toEqual([5, 6, 6, 6]);
    expect(folds.flatMap((fold) => firsts(fold.test)).sort((p, q) => p - q)).toEqual(
      rows.map((row) => row[0]),
    );
    for (const { train, test } of folds) {
      expect([...firsts(train), ...firsts(test)].sort((p, q) => p - q)).toEqual(rows.map((row) => row[0]));
    }
  });
  it("prepares each on its own training rows, and takes validation rows from them", () => {
    const [first, second] = table.folds({ ...options, folds: 3, validation: 4 });
    expect(first!.preparation).not.toEqual(second!.preparation);
    expect([first!.train.count, first!.validation?.count, first!.test.count]).toEqual([12, 4, 7]);
  });
  it.each([1, 24, 2.5])("refuses %d folds of 23 rows", (folds) => {
    expect(() => table.folds({ ...options, folds })).toThrow(
      `folds is ${folds}, expected a whole number from 2 to the 23`,
    );
  });
});

describe("joinColumns", () => {
  const x = tableOf(["a"], [[1], [Number.NaN]], "x.csv");
  it("sets tables side by side, with the faults of each", () => {
    const joined = joinColumns([x, tableOf(["y"], [[3], [4]], "y.csv")]);
    expect([...joined.rows()]).toEqual([1, 3, Number.NaN, 4]);
    expect(() => joined.select({ inputs: "a", outputs: "y" })).toThrow("x.csv, row 2");
  });
  it("refuses other numbers of rows and equal names", () => {
    expect(() => joinColumns([x, tableOf(["y"], [[3]], "y.csv")])).toThrow("y.csv has 1 rows, expected 2");
    expect(() => joinColumns([x, tableOf(["a"], [[3], [4]], "y.csv")])).toThrow(
      "'a' stands in x.csv and in y.csv",
    );
  });
});
