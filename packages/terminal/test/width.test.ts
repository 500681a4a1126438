import { describe, expect, it } from "vitest";
import { textTable } from "../src/format.ts";
import { withColours, wrapped } from "../src/width.ts";

describe("lines that fit", () => {
  it("are broken between words, and go on as they are indented", () => {
    expect(wrapped("  one two three four", 12)).toBe("  one two\n  three four");
    expect(wrapped("short\n\nlines", 12)).toBe("short\n\nlines");
  });

  it("go on below what follows a label", () => {
    expect(wrapped("shape  Cast 4, Sub 5, Div 3", 15)).toBe("shape  Cast 4,\n       Sub 5,\n       Div 3");
    expect(wrapped("a  1  2  3  4", 8)).toBe("a  1  2\n3  4");
  });

  it("keep a word that is too long", () => {
    const digest = "0".repeat(64);
    expect(wrapped(`digest ${digest}`, 20)).toBe(`digest\n${digest}`);
  });

  it("are command lines that a shell reads, with their comment before", () => {
    expect(wrapped("  $ stiffnet train table.csv --inputs 1-2 --outputs 3     a first try", 40)).toBe(
      "  # a first try\n  $ stiffnet train table.csv \\\n        --inputs 1-2 --outputs 3",
    );
  });
});

it("a table that is too wide goes on below, beside its first column", () => {
  const rows = [["a", "1", "2", "3"]];
  expect(textTable(["name", "first", "second", "third"], rows, 20)).toBe(
    "name  first  second\n----  -----  ------\na         1       2\n\nname  third\n----  -----\na         3",
  );
  expect(textTable(["name", "first", "second", "third"], rows, 40).split("\n")).toHaveLength(3);
});

it("a table has a line for each row, whatever its names hold", () => {
  const long = "l".repeat(200);
  const lines = textTable(
    ["name", "y\r\n[m]"],
    [
      ["a\tb\u001b[1m", "1"],
      [long, "2"],
    ],
  ).split("\n");
  expect(lines.map((line) => line.length)).toEqual([66, 66, 66, 66]);
  expect([lines[0], lines[2]]).toEqual([`name${" ".repeat(57)}y [m]`, `a b [1m${" ".repeat(58)}1`]);
});

it("a text has no control characters but line breaks", () => {
  expect(wrapped("a\tb\r\nc\u001b[1m d", 80)).toBe("a b \nc [1m d");
});

describe("colours", () => {
  const table = "name  x\n----  -\na     1";
  const stream = (isTTY: boolean, colours: boolean) =>
    ({ isTTY, hasColors: () => colours }) as unknown as NodeJS.WriteStream;

  it("make a table's header bold, in a terminal that has them", () => {
    expect(withColours(table, stream(true, true))).toBe("\x1b[1mname  x\x1b[22m\n----  -\na     1");
  });

  it.each([
    [false, true],
    [true, false],
  ])("are left out elsewhere (terminal %s, colours %s)", (isTTY, colours) => {
    expect(withColours(table, stream(isTTY, colours))).toBe(table);
  });
});
