import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { samplingStream } from "@stiffnet/base";
import { readTable, Table, TableError } from "@stiffnet/tables";
import { beforeAll, describe, expect, it } from "vitest";
import { malformed } from "./malformed-files.ts";
import { malformedWorkbooks } from "./malformed-workbooks.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stiffnet-malformed-"));
});

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

/** Reads bytes under a name; the table or the error. */
async function attempt(name: string, bytes: Uint8Array | string): Promise<unknown> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return readTable(path).catch((error: unknown) => error);
}

it("reads 200,000 columns, and finds the name that stands twice among them", async () => {
  const names = Array.from({ length: 200_000 }, (_, i) => `x${i}`).join(",");
  const numbers = Array.from({ length: 200_000 }, () => "1").join(",");
  const table = await attempt("wide.csv", `${names}\n${numbers}\n`);
  expect(table).toBeInstanceOf(Table);
  expect((table as Table).indices("1-")).toHaveLength(200_000);
  const error = await attempt("wide.csv", `${names},x7\n${numbers},1\n`);
  expect(error).toMatchObject({
    message: "wide.csv, line 1: columns 8 and 200001 are both called 'x7', expected different names",
  });
});

it("refuses an HDF5 variable of four billion rows that are not there", async () => {
  const path = join(folder, "hollow.h5");
  const { default: h5wasm } = await import("h5wasm/node");
  await h5wasm.ready;
  const file = new h5wasm.File(path, "w");
  file.create_dataset({ name: "x", data: new Float64Array(8), shape: [8], maxshape: [null], chunks: [8] });
  const variable = file.get("x");
  if (variable instanceof h5wasm.Dataset) variable.resize([4e9]);
  file.close();
  await expect(readTable(path)).rejects.toThrow(
    /^hollow.h5, variable 'x': \d+ bytes declare 32000000000 bytes/,
  );
});

it("takes JSON nested a million deep for text", async () => {
  const table = await attempt("deep.jsonl", `{"a":${"[".repeat(1e6)}${"]".repeat(1e6)}}\n`);
  if (table instanceof Table) expect(table.faults(0).first.text?.found).toBe("[...]");
  else expect(table).toMatchObject({ code: "malformed_text" });
});

describe("malformed files", () => {
  it.each([...malformed, ...malformedWorkbooks])("%s", async (_, name, bytes, code, words) => {
    const error = await attempt(name, bytes());
    expect(error).toBeInstanceOf(TableError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) });
    expect((error as TableError).message).toMatch(/^[^\n]{1,400}$/);
  });
});

describe.each([
  "c-order.npy",
  "stored.npz",
  "deflated.npz",
  "arrow-snappy.parquet",
  "h5py.h5",
  "openpyxl-sheets.xlsx",
  "openpyxl-cells.xlsx",
  "pandas-index.csv.gz",
  "pandas.jsonl",
])("damage to %s", (name) => {
  it("gives a table or one line, wherever the file is cut", async () => {
    const bytes = await readFile(fixture(name));
    for (let k = 0; k < 24; k++) {
      const result = await attempt(name, bytes.subarray(0, Math.floor((bytes.length * k) / 24)));
      expectTableOrLine(result);
      if (!name.includes("json")) expect(result).toBeInstanceOf(TableError);
    }
  });
  it("gives a table or one line, whichever bytes are changed", async () => {
    const bytes = await readFile(fixture(name));
    const random = samplingStream(17, "points");
    for (let k = 0; k < 60; k++) {
      const changed = Buffer.from(bytes);
      for (let i = 0; i < 3; i++) changed[random.below(bytes.length)] = random.below(256);
      expectTableOrLine(await attempt(name, changed));
    }
  });
});

function expectTableOrLine(result: unknown): void {
  if (result instanceof Table) return;
  expect(result).toBeInstanceOf(TableError);
  expect((result as TableError).message).toMatch(/^[^\n]+$/);
}
