import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inputsFor, readTable, type Table } from "@stiffnet/tables";
import { beforeAll, describe, expect, it } from "vitest";
import { book, dict, npy, zip } from "./made-files.ts";

/** A value as a program has it before a file is written. */
type Value = number | bigint | boolean | string | null;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stiffnet-odd-"));
});

/** Writes a column x and a column y of 1, 2, 3 and so on; undefined where the format has no such cells. */
interface Writer {
  readonly name: string;
  write(x: readonly Value[], path: string): Promise<void> | undefined;
}

const count = (x: readonly Value[]): number[] => x.map((_, i) => i + 1);

function lined(name: string, separator: string, cell = (value: Value): string => `${value ?? ""}`): Writer {
  const quoted = (text: string): string => (/[\s"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return {
    name,
    write: (x, path) =>
      writeFile(
        path,
        ["x", ...x.map((v) => quoted(cell(v)))]
          .map((v, i) => `${v}${separator}${["y", ...count(x)][i]}\n`)
          .join(""),
      ),
  };
}

const json = (value: Value): string =>
  typeof value === "bigint"
    ? `${value}`
    : JSON.stringify(typeof value === "number" && !Number.isFinite(value) ? `${value}` : value);
const records = (x: readonly Value[]): string[] => x.map((v, i) => `{"x": ${json(v)}, "y": ${i + 1}}`);

/** One array of NumPy: whole numbers, booleans, reals or texts. */
function numpy(x: readonly Value[]): Buffer | undefined {
  const shape = `(${x.length},)`;
  if (x.every((v) => typeof v === "boolean")) return npy(dict(shape, "'|b1'"), Buffer.from(x.map(Number)));
  if (x.every((v) => typeof v === "bigint")) {
    return npy(dict(shape, "'<i8'"), Buffer.from(BigInt64Array.from(x).buffer));
  }
  if (x.every((v) => typeof v === "number"))
    return npy(dict(shape), Buffer.from(Float64Array.from(x).buffer));
  if (!x.every((v) => typeof v === "string")) return undefined;
  const points = x.flatMap((v) => Array.from({ length: 20 }, (_, i) => v.codePointAt(i) ?? 0));
  return npy(dict(shape, "'<U20'"), Buffer.from(Uint32Array.from(points).buffer));
}

const writers: readonly Writer[] = [
  lined("odd.csv", ","),
  lined("odd.tsv", "\t"),
  { name: "odd.jsonl", write: (x, path) => writeFile(path, `${records(x).join("\n")}\n`) },
  { name: "odd.json", write: (x, path) => writeFile(path, `[\n${records(x).join(",\n")}\n]\n`) },
  { name: "flat.json", write: (x, path) => writeFile(path, `[${records(x).join(",")}]`) },
  {
    name: "odd.npz",
    write: (x, path) => {
      const array = numpy(x);
      return array && writeFile(path, zip(["x.npy", array], ["y.npy", numpy(count(x))!]));
    },
  },
  {
    name: "odd.parquet",
    write(x, path) {
      const types = new Set(x.flatMap((v) => (v === null ? [] : [typeof v])));
      if (types.size > 1) return undefined;
      return import("hyparquet-writer").then(({ parquetWriteFile }) =>
        parquetWriteFile({
          filename: path,
          columnData: [
            { name: "x", data: [...x] },
            { name: "y", data: count(x) },
          ],
        }),
      );
    },
  },
  {
    name: "odd.h5",
    write(x, path) {
      if (!x.every((v) => typeof v === "number") && !x.every((v) => typeof v === "bigint")) return undefined;
      return import("h5wasm/node").then(async ({ default: h5wasm }) => {
        await h5wasm.ready;
        const file = new h5wasm.File(path, "w");
        const whole = typeof x[0] === "bigint";
        const data = whole
          ? BigInt64Array.from(x as readonly bigint[])
          : Float64Array.from(x as readonly number[]);
        file.create_dataset({ name: "x", data, dtype: whole ? "<q" : "<d" });
        file.create_dataset({ name: "y", data: Float64Array.from(count(x)), dtype: "<d" });
        file.close();
      });
    },
  },
  {
    name: "odd.xlsx",
    write(x, path) {
      // A workbook holds numbers as Excel does, with 15 digits.
      if (x.some((v) => typeof v === "bigint" || (typeof v === "number" && !Number.isFinite(v))))
        return undefined;
      const cell = (v: Value): string =>
        v === null
          ? "<c/>"
          : typeof v === "string"
            ? `<c t="inlineStr"><is><t>${v}</t></is></c>`
            : `<c${typeof v === "boolean" ? ' t="b"' : ""}><v>${Number(v)}</v></c>`;
      const rows = [["x", "y"], ...x.map((v, i) => [v, i + 1])];
      return writeFile(
        path,
        book(rows.map((row, r) => `<row r="${r + 1}">${row.map(cell).join("")}</row>`).join("")),
      );
    },
  },
];

interface Odd {
  readonly name: string;
  readonly x: readonly Value[];
  readonly numbers: readonly number[];
  readonly labels: readonly string[];
  /** What choosing the column says; undefined where it may be chosen. */
  readonly refused?: RegExp;
}

const huge = "9007199254740993";
const none = Number.NaN;

const odd: readonly Odd[] = [
  {
    name: "booleans are 0 and 1",
    x: [true, false, true],
    numbers: [1, 0, 1],
    labels: ["1", "0", "1"],
  },
  {
    name: "whole numbers that a float64 holds, beyond 2^53 too",
    x: [2n ** 53n, -(2n ** 60n), 7n],
    numbers: [2 ** 53, -(2 ** 60), 7],
    labels: ["9007199254740992", "-1152921504606846976", "7"],
  },
  {
    name: "whole numbers that it does not hold keep their digits",
    x: [5n, BigInt(huge), -BigInt(huge)],
    numbers: [5, none, none],
    labels: ["5", huge, `-${huge}`],
    refused:
      /(line|row) \d, column 1 'x': '9007199254740993', expected a number that a float64 holds exactly \(and 1 more/,
  },
  {
    name: "text",
    x: ["low", "n\u00e9v\u00e9", "a \u201cquote\u201d"],
    numbers: [none, none, none],
    labels: ["low", "n\u00e9v\u00e9", "a \u201cquote\u201d"],
    refused: /column 1 'x': 'low', expected a finite number \(and 2 more/,
  },
  {
    name: "words for what is missing",
    x: ["NaN", "", "N/A"],
    numbers: [none, none, none],
    labels: ["", "", ""],
    refused:
      /column 1 'x': ('(NaN|null)' counts as an empty cell|the cell is empty), expected a finite number \(and 2 more.*--missing drop/,
  },
  {
    name: "not a number and infinities",
    x: [1.5, Number.NaN, Number.POSITIVE_INFINITY],
    numbers: [1.5, none, none],
    labels: ["1.5", "", "Infinity"],
    refused: /column 1 'x': ('NaN'|'null') counts as an empty cell, expected a finite number.*--missing drop/,
  },
  {
    name: "numbers and texts in one column",
    x: [1.5, "low", 2.5],
    numbers: [1.5, none, 2.5],
    labels: ["1.5", "low", "2.5"],
    refused: /column 1 'x': 'low', expected a finite number/,
  },
  {
    name: "numbers and gaps",
    x: [1.5, null, 2.5],
    numbers: [1.5, none, 2.5],
    labels: ["1.5", "", "2.5"],
    refused:
      /column 1 'x': ('null' counts as an empty cell|the cell is empty), expected a finite number.*--missing drop/,
  },
];

describe.each(writers.map((writer) => [writer.name, writer] as const))("%s", (name, writer) => {
  it.each(odd.map((each) => [each.name, each] as const))("%s", async (_, { x, numbers, labels, refused }) => {
    const path = join(folder, name);
    const written = writer.write(x, path);
    if (!written) return;
    await written;
    const table: Table = await readTable(path);
    expect([...table.column("y")]).toEqual(count(x));
    const column = table.indices("x")[0]!;
    expect([...table.column("x")]).toEqual(numbers);
    expect(x.map((_, row) => table.label(row, column))).toEqual(labels);
    const chosen = (): unknown => table.select({ inputs: "x", outputs: "y" });
    if (refused) expect(chosen).toThrow(refused);
    else chosen();
    // The parts of one file, which are joined, do not name it again.
    expect(chosen).not.toThrow(`${name}, ${name}`);
  });

  it("a column of texts is one input for each value, and another text is refused by its place", async () => {
    const [path, other] = [join(folder, `soils-${name}`), join(folder, `loam-${name}`)];
    const soils = ["peat", "clay", "clay", "n\u00e9v\u00e9", "peat", "n\u00e9v\u00e9"];
    const written = writer.write(soils, path);
    if (!written) return;
    await Promise.all([written, writer.write(["clay", "loam"], other)]);
    const table = await readTable(path);
    expect(() => table.select({ inputs: "x", outputs: "y" })).toThrow("'peat', expected a finite number");
    const { inputNames, inputs, categories, notes } = table.select({
      inputs: "x",
      outputs: "y",
      text: "categories",
    });
    const values = ["clay", "n\u00e9v\u00e9", "peat"];
    expect(categories).toEqual([{ name: "x", first: 0, values }]);
    expect(inputNames).toEqual(values.map((value) => `x=${value}`));
    expect([...inputs]).toEqual(soils.flatMap((soil) => values.map((value) => Number(soil === value))));
    expect(notes).toEqual([
      "column 1 'x' holds text, and becomes one input for each of its 3 values (clay, n\u00e9v\u00e9, peat)",
    ]);
    const strange = await readTable(other);
    expect(() => inputsFor(strange, { inputNames, categories })).toThrow(
      `loam-${name}, row 2, column 1 'x': 'loam', expected one of clay, n\u00e9v\u00e9, peat`,
    );
  });
});
