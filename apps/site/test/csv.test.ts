import { expect, it } from "vitest";
import { type TrainConfig, trainFields } from "../playground/train/config.ts";
import { checkColumns, readCsv, rolesOf } from "../playground/train/csv.ts";
import { dataOf } from "../playground/train/setup.ts";

const lines = Array.from({ length: 20 }, (_, k) => `${k},${(k * 7) % 5},${k % 2 ? "clay" : "peat"},${k * k}`);
const table = await readCsv(new File([[",rain,soil,flux", ...lines].join("\n")], "runs.csv"));

it("a file as pandas writes it begins without its index and its text, and both are told", () => {
  const { roles, noticed } = rolesOf(table);
  expect(roles).toEqual(["unused", "input", "unused", "output"]);
  expect(noticed).toContain("Column 1 ('c1') is left out, because it only counts the rows");
  expect(noticed).toContain("Column 'soil' holds text, which this page leaves out");
  expect(checkColumns(table, ["rain"], ["flux"])).toEqual({});
  expect(checkColumns(table, ["soil"], ["flux"]).fault).toContain(
    "column 3 'soil': 'peat', expected a finite number",
  );
});

const gappy = (rows: number) =>
  readCsv(
    new File(
      [
        ["a,b", "1,", ",2", ...lines.slice(0, rows).map((line) => line.slice(0, line.indexOf(",", 3)))].join(
          "\n",
        ),
      ],
      "gaps.csv",
    ),
  );

it("rows with gaps are left out and counted, and a training takes the others", async () => {
  const table = await gappy(20);
  expect(checkColumns(table, ["a"], ["b"])).toEqual({ gaps: "2 of 22 rows have gaps and are left out." });
  const config = Object.fromEntries(Object.entries(trainFields).map(([name, { value }]) => [name, value]));
  const data = dataOf({ ...config, data: "csv" } as TrainConfig, { table, inputs: ["a"], outputs: ["b"] });
  expect(data.train.count + data.test.count).toBe(20);
});

it("too few rows without gaps are a fault", async () => {
  expect(checkColumns(await gappy(8), ["a"], ["b"]).fault).toBe(
    "gaps.csv has 8 rows without gaps, expected at least 10.",
  );
});
