import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inputsFor, joinColumns, readTable, type Table } from "@stiffnet/tables";
import { describe, expect, it } from "vitest";

async function tableFrom(lines: readonly string[], name = "runs.csv"): Promise<Table> {
  const path = join(await mkdtemp(join(tmpdir(), "stiffnet-columns-")), name);
  await writeFile(path, `${lines.join("\n")}\n`);
  return readTable(path);
}

const soils = ["clay", "sand", "peat"];

describe("a column of texts", () => {
  const lines = Array.from({ length: 60 }, (_, k) => `${k / 7},${soils[k % 3]},${k % 4},${k * k}`);
  const choice = { inputs: "1-3", outputs: "y", text: "categories" } as const;

  it("is an input for each of its values, which the preparation keeps", async () => {
    const table = await tableFrom(["x,soil,n,y", ...lines]);
    const { inputNames, train, test, preparation } = table.split(choice);
    expect(inputNames).toEqual(["x", "soil=clay", "soil=peat", "soil=sand", "n"]);
    const categories = [{ name: "soil", first: 1, values: ["clay", "peat", "sand"] }];
    expect(preparation.inputs.categories).toEqual(categories);
    expect(preparation.outputs.categories).toBeUndefined();
    for (const { inputs, count } of [train, test]) {
      for (let row = 0; row < count; row++) {
        const [x, clay, peat, sand] = inputs.subarray(5 * row);
        const k = Math.round(7 * x!);
        expect([clay, sand, peat]).toEqual(soils.map((_, i) => (k % 3 === i ? 1 : 0)));
      }
    }
  });

  it("is read again for a model, and refused where it holds another text", async () => {
    const table = await tableFrom(["x,soil,n,y", ...lines]);
    const { inputNames, preparation } = table.split(choice);
    const categories = preparation.inputs.categories!;
    const other = await tableFrom(["n,soil,x", "3,sand,0.5", "2,clay,0.25"], "new.csv");
    expect([...inputsFor(other, { inputNames, categories })]).toEqual([0.5, 0, 0, 1, 3, 0.25, 1, 0, 0, 2]);
    const strange = await tableFrom(["n,soil,x", "3,sand,0.5", "2,loam,0.25"], "new.csv");
    expect(() => inputsFor(strange, { inputNames, categories })).toThrow(
      "new.csv, row 2, column 2 'soil': 'loam', expected one of clay, peat, sand",
    );
    const empty = await tableFrom(["n,soil,x", "3,,0.5"], "new.csv");
    expect(() => inputsFor(empty, { inputNames, categories })).toThrow("column 2 'soil': the cell is empty");
    const { test } = table.split({ ...choice, by: { table: await tableFrom(["y,soil,x,n", "5,peat,1,2"]) } });
    expect([...test.inputs]).toEqual([1, 0, 1, 0, 2]);
  });

  it("is refused unless it is asked for, and as an output, with numbers in it, or with too many values", async () => {
    const table = await tableFrom(["x,soil,n,y", ...lines]);
    const expected = "column 2 'soil': 'clay', expected a finite number (and 59 more in this column)";
    expect(() => table.split({ inputs: "1-3", outputs: "y" })).toThrow(expected);
    expect(() => table.split({ inputs: "x", outputs: "soil", text: "categories" })).toThrow(expected);
    const mixed = await tableFrom(["x,soil,n,y", ...lines, "1,12,2,3"]);
    expect(() => mixed.split(choice)).toThrow("column 2 'soil': 'clay', expected a finite number");
    const names = await tableFrom(["x,run,y", ...lines.map((_, k) => `${k},run ${k},${k}`)]);
    expect(() => names.split({ inputs: "1-2", outputs: "y", text: "categories" })).toThrow(
      "column 2 'run': 60 different texts in 60 rows, expected at most 30 categories",
    );
  });

  it("with gaps follows the rule for missing values", async () => {
    const table = await tableFrom(["x,soil,n,y", ...lines, "1,,2,3", "2,,2,3"]);
    expect(() => table.split(choice)).toThrow("line 62, column 2 'soil': the cell is empty, expected a text");
    const dropped = table.split({ ...choice, missing: "drop" });
    expect(dropped.missing).toEqual({ dropped: 2, filled: {} });
    const filled = table.split({ ...choice, missing: "mean", test: 5 });
    expect(filled.missing.filled).toEqual({ soil: 2 });
    expect(filled.train.inputs.every(Number.isFinite)).toBe(true);
  });

  it("may have a value whose name stands for a gap, which is said", async () => {
    const table = await tableFrom(["x,soil,n,y", ...lines, "1,None,2,3", "2,none,2,3"]);
    expect(() => table.split(choice)).toThrow(
      "line 62, column 2 'soil': 'None' counts as an empty cell, expected a text (and 1 more",
    );
    const { missing, notes } = table.select({ ...choice, missing: "drop" });
    expect(missing.dropped).toBe(2);
    expect(notes[0]).toMatch(/3 values \(clay, peat, sand\); 'None' counts as an empty cell$/);
  });
});

describe("names with signs that separate in other files", () => {
  it.each([
    ["bars", "n,|v| max,|v|/|w|", "1,2.5,3", ["n", "|v| max", "|v|/|w|"]],
    ["commas", "Druck, bar;T", "1,5;2,5", ["Druck, bar", "T"]],
    ["a line break", 'T\tp\t"rain\n a, b (mm)"', "1\t2\t3", ["T", "p", "rain\n a, b (mm)"]],
    ["bars, without rows that tell", "|a|b|", "", ["c1", "a", "b", "c4"]],
  ])("such as %s", async (_, header, row, columns) => {
    const table = await tableFrom([header, row, row || "|1|2|"]);
    expect(table.columns).toEqual(columns);
  });
});

describe("a column that counts the rows", () => {
  const rows = (from: number): string[] =>
    Array.from({ length: 30 }, (_, k) => `${from + k},${k % 7},${k % 11}`);
  const note = (name: string): string =>
    `column 1 ('${name}') is left out, because it only counts the rows (an index, as pandas writes it)`;

  it.each([
    ["pandas writes it", ",x,y", 0, "c1"],
    ["R writes it", ",x,y", 1, "c1"],
    ["pandas reads it again", "Unnamed: 0,x,y", 0, "Unnamed: 0"],
    ["it is named", "index,x,y", 0, "index"],
  ])("as %s is left out of a range, with a word", async (_, header, from, name) => {
    const table = await tableFrom([header, ...rows(from)]);
    const { inputNames, notes } = table.split({ inputs: "1-2", outputs: "y" });
    expect(inputNames).toEqual(["x"]);
    expect(notes).toContain(note(name));
    expect(table.select({ inputs: ["1", "x"], outputs: "y" }).inputNames).toEqual([name, "x"]);
    expect(table.select({ inputs: "1,2", outputs: "y" }).notes).toEqual([]);
    expect(table.select({ inputs: "1", outputs: "y" }).inputNames).toEqual([name]);
    expect(table.select({ inputs: /^[^y]/, outputs: "y" }).inputNames).toEqual(["x"]);
  });

  it("in each of two files is left out of both", async () => {
    const [inputs, outputs] = await Promise.all([
      tableFrom([",x,z", ...rows(0)], "inputs.csv"),
      tableFrom([",y,w", ...rows(0)], "outputs.csv"),
    ]);
    const joined = joinColumns([inputs, outputs]);
    expect(joined.columns).toEqual(["c1", "x", "z", "c4", "y", "w"]);
    const chosen = joined.select({ inputs: "1-3", outputs: "4-6" });
    expect([chosen.inputNames, chosen.outputNames]).toEqual([
      ["x", "z"],
      ["y", "w"],
    ]);
    expect(chosen.notes).toEqual([note("c1"), note("c4").replace("column 1", "column 4")]);
  });

  it("stays where it counts something else, or has a name of its own", async () => {
    const all = { inputs: "1-2", outputs: "y" };
    for (const lines of [
      ["run,x,y", ...rows(0)],
      ["index,x,y", ...rows(5)],
      ["index,x,y", ...rows(0), "7,1,2"],
      rows(0),
    ]) {
      const table = await tableFrom(lines);
      const outputs = table.columns[2]!;
      expect(table.select({ ...all, outputs }).inputNames).toHaveLength(2);
    }
  });
});
