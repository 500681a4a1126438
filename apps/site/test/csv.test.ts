import { expect, it } from "vitest";
import { faultOfColumns, readCsv, rolesOf } from "../playground/train/csv.ts";

const lines = Array.from({ length: 20 }, (_, k) => `${k},${(k * 7) % 5},${k % 2 ? "clay" : "peat"},${k * k}`);
const table = await readCsv(new File([[",rain,soil,flux", ...lines].join("\n")], "runs.csv"));

it("a file as pandas writes it begins without its index and its text, and both are told", () => {
  const { roles, noticed } = rolesOf(table);
  expect(roles).toEqual(["unused", "input", "unused", "output"]);
  expect(noticed).toContain("Column 1 ('c1') is left out, because it only counts the rows");
  expect(noticed).toContain("Column 'soil' holds text, which this page leaves out");
  expect(faultOfColumns(table, ["rain"], ["flux"])).toBeUndefined();
});

it("a gap is told without options of the command line", async () => {
  const gaps = await readCsv(
    new File([["a,b", "1,", ...lines.map((line) => line.split(",").slice(0, 2))].join("\n")], "gaps.csv"),
  );
  expect(faultOfColumns(gaps, ["a"], ["b"])).toBe(
    "gaps.csv, line 2, column 2 'b': the cell is empty, expected a finite number; mend it or leave the column out.",
  );
});
