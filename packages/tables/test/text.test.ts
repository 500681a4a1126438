import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readTable } from "@stiffnet/tables";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";

let path = "";
beforeAll(async () => {
  path = join(await mkdtemp(join(tmpdir(), "stiffnet-text-")), "data.csv");
});

const numbers = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer().map(String),
  fc.constantFrom(
    "1.",
    ".5",
    "+3",
    "-0",
    "00012",
    "1e5",
    "1E-5",
    "1267650600228229401496703205376",
    "4.9e-324",
    "1e23",
  ),
);

describe("quoted cells and plain ones", () => {
  it("read the same numbers, wherever they stand among them", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(numbers, numbers, numbers), { minLength: 1, maxLength: 40 }),
        fc.constantFrom(",", ";", "\t", " "),
        fc.constantFrom("\n", "\r\n", "\r"),
        fc.nat(40),
        fc.nat(40),
        async (rows, delimiter, end, simple, doubled) => {
          const lines = rows.map((row, r) => {
            const label = r === doubled ? '"said ""x"""' : "plain";
            return [label, ...row.map((cell) => (r >= simple ? `"${cell}"` : cell))].join(delimiter);
          });
          await writeFile(path, `${["label", "a", "b", "c"].join(delimiter)}${end}${lines.join(end)}`);
          const table = await readTable(path);
          expect([...table.rows([1, 2, 3])]).toEqual(rows.flat().map(Number));
          expect(table.faults(0).text).toBe(rows.length);
        },
      ),
      { numRuns: 200 },
    );
  });
  it("count lines alike when a cell is bad", async () => {
    for (const [cell, line] of [
      ["2", 5],
      ['"2"', 5],
      ['"2\n"', 6],
    ] as const) {
      await writeFile(path, `a,b\n\n1,${cell}\n\n3,x\n`);
      const table = await readTable(path);
      expect(table.faults(1).first.text?.place).toBe(`line ${line}`);
      expect(table.at(0, 1)).toBe(2);
    }
  });
  it("cross the borders of the blocks that a file is read in", async () => {
    const rows = Array.from({ length: 30_000 }, (_, r) => [r, r / 7, 1 - r * 1e-9]);
    await writeFile(path, `a,b,c\n${rows.map((row) => row.join(",")).join("\n")}\n`);
    const table = await readTable(path);
    expect(table.count).toBe(30_000);
    expect([...table.rows()]).toEqual(rows.flat());
  });
});

describe("headers", () => {
  it.each([
    ["a comment above", "# a b\n1 2\n", ["a", "b"]],
    ["several comments, the last with names", "# made by me\n# a b\n1 2\n", ["a", "b"]],
    ["a comment that does not fit", "# made by me\n1 2\n", ["c1", "c2"]],
    ["a quoted name over two lines", 'a,"b\nc"\n1,2\n', ["a", "b\nc"]],
    ["a decimal comma", "a;b\n1,5;2\n", ["a", "b"]],
    ["decimal commas and no header", "1,5;2\n", ["c1", "c2"]],
    ["decimal commas between tabs", "a\tb\n1,5\t2\n", ["a", "b"]],
    ["an empty first name", ",b\n1,2\n", ["c1", "b"]],
  ])("%s", async (_, text, names) => {
    await writeFile(path, text);
    const table = await readTable(path);
    expect(table.columns).toEqual(names);
    expect(table.rows().every(Number.isFinite)).toBe(true);
  });

  it.each([
    ["years above values", "2001,2002,2003\n0.5,1,7\n0.25,3,\n0.1,9,8\n2,4,6\n3,5,1\n", 1],
    ["as a header, as asked", "2001,2002\n0.5,1\n0.25,3\n0.1,9\n2,4\n3,5\n", 0],
    ["years among years", "2001,2002\n2000,2003\n2001,2004\n1999,2000\n2002,2001\n2003,2002\n", 0],
    ["a falling series", "9,7\n8,6\n7,5\n6,4\n5,3\n4,2.5\n", 1],
    ["unequal steps", "9,7,2\n8,6,1\n7,5,0\n6,4,-1\n5,3,-2\n4,2,-3\n", 0],
  ])("are noticed where they are numbers: %s", async (what, text, notes) => {
    await writeFile(path, text);
    const table = await readTable(path, what.startsWith("as a header") ? { header: true } : {});
    expect(table.notes).toHaveLength(notes);
    if (notes > 0) expect(table.notes[0]).toContain("use --header yes");
  });
});

it("a file in memory may be longer than a record", async () => {
  const line = `${Array.from({ length: 300 }, (_, k) => k / 8).join(",")}\n`;
  const count = Math.ceil(2 ** 24 / line.length) + 1;
  const table = await readTable(new File([line.repeat(count)], "long.csv"), { header: false });
  expect(table.count).toBe(count);
  expect(table.at(count - 1, 299)).toBe(299 / 8);
});

describe.each([
  ["LF", "\n"],
  ["CRLF", "\r\n"],
  ["CR", "\r"],
])("lines that end in %s", (_, end) => {
  it.each<[string, string[], number]>([
    ["at once", [], 3],
    ["behind a blank line", [""], 4],
    ["behind two comments", ["# first", "# second"], 5],
  ])("are counted where the table begins %s", async (_, before, line) => {
    await writeFile(path, [...before, "x,y", "1,2", "3,4,5"].join(end));
    await expect(readTable(path)).rejects.toThrow(`line ${line}: 3 cells, expected 2`);
    await writeFile(path, [...before, "x,y", "1,2", "3,4"].join(end));
    expect((await readTable(path)).columns).toEqual(["x", "y"]);
  });
});

it("lines of mixed ends are counted", async () => {
  await writeFile(path, "\n# note\r\nx,y\r\n1,2\r3,4\n5,6,7");
  await expect(readTable(path)).rejects.toThrow("line 6: 3 cells, expected 2");
});

it.each(["\uff58", "a\xff"])(
  "a name that shares bytes with a byte order mark stays whole: %s",
  async (name) => {
    await writeFile(path, `${name},y\n1,2\n`);
    expect((await readTable(path)).columns).toEqual([name, "y"]);
  },
);
