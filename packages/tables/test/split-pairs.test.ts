import { type SplitBy, type SplitDataset, type Table, tableOf } from "@stiffnet/tables";
import { describe, expect, it } from "vitest";

const count = 120;
/** The last row of each site. */
const ends = [40, 65, 85, 100, 112, 120];
const siteOf = (k: number): number => ends.findIndex((end) => k < end);

/** Columns x, y, site (of 8 to 40 rows) and tested. Every seventh row repeats the one before it where there
 *  are copies; its x is then that row's. */
function tableWith(copies: boolean): Table {
  const source = (k: number): number => (copies && k % 7 === 1 ? k - 1 : k);
  return tableOf(
    ["x", "y", "site", "tested", "row"],
    Array.from({ length: count }, (_, k) => {
      const from = source(k);
      return [from, Math.sin(from), siteOf(from), from % 5 === 0 ? 1 : 0, k];
    }),
    "t",
  );
}

const choice = { inputs: "x", outputs: "y" };
const test = tableOf(["y", "x"], [[0.5, 1000], [0.6, 1001]], "other"); // biome-ignore format: one line

interface Way {
  readonly name: string;
  readonly by: SplitBy | undefined;
  /** How many rows are tested, and by how many whole groups may miss it. */
  readonly tested: number;
  readonly off: number;
  readonly folds: boolean;
}

const ways: readonly Way[] = [
  { name: "the default", by: undefined, tested: 24, off: 1, folds: true },
  { name: "a fraction", by: { fraction: 0.3 }, tested: 36, off: 1, folds: false },
  { name: "a count", by: { fraction: 17 }, tested: 17, off: 1, folds: false },
  { name: "groups", by: { groups: "site" }, tested: 24, off: 3, folds: true },
  { name: "groups and a fraction", by: { groups: "site", fraction: 0.4 }, tested: 48, off: 5, folds: false },
  { name: "a column", by: { column: "tested" }, tested: 24, off: 4, folds: false },
  { name: "a table", by: { table: test }, tested: 2, off: 0, folds: false },
];

const pairs = ways.flatMap((way) =>
  (way.folds ? [undefined, 2, 4] : [undefined]).flatMap((folds) =>
    [0, 0.1, 8].flatMap((validation) =>
      [false, true].flatMap((copies) => [1, 2, 3].map((seed) => ({ way, folds, validation, copies, seed }))),
    ),
  ),
);

function made({ way: { by }, folds, validation, copies, seed }: (typeof pairs)[number]): SplitDataset[] {
  const table = tableWith(copies);
  const options = { ...choice, validation, seed };
  if (folds === undefined) return [by ? table.split({ ...options, by }) : table.split(options)];
  return table.folds({ ...options, folds, ...(by && "groups" in by && { by: { groups: by.groups } }) });
}

describe("every way to split, in one split and in folds, with and without validation rows and copies", () => {
  it("keeps what belongs together on one side, and gives every row one place", () => {
    expect(pairs.length).toBe(7 * 3 * 2 * 3 + 2 * 2 * 3 * 2 * 3);
    for (const pair of pairs) {
      const { way, folds, validation, copies } = pair;
      const said = JSON.stringify(pair);
      const datasets = made(pair);
      const byTable = way.by !== undefined && "table" in way.by;
      for (const data of datasets) {
        const sets = [data.train, data.validation, data.test].flatMap((set) =>
          set ? [[...set.inputs]] : [],
        );
        const all = sets.flat().sort((a, b) => a - b);
        expect(all.length, said).toBe(byTable ? count + 2 : count);
        // Copies of a row are equal in x, and rows of one group in the site.
        const kinds = [(x: number) => x, ...(way.by && "groups" in way.by ? [siteOf] : [])];
        for (const kind of kinds) {
          const places = sets.map((set) => new Set(set.map(kind)));
          const distinct = new Set(sets.flat().map(kind)).size;
          expect(
            places.reduce((sum, place) => sum + place.size, 0),
            said,
          ).toBe(distinct);
        }
        const kept = data.validation?.count ?? 0;
        expect(kept > 0, said).toBe(validation > 0);
        const starts = data.trainGroups ?? data.train.inputs.map((_, row) => row);
        starts.forEach((start, row) => {
          const [a, b] = [data.train.inputs[start]!, data.train.inputs[row]!];
          expect(
            kinds.some((kind) => kind(a) === kind(b)),
            said,
          ).toBe(true);
        });
        expect(
          data.notes.some((note) => note.includes("repeat an earlier one in all")),
          said,
        ).toBe(copies);
        if (folds === undefined) {
          expect(Math.abs(data.test.count - way.tested), said).toBeLessThanOrEqual(way.off);
        }
      }
      if (folds !== undefined) {
        const tested = datasets.flatMap((data) => [...data.testRows]).sort((a, b) => a - b);
        expect(tested, said).toEqual(Array.from({ length: count }, (_, row) => row + 1));
      }
      expect(
        made(pair).map(({ digest }) => digest),
        said,
      ).toEqual(datasets.map(({ digest }) => digest));
    }
  });

  it("draws the same test rows whatever is kept for validation", () => {
    for (const pair of pairs) {
      const plain = made({ ...pair, validation: 0 });
      expect(made(pair).map(({ testRows }) => testRows)).toEqual(plain.map(({ testRows }) => testRows));
    }
  });

  const table = tableWith(false);
  it("refuses what says twice which rows are tested, and what it does not know", () => {
    const two = [
      [{ fraction: 0.2, column: "tested" }, "by.fraction and column are both given"],
      [{ fraction: 0.2, table: test }, "by.fraction and table"],
      [{ groups: "site", column: "tested" }, "by.groups and column"],
      [{ groups: "site", table: test }, "by.groups and table"],
      [{ column: "tested", table: test }, "by.column and table"],
      [{}, "by says nothing, expected one of { fraction }, { groups }, { column } and { table }"],
      [{ group: "site" }, "by.group is not an option; did you mean 'groups'?"],
      ["site", "by is 'site', expected an object"],
    ] as const;
    for (const [by, words] of two) {
      expect(() => table.split({ ...choice, by } as never)).toThrow(`split: ${words}`);
    }
    expect(() => table.split({ ...choice, test: 0.2, by: { groups: "site" } } as never)).toThrow(
      "split: test and by are both given, expected test alone, or by: { fraction } or { groups, fraction }",
    );
    for (const by of [{ fraction: 0.2 }, { column: "tested" }, { table: test }]) {
      expect(() => table.folds({ ...choice, by } as never)).toThrow(/^folds: by\.\w+ is not an option; /);
    }
    expect(() => table.folds({ ...choice, test: 0.2 } as never)).toThrow("folds: test is not an option");
    expect(() => table.split({ ...choice, weights: "y" } as never)).toThrow(
      "split: weights is not an option",
    );
  });

  it("says which groups cannot fill all sets", () => {
    const by = { groups: "tested" };
    expect(() => table.split({ ...choice, by, validation: 0.1 })).toThrow(
      "t: the rows form 2 groups, expected at least 3: one each to train on, to test, to validate",
    );
    expect(() => table.folds({ ...choice, by, folds: 3 })).toThrow(
      "folds is 3, expected a whole number from 2 to the 2 groups",
    );
  });
});

describe("what a split warns of", () => {
  it("repeats 60 rows three times: the copies of a row stay together", () => {
    const rows = Array.from({ length: 180 }, (_, k) => [k % 60, (k % 60) ** 2]);
    const { train, test, notes } = tableOf(["x", "y"], rows).split(choice);
    expect(test.count).toBe(36);
    expect([...test.inputs].filter((x) => train.inputs.includes(x))).toEqual([]);
    expect(notes).toEqual([
      "120 rows repeat an earlier one in all chosen columns; a random split keeps copies together",
    ]);
  });

  it("names copies that a column puts on both sides, torn rows, placeholders, and shares that groups miss", () => {
    const rows = Array.from({ length: 40 }, (_, k) => [k, k === 7 ? -9999 : k / 3, k % 2, k < 30 ? 0 : 1]);
    const more = [...rows, [4, 4 / 3, 1, 0], [6, 100, 0, 0]];
    const table = tableOf(["x", "y", "tested", "site"], more);
    const notes = (by: SplitBy): readonly string[] => table.split({ ...choice, by }).notes;
    const always = [
      "one row repeats an earlier one in the inputs but not in the outputs, so these inputs do not determine the outputs",
      "column 'y' holds -9999 in one cell, far from all other values: if it stands for a missing value, leave the cell empty",
    ];
    const copy = "one row repeats an earlier one in all chosen columns; a random split keeps copies together";
    expect(notes({ column: "tested" })).toEqual([
      copy,
      "one test row repeats a training row, so the test error is too small",
      ...always,
    ]);
    expect(notes({ groups: "site", fraction: 0.4 })).toEqual([
      copy,
      ...always,
      "10 of 42 rows are test rows, not 17, because groups stay whole",
    ]);
  });
});
