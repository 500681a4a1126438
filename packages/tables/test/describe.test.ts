import { samplingStream } from "@stiffnet/base";
import { describeTable, readTable, renderDescription, tableOf } from "@stiffnet/tables";
import { describe, expect, it } from "vitest";
import reference from "./reference/describe.json" with { type: "json" };

const names = ["a", "b", "c", "y"];

describe("describeTable against NumPy and scikit-learn", () => {
  const description = describeTable(tableOf(names, reference.rows), {
    inputs: "a,b,c",
    outputs: "y",
    bins: 12,
  });
  it.each(names.map((name, i) => [name, i] as const))("%s", (_, i) => {
    const { quantiles, histogram, ...figures } = reference.figures[i]!;
    const column = description.columns[i]!;
    for (const [key, value] of Object.entries(figures)) {
      expect(column[key as keyof typeof figures] / value).toBeCloseTo(1, 12);
    }
    quantiles.forEach((value, q) => {
      expect(column.quantiles[q]! / value).toBeCloseTo(1, 12);
    });
    expect(column.histogram).toEqual(histogram);
  });
  it("correlations, strongest first", () => {
    expect(description.correlations).toHaveLength(6);
    description.correlations.forEach(({ columns: [a, b], value }, i) => {
      expect(value).toBeCloseTo(reference.correlation[names.indexOf(a)]![names.indexOf(b)]!, 12);
      if (i > 0)
        expect(Math.abs(value)).toBeLessThanOrEqual(Math.abs(description.correlations[i - 1]!.value));
    });
  });
  it("a linear fit, on its own rows and on rows left out", () => {
    const [output] = description.linear!.outputs;
    expect(output!.explained).toBeCloseTo(reference.explained, 12);
    expect(output!.predicted).toBeLessThan(output!.explained);
    expect(output!.predicted).toBeGreaterThan(0.5);
  });
  it("only b is spread over decades", () => {
    expect(description.columns.filter((column) => column.spansDecades).map((column) => column.name)).toEqual([
      "b",
    ]);
  });
});

describe("what stands out", () => {
  const gap = Number.NaN;
  const table = tableOf(
    ["x", "same", "still", "gaps", "none"],
    [
      [1, 1, 7, gap, gap],
      [2, 2, 7, 5, gap],
      [1, 1, 7, gap, gap],
      [4, 4, 7, Number.POSITIVE_INFINITY, gap],
    ],
    "small.csv",
  );
  const description = describeTable(table);
  it("is found", () => {
    expect(description).toMatchObject({
      rows: 4,
      duplicateRows: 1,
      duplicateColumns: [["x", "same"]],
      correlations: [{ columns: ["x", "same"], value: 1 }],
    });
    expect(description.columns.map((column) => column.constant)).toEqual([false, false, true, true, false]);
    expect(description.columns[3]).toMatchObject({
      numbers: 1,
      missing: 2,
      infinite: 1,
      minimum: 5,
      maximum: 5,
    });
    expect(description.columns[4]).toMatchObject({ numbers: 0, missing: 4, minimum: gap, histogram: [] });
    expect(description.linear).toBeUndefined();
  });
  it("is said", () => {
    const lines = renderDescription(description).split("\n");
    expect(lines[0]).toBe("small.csv: 4 rows, 5 columns");
    expect(lines[2]).toMatch(/ missing /);
    const full = renderDescription(describeTable(tableOf(["x"], [[1], [2]])));
    expect(full).not.toMatch(/missing/);
    expect(full).toMatch(/2 rows, 1 column\n/);
    expect(lines).toContain("constant: still, gaps");
    expect(lines).toContain("hold infinities: gaps");
    expect(lines).toContain("'same' repeats 'x'");
    expect(lines).toContain("1 row repeats an earlier one");
    expect(lines.at(-2)).toBe(`checksum ${table.digest()}`);
  });
  it("has a line for each column, whatever the names hold", () => {
    const long = (end: string) => `${"l".repeat(200)}${end}`;
    const names = ["rain\n(mm)", "tab\t\u001b[31m", long("1"), long("2")];
    const rows = Array.from({ length: 12 }, (_, k) => [k, k, k, k === 3 ? 9 : 1]);
    const text = renderDescription(describeTable(tableOf(names, rows), { inputs: 4, outputs: 1 }));
    const lines = text.split("\n");
    expect(lines.slice(3, 7).map((line) => line.slice(0, 44).trimEnd())).toEqual([
      "1  rain (mm)",
      "2  tab [31m",
      `3  ${"l".repeat(19)}…${"l".repeat(18)}1`,
      `4  ${"l".repeat(19)}…${"l".repeat(18)}2`,
    ]);
    expect(lines).toContain("'tab [31m' repeats 'rain (mm)'");
    expect(lines).toContain("correlation 1.00: rain (mm), tab [31m");
    expect(text).not.toMatch(/[^\P{Cc}\n]/u);
  });
  it("columns of the largest and smallest numbers have histograms", () => {
    const extremes = tableOf(["x"], [[-Number.MAX_VALUE], [0], [Number.MAX_VALUE], [5e-324]]);
    expect(describeTable(extremes, { bins: 3 }).columns[0]!.histogram).toEqual([1, 2, 1]);
  });
});

it("looks at evenly spaced rows of a large table, and says so", () => {
  const random = samplingStream(1, "points");
  const table = tableOf(
    ["x", "y"],
    Array.from({ length: 100_001 }, () => [random.uniform(), random.uniform()]),
  );
  const { columns, notes, correlations } = describeTable(table);
  expect(notes).toEqual(["quantiles, correlations and the linear fit use one row in 2"]);
  expect(columns[0]!.numbers).toBe(100_001);
  expect(columns[0]!.quantiles[2]).toBeCloseTo(0.5, 1);
  expect(Math.abs(correlations[0]!.value)).toBeLessThan(0.02);
});

it("says that training leaves out an index as pandas writes it, unless columns are chosen", async () => {
  const table = await readTable(new File(["Unnamed: 0,x,y\n0,1,2\n1,4,3\n2,9,5\n"], "a.csv"));
  expect(describeTable(table).notes).toEqual([
    "in training, column 1 ('Unnamed: 0') is left out, because it only counts the rows (an index, as pandas writes it)",
  ]);
  expect(describeTable(table, { inputs: "x", outputs: "y" }).notes).toEqual([]);
});

it("tells texts apart, in columns, rows and checksums", async () => {
  const read = (text: string) => readTable(new File([text], "texts.csv"));
  const table = await read("a,b,copy,x\nclay,wet,wet,1\nsand,wet,wet,1\nclay,wet,wet,1\n,,,\n");
  const { duplicateColumns, duplicateRows, digest } = describeTable(table);
  expect(duplicateColumns).toEqual([["b", "copy"]]);
  expect(duplicateRows).toBe(1);
  const other = await read("a,b,copy,x\npeat,wet,wet,1\nsand,wet,wet,1\nclay,wet,wet,1\n,,,\n");
  expect(other.digest()).not.toBe(digest);
});
