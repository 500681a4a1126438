import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  describeTable,
  joinColumns,
  type ReadOptions,
  readTable,
  renderDescription,
  tableOf,
} from "@stiffnet/tables";
import { beforeAll, describe, expect, it } from "vitest";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stiffnet-options-"));
  await writeFile(join(folder, "a.csv"), "a,b\n1,2\n3,4\n");
});

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

const given: Required<Omit<ReadOptions, "format">> = {
  header: false,
  delimiter: ",",
  decimal: ".",
  arrays: ["a"],
};

/** Which options a file of each format takes. */
const takes: [file: () => string, options: (keyof ReadOptions)[], arrays?: string[]][] = [
  [() => join(folder, "a.csv"), ["header", "delimiter", "decimal"]],
  [() => fixture("pandas.jsonl"), []],
  [() => fixture("c-order.npy"), []],
  [() => fixture("stored.npz"), ["arrays"], ["alpha"]],
  [() => fixture("arrow-snappy.parquet"), []],
  [() => fixture("h5py.h5"), ["arrays"], ["alpha"]],
  [() => fixture("openpyxl-no-header.xlsx"), ["arrays", "header"], ["Sheet"]],
];

describe("options of readTable", () => {
  it("take effect on a format, or are refused", async () => {
    for (const [file, taken, arrays = []] of takes) {
      for (const [key, value] of Object.entries(given) as [keyof ReadOptions, never][]) {
        const options = { [key]: key === "arrays" && taken.includes(key) ? arrays : value };
        const read = readTable(file(), options);
        if (taken.includes(key)) {
          expect((await read.catch((error) => error.message)).count, `${file()} ${key}`).toBeGreaterThan(0);
        } else {
          await expect(read, `${file()} ${key}`).rejects.toThrow(
            new RegExp(`^[\\w.-]+: ${key} is given for a file of format \\w+, expected one of format `),
          );
        }
      }
    }
  });

  it.each([
    [{ headr: true }, "readTable: headr is not an option; did you mean 'header'?"],
    [{ header: "yes" }, "readTable: header is 'yes', expected true or false"],
    [{ delimiter: ":" }, "readTable: delimiter is ':', expected one of"],
    [{ arrays: [] }, "readTable: arrays is a list of 0, expected a list of at least 1"],
    [{ format: "sql" }, "readTable: format is 'sql', expected one of text, jsonl"],
  ])("%j are refused before a file is opened", async (options, words) => {
    await expect(readTable("no-such-file.csv", options as never)).rejects.toThrow(words);
    await expect(readTable(new File(["a\n1\n"], "a.csv"), options as never)).rejects.toThrow(words);
  });

  it("decimal says which sign numbers have before their fraction", async () => {
    const path = join(folder, "decimals.csv");
    await writeFile(path, "a;b\n1.005;0,5\n7;8\n");
    await expect(readTable(path)).rejects.toMatchObject({ code: "mixed_decimals" });
    const points = await readTable(path, { decimal: "." });
    expect([...points.rows()]).toEqual([1.005, Number.NaN, 7, 8]);
    const commas = await readTable(path, { decimal: "," });
    expect([...commas.rows()]).toEqual([Number.NaN, 0.5, 7, 8]);
    expect([points.label(0, 1), commas.label(0, 0)]).toEqual(["0,5", "1.005"]);
    await writeFile(path, 'a,b\n"1,5",2\n');
    expect([...(await readTable(path, { decimal: "," })).rows()]).toEqual([1.5, 2]);
  });
});

it("options of the other functions are known, or refused", async () => {
  const table = tableOf(["a", "b"], [[1, 2]]);
  const choice = { inputs: "a", outputs: "b" };
  expect(() => table.select({ ...choice, missng: "drop" } as never)).toThrow(
    "select: missng is not an option; did you mean 'missing'?",
  );
  expect(() => table.select({ inputs: "a" } as never)).toThrow(
    "select: outputs is undefined, expected columns",
  );
  expect(() => describeTable(table, { bin: 3 } as never)).toThrow("describeTable: bin is not an option");
  expect(() => describeTable(table, { inputs: "a" })).toThrow(
    "inputs are given without outputs, expected both",
  );
});

describe("names that differ only in Unicode form", () => {
  const [one, two] = ["caf\u00e9", "cafe\u0301"];
  it("are one name, in files and in choices", async () => {
    const path = join(folder, "names.csv");
    await writeFile(path, `${two},b\n1,2\n`);
    const table = await readTable(path);
    expect(table.columns).toEqual([one, "b"]);
    expect([
      table.column(one)[0],
      table.column(two)[0],
      table.withColumns(["b", two]).column(one)[0],
    ]).toEqual([1, 1, 2]);
    await writeFile(path, `${one},${two}\n1,2\n`);
    await expect(readTable(path)).rejects.toMatchObject({ code: "duplicate_column" });
    expect(() => joinColumns([table, tableOf([two], [[3]])])).toThrow(/column 'caf.' is in names.csv and/);
  });
});

it("an array of an NPZ file that holds neither numbers nor text is left out with a note", async () => {
  const { dict, npy, zip } = await import("./made-files.ts");
  const path = join(folder, "mixed.npz");
  const plain = npy(dict("(2,)"), Buffer.from(Float64Array.of(1, 2).buffer));
  const texts = npy(dict("(2,)", "'|S3'"), Buffer.from("lowhi\0"));
  await writeFile(
    path,
    zip(
      ["x.npy", plain],
      ["site.npy", texts],
      ["any.npy", npy(dict("(2,)", "'|O'"))],
      ["none.npy", npy(dict("(0,)"))],
    ),
  );
  const table = await readTable(path);
  expect(table.columns).toEqual(["x", "site"]);
  expect([table.label(0, 1), table.label(1, 1)]).toEqual(["low", "hi"]);
  expect(table.notes).toEqual([
    "array 'any' holds cells of type '|O', expected real numbers or text (pickled objects are never loaded): left out",
    "array 'none' shape (0) holds no numbers, expected at least one row: left out",
  ]);
  await expect(readTable(path, { arrays: ["any"] })).rejects.toThrow("array 'any': holds cells of type '|O'");
});

it("a table knows whether its columns have names of their own", async () => {
  const path = join(folder, "header.csv");
  await writeFile(path, "1,2\n3,4\n");
  const nameless = await readTable(path);
  await writeFile(join(folder, "arrays.jsonl"), "[1,2]\n[3,4]\n");
  for (const table of [
    nameless,
    await readTable(fixture("c-order.npy")),
    await readTable(join(folder, "arrays.jsonl")),
    joinColumns([nameless, nameless]),
  ]) {
    expect([table.header, table.columns[0]]).toEqual(["none", "c1"]);
  }
  for (const header of [false, true]) {
    const named = (await readTable(path, { header })).withColumns(["a", "b"]);
    const joined = joinColumns([named, tableOf(["y"], [[5], [6]].slice(Number(header)))]);
    expect([named.header, joined.header]).toEqual(["stored", "stored"]);
    expect(renderDescription(describeTable(named))).not.toMatch(/names from|no header/);
  }
  for (const file of ["stored.npz", "pandas.jsonl", "arrow-snappy.parquet", "h5py.h5"]) {
    expect((await readTable(fixture(file))).header).toBe("stored");
  }
});
