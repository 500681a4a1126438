import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { readTable } from "@stiffnet/tables";
import { describe, expect, it } from "vitest";
import expected from "./fixtures/expected.json" with { type: "json" };

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

describe("workbooks", () => {
  it("hold the numbers that openpyxl reads in them, to the bit", async () => {
    const table = await readTable(fixture("openpyxl-sheets.xlsx"));
    const reference = await readTable(fixture("openpyxl-sheets.csv"));
    // The file has -0, of which openpyxl makes the whole number 0.
    expect(Object.is(table.at(3, 0), -0)).toBe(true);
    const bits = ({ buffer }: Float64Array): Uint8Array => new Uint8Array(buffer as ArrayBuffer);
    expect(bits(table.rows().map((x) => x + 0))).toEqual(bits(reference.rows()));
    expect(table.columns).toEqual(expected.names);
  });
  it.each([
    ["pandas-index.xlsx", ["c1", ...expected.names]],
    ["openpyxl-no-header.xlsx", ["c1", "c2", "c3"]],
  ])("%s has the table, wherever it begins", async (name, columns) => {
    const table = await readTable(fixture(name));
    expect(table.columns).toEqual(columns);
    const values = table.rows(columns.slice(-3).map((column) => columns.indexOf(column)));
    expect(values).toHaveLength(15);
    // Both write 16 significant digits.
    expected.values.forEach((x, i) => {
      expect(Math.abs(values[i]! - x)).toBeLessThanOrEqual(1e-15 * Math.abs(x));
    });
  });
  it("are read the same from memory, as in a page, and by their bytes under any name", async () => {
    const bytes = new Uint8Array(await readFile(fixture("openpyxl-sheets.xlsx")));
    const whole = await readTable(fixture("openpyxl-sheets.xlsx"));
    for (const name of ["runs.xlsx", "runs"]) {
      const table = await readTable(new File([bytes], name));
      expect([table.digest(), table.notes]).toEqual([whole.digest(), whole.notes]);
    }
  });
  it("take a header that is told", async () => {
    const table = await readTable(fixture("openpyxl-no-header.xlsx"), { header: true });
    expect(table.columns).toEqual(["1", "-2.5", "1.857911563e-8"]);
    expect(table.at(0, 1)).toBe(1 / 3);
  });
});

describe("sheets", () => {
  const path = fixture("openpyxl-sheets.xlsx");
  it("the first visible one with cells is read, and the table says so", async () => {
    expect((await readTable(path)).notes).toEqual([
      "read sheet 'Runs', the first with cells; choose another with --arrays: 'Figure', 'Empty', 'Outputs', 'Short', 'Draft'",
    ]);
    expect((await readTable(fixture("pandas-index.xlsx"))).notes).toEqual([]);
  });
  it("stand side by side where several are named", async () => {
    const table = await readTable(path, { arrays: ["Outputs", "Runs"] });
    expect([table.name, ...table.columns]).toEqual(["openpyxl-sheets.xlsx", "y", "z", ...expected.names]);
    expect([...table.column("z")]).toEqual([-0, -1, -2, -3, -4].map((z) => z + 0));
    expect(table.notes).toEqual([]);
  });
  it.each([
    [["Rums"], /no sheet 'Rums', the file has 'Figure', 'Empty', 'Runs', 'Outputs', 'Short', 'Draft'$/],
    [["Empty"], /^openpyxl-sheets.xlsx: sheet 'Empty' has no cells, expected rows of numbers$/],
    [["Figure"], /^openpyxl-sheets.xlsx: sheet 'Figure' has no cells/],
    [["Runs", "Short"], /sheet 'Short' has 2 rows, expected 5 as in openpyxl-sheets.xlsx, sheet 'Runs'/],
  ])("%j is refused", async (arrays, words) => {
    await expect(readTable(path, { arrays })).rejects.toThrow(words);
  });
  it("are refused where none has cells", async () => {
    await expect(readTable(fixture("openpyxl-empty.xlsx"))).rejects.toThrow(
      "openpyxl-empty.xlsx: no sheet has cells ('Sheet'), expected rows of numbers",
    );
  });
});

describe("cells that are no numbers", () => {
  const path = fixture("openpyxl-cells.xlsx");
  it.each([
    ["date", "column 2 'date': '2024-02-29', expected a finite number"],
    ["time", "column 3 'time': '2024-02-29T12:30:00', expected"],
    ["error", "column 5 'error': '#DIV/0!', expected"],
    [
      "lacking",
      "column 6 'lacking': '#N/A' counts as an empty cell, expected a finite number (and 1 more in this column); --missing drop",
    ],
    ["digits", "column 7 'digits': '3.25 (stored as text)', expected"],
    ["formula", "column 8 'formula': the cell is empty, expected"],
    ["word", "column 9 'word': 'low', expected"],
  ])("%s: named by file, sheet, Excel's row and column", async (column, words) => {
    const table = await readTable(path);
    expect(() => table.select({ inputs: "number", outputs: column })).toThrow(
      `openpyxl-cells.xlsx, sheet 'Cells', row 4, ${words}`,
    );
  });
  it("do no harm in other columns, and a format of percent changes no number", async () => {
    expect([...(await readTable(path)).column("number")]).toEqual([1.5, 2.5, -3e-9]);
  });
});
