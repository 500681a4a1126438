import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTable, type TableError, tableOf } from "@stiffnet/tables";
import { beforeAll, describe, expect, it } from "vitest";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stiffnet-datasets-"));
});

async function file(text: string | Uint8Array, name = "data.csv"): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

const good = "a,b,y\n1,2,3\n4,5.5,6\n7,-8e-9,9\n10,11,13\n";

describe("readTable on text", () => {
  it("reads names and numbers", async () => {
    const table = await readTable(await file(good));
    expect(table.columns).toEqual(["a", "b", "y"]);
    expect(table.header).toBe("guessed");
    expect([...table.rows()]).toEqual([1, 2, 3, 4, 5.5, 6, 7, -8e-9, 9, 10, 11, 13]);
    expect([...table.column("b")]).toEqual([2, 5.5, -8e-9, 11]);
    expect([...table.column(1)]).toEqual([1, 4, 7, 10]);
  });

  it.each([
    ["semicolons", "a;b;y\n1;2;3\n"],
    ["tabs", "a\tb\ty\n1\t2\t3\n"],
    ["spaces in runs", "a   b y\n1 2  3\n"],
    ["carriage returns and a byte order mark", "\uFEFFa,b,y\r\n1,2,3\r\n"],
    ["quotes", '"a","b","y"\n"1",2,"3"\n'],
    ["blank lines and no last line break", "\n\na,b,y\n\n1,2,3"],
    ["spaces around cells", "a, b ,y\n 1, 2 ,3 \n"],
    ["Fortran exponents", "a,b,y\n1d0,2D+0,3\n"],
  ])("reads %s", async (_, text) => {
    const table = await readTable(await file(text));
    expect(table.columns).toEqual(["a", "b", "y"]);
    expect([...table.rows()]).toEqual([1, 2, 3]);
  });

  it("names the columns c1, c2, ... where the first line is numbers", async () => {
    const table = await readTable(await file("1,2\n3,4\n"));
    expect([table.header, table.count, ...table.columns]).toEqual(["none", 2, "c1", "c2"]);
  });

  it("takes numbers as names when told", async () => {
    const table = await readTable(await file("1990,run\n3,4\n"), { header: true });
    expect(table.columns).toEqual(["1990", "run"]);
  });

  it("leaves text alone in columns that are not chosen", async () => {
    const table = await readTable(await file("run,x,y\nfirst,1,2\nsecond,2,4\nthird,3,5\n"));
    expect(table.faults(0)).toMatchObject({ text: 3, first: { text: { place: "line 2", found: "first" } } });
    expect(table.select({ inputs: "x", outputs: "y" }).count).toBe(3);
  });

  it("counts lines through quoted line breaks and blank lines", async () => {
    const path = await file('a,"b\nc"\n\n1,"2\n"\n3,x\n');
    await expect(async () => (await readTable(path)).select({ inputs: 1, outputs: 2 })).rejects.toThrow(
      "data.csv, line 6, column 2 'b\nc': 'x', expected a finite number",
    );
  });
});

/** [case, text of the file, what is asked, code, words the one line must hold] */
const select = { inputs: "a,b", outputs: "y" };
const refused: [string, string, object, string, RegExp][] = [
  ["an empty file", "", select, "empty_file", /^data\.csv: is empty/],
  ["only blank lines", "\n \n\n", select, "empty_file", /^data\.csv: is empty/],
  ["a header only", "a,b,y\n", select, "no_rows", /^data\.csv: a header and no rows/],
  ["text", "a,b,y\n1,2,3\n4,oops,6\n", select, "not_a_number", /line 3, column 2 'b': 'oops', expected/],
  ["hexadecimal", "a,b,y\n1,2,3\n4,0x10,6\n", select, "not_a_number", /line 3, column 2 'b': '0x10'/],
  ["NaN", "a,b,y\n1,2,3\n4,5,NaN\n4,5,NaN\n", select, "missing_value", /line 3, column 3 'y': 'NaN'.*1 more/],
  ["a gap", "a,b,y\n1,,3\n4,5,6\n", select, "missing_value", /line 2, column 2 'b': the cell is empty/],
  ["infinity", "a,b,y\n1,2,3\n-inf,5,6\n", select, "not_finite", /line 3, column 1 'a': '-inf'/],
  ["overflow", "a,b,y\n1,2,3\n4,1e999,6\n", select, "not_finite", /line 3, column 2 'b': '1e999'/],
  [
    "a short row",
    "a,b,y\n1,2,3\n4,5\n",
    select,
    "ragged_row",
    /line 3: 2 cells, expected 3 as in the header/,
  ],
  ["a long row", "a,b,y\n1,2,3,4\n", select, "ragged_row", /line 2: 4 cells, expected 3/],
  [
    "one name twice",
    "a,a,y\n1,2,3\n",
    select,
    "duplicate_column",
    /line 1: columns 1 and 2 are both called 'a'/,
  ],
  [
    "half a header",
    "a,2,y\n1,2,3\n",
    select,
    "ambiguous_header",
    /line 1: 'a' looks like a column name and '2'/,
  ],
  [
    "half a header that begins with a number",
    "2,a,y\n1,2,3\n",
    select,
    "ambiguous_header",
    /line 1: 'a' looks like a column name and '2'/,
  ],
  ["an open quote", 'a,b,y\n1,"2,3\n', select, "malformed_text", /line \d: a quoted cell is not closed/],
  ["a zero byte", "a,b\0,y\n1,2,3\n", select, "not_text", /holds a zero byte at offset 3/],
  [
    "an unknown name",
    good,
    { ...select, inputs: "a,lai" },
    "no_such_column",
    /inputs ask for 'lai'.*one of 'a', 'b'/,
  ],
  [
    "a column too far",
    good,
    { ...select, outputs: "3-5" },
    "no_such_column",
    /column 5 \(in '3-5'\).*has 3 columns/,
  ],
  ["column 0", good, { ...select, inputs: 0 }, "no_such_column", /column 0, expected 1 to 3/],
  ["a backward range", good, { ...select, inputs: "2-1" }, "bad_range", /'2-1' run backwards/],
  [
    "an overlap",
    good,
    { inputs: "1-3", outputs: "y" },
    "overlapping_columns",
    /column 3 'y' is chosen as input and/,
  ],
  [
    "a column twice",
    good,
    { inputs: "1-2,b", outputs: "y" },
    "duplicate_column",
    /choose column 2 'b' twice/,
  ],
  ["no column", good, { inputs: [], outputs: "y" }, "no_columns", /inputs choose no column/],
  [
    "a constant output",
    "a,y\n1,2\n2,2\n3,2\n4,2\n",
    { inputs: 1, outputs: 2 },
    "constant_column",
    /^data\.csv: training rows: column 'y' is constant/,
  ],
  [
    "a constant input",
    "a,y\n1,2\n1,3\n1,4\n1,5\n",
    { inputs: 1, outputs: 2 },
    "constant_column",
    /^data\.csv: training rows: column 'a' is constant/,
  ],
  ["a test share of 1.5", good, { ...select, test: 1.5 }, "bad_split", /test is 1.5, expected a fraction/],
  ["no rows left to train on", good, { ...select, test: 4 }, "empty_set", /leave none of 4 to train on/],
  ["a negative seed", good, { ...select, seed: -1 }, "bad_seed", /seed is -1/],
];

describe("refusals", () => {
  it.each(refused)("%s", async (_, text, options, code, words) => {
    const path = await file(text);
    const error = await readTable(path).then(
      (table) => {
        try {
          table.split(options as typeof select);
        } catch (caught) {
          return caught as TableError;
        }
        return new Error("was accepted");
      },
      (caught: TableError) => caught,
    );
    expect(error).toMatchObject({ code });
    expect(error.message).toMatch(words);
    expect(error.message.split("\n")).toHaveLength(1);
  });

  it("a missing file and a folder", async () => {
    await expect(readTable(join(folder, "no.csv"))).rejects.toMatchObject({ code: "file_not_found" });
    await expect(readTable(folder)).rejects.toMatchObject({ code: "unreadable_file" });
  });
});

describe("choosing columns", () => {
  const table = tableOf(["x-1", "x-2", "soil a", "soil_b", "5"], [[1, 2, 3, 4, 5]]);
  it.each([
    ["1-2", [0, 1]],
    ["4-", [3, 4]],
    ["x-2", [1]],
    ["5", [4]],
    ["soil*", [2, 3]],
    ["x-?", [0, 1]],
    ["x-2:soil_b", [1, 2, 3]],
    [/^soil/, [2, 3]],
    [
      [3, "x-1"],
      [2, 0],
    ],
    ["soil_b, 1-2", [3, 0, 1]],
  ])("%s", (choice, indices) => {
    expect(table.indices(choice)).toEqual(indices);
  });
});

it("suggests the name that was meant", () => {
  const table = tableOf(["cSoil_mean", "cVeg_mean"], [[1, 2]], "ensemble.csv");
  expect(() => table.column("cSoil_men")).toThrow(
    "'cSoil_men', but no column has this name; did you mean 'cSoil_mean'?",
  );
});
