import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { restore, standardise } from "@stiffnet/preparation";
import { joinColumns, readTable, tableOf } from "@stiffnet/tables";
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

  it("counts such cells of columns that are called like what every object has", () => {
    const names = ["constructor", "__proto__", "y"];
    const holed = tableOf(
      names,
      rows.map(([a, b, y]) => [a! % 10 === 3 ? Number.NaN : a!, b! || Number.NaN, y!]),
    );
    const choice = { inputs: "1-2", outputs: 3, missing: "mean" } as const;
    const cells = (name: string) => holed.faults(names.indexOf(name)).missing;
    const filled = names.slice(0, 2).map((name) => [name, cells(name)]);
    expect(Object.entries(holed.select(choice).missing.filled).sort()).toEqual(filled.sort());
    const { missing } = holed.split({ ...choice, by: { table: holed } });
    expect(Object.entries(missing.filled).sort()).toEqual(filled.map(([name, n]) => [name, 2 * Number(n)]));
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
    expect(() => joinColumns([x, tableOf(["y"], [[3]], "y.csv")])).toThrow("y.csv has 1 row, expected 2");
    expect(() => joinColumns([x, tableOf(["a"], [[3], [4]], "y.csv")])).toThrow(
      "'a' is in x.csv and in y.csv",
    );
  });
});

describe("splits by other rules than chance", () => {
  const rows = Array.from({ length: 60 }, (_, k) => [k, k % 7, k % 5 === 0 ? 1 : 0, 2 * k]);
  const table = tableOf(["x", "site", "tested", "y"], rows, "t.csv");
  const choice = { inputs: "x", outputs: "y" };

  it("keeps groups whole, and tells where they stand among the training rows", () => {
    const { train, test, trainGroups, testRows } = table.split({
      ...choice,
      by: { groups: "site", fraction: 0.3 },
      seed: 4,
    });
    const site = (x: number): number => x % 7;
    const tested = new Set([...test.inputs].map(site));
    expect([...train.inputs].some((x) => tested.has(site(x)))).toBe(false);
    expect(train.count + test.count).toBe(60);
    expect(table.split({ ...choice, by: { groups: "site" } }).notes.join()).not.toContain("learnt");
    expect(table.split({ inputs: "x", outputs: "y,site", by: { groups: "site" } }).notes).toContain(
      "column 'site' makes the groups of rows, and is learnt from as well; is that meant?",
    );
    // Two whole groups of 8 or 9 come nearest to 18 rows.
    expect(tested.size).toBe(2);
    trainGroups!.forEach((first, row) => {
      expect(site(train.inputs[first]!)).toBe(site(train.inputs[row]!));
      if (first > 0) expect(site(train.inputs[first - 1]!)).not.toBe(site(train.inputs[first]!));
    });
    expect([...testRows]).toEqual([...test.inputs].map((x) => x + 1));
  });

  it("groups by texts too, and asks what rows without a group are to be", async () => {
    const path = join(await mkdtemp(join(tmpdir(), "stiffnet-split-")), "sites.csv");
    const sites = ["north", "south", "n\u00e9v\u00e9", "", "ne\u0301ve\u0301", "west"];
    const lines = Array.from({ length: 60 }, (_, k) => `${sites[k % 6]},${k},${2 * k}`);
    await writeFile(path, `site,x,y\n${lines.join("\n")}\n`);
    const named = await readTable(path);
    const by = { groups: "site", fraction: 0.2 };
    expect(() => named.split({ ...choice, by })).toThrow(
      "line 5, column 1 'site': the cell is empty, expected the name or number of a group (and 9 more",
    );
    for (const missing of ["drop", "mean"] as const) {
      const { train, test, missing: report } = named.split({ ...choice, by, missing });
      expect([test.count, train.count, report.dropped]).toEqual([10, 40, 10]);
      const site = (x: number): string => sites[x % 6]!.normalize();
      expect(new Set([...test.inputs].map(site)).size).toBe(1);
      expect([...train.inputs].map(site)).not.toContain(site(test.inputs[0]!));
    }
  });

  it("tests the rows that a column says", () => {
    const { train, test } = table.split({ ...choice, by: { column: "tested" } });
    expect([...test.inputs].sort((a, b) => a - b)).toEqual([0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55]);
    expect(train.count).toBe(48);
    expect(() => table.split({ ...choice, by: { column: "site" } })).toThrow(
      "expected 0 (trained on) or 1 (tested)",
    );
    const prepare = {
      inputs: (rows: Float64Array, names: readonly string[]) =>
        standardise(rows, names, { constant: "keep" }),
    };
    const both = { inputs: "x,tested", outputs: "y", prepare };
    expect(table.split({ ...both, by: { column: "tested" } }).notes).toEqual([
      "column 'tested' says which rows are tested, and is learnt from as well; is that meant?",
    ]);
    const none = tableOf(["x", "s", "y"], [[1, 0, 2]], "none.csv");
    expect(() => none.split({ ...choice, by: { column: "s" } })).toThrow("no row has 1 in the split column");
  });

  it("tests on a table of its own, by names, and trains on all of the first", () => {
    const other = tableOf(
      ["y", "x"],
      [
        [7, 3.5],
        [9, 4.5],
      ],
      "other.csv",
    );
    const { train, test, testRows, name } = table.split({ ...choice, by: { table: other } });
    expect([...test.inputs, ...test.outputs]).toEqual([3.5, 4.5, 7, 9]);
    expect([train.count, [...testRows]]).toEqual([60, [1, 2]]);
    expect(name).toBe("t.csv, tested on other.csv");
    const lacking = tableOf(["x", "z"], [[1, 2]], "lacking.csv");
    expect(() => table.split({ ...choice, by: { table: lacking } })).toThrow(
      "lacking.csv: outputs ask for 'y'",
    );
  });
});
