import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { samplingStream } from "@stiffnet/base";
import { readTable, type Table, tableOf } from "@stiffnet/tables";
import { beforeAll, describe, expect, it } from "vitest";
import expected from "./fixtures/expected.json" with { type: "json" };
import { dict, npy, zip } from "./made-files.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "stiffnet-formats-"));
});
const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

/** Values of all magnitudes, with the awkward ones among them. */
function awkward(rows: number, width: number): Table {
  const random = samplingStream(8, "points");
  const special = [-0, 5e-324, Number.MAX_VALUE, 2 ** 53, 1 / 3, -1e-9];
  const value = (i: number): number => special[i] ?? (random.uniform() - 0.5) * 10 ** (random.below(60) - 30);
  return tableOf(
    Array.from({ length: width }, (_, c) => `column ${c + 1}`),
    Array.from({ length: rows }, (_, r) => Array.from({ length: width }, (_, c) => value(r * width + c))),
  );
}

/** The table as text, with the digits that give the same numbers again. */
const textOf = (table: Table, delimiter: string): string => {
  const cell = (x: number): string => (Number.isNaN(x) ? "" : Object.is(x, -0) ? "-0" : `${x}`);
  const names = table.columns.map((name) => JSON.stringify(name).replaceAll('\\"', '""'));
  const lines = Array.from({ length: table.count }, (_, r) =>
    table.columns.map((_, c) => cell(table.at(r, c))).join(delimiter),
  );
  return [names.join(delimiter), ...lines].join("\n");
};

describe.each(["csv", "tsv", "csv.gz"])("text in .%s", (ending) => {
  const save = async (name: string, table: Table): Promise<Table> => {
    const path = join(folder, `${name}.${ending}`);
    const text = textOf(table, ending === "tsv" ? "\t" : ",");
    await writeFile(path, ending.endsWith(".gz") ? gzipSync(text) : text);
    return readTable(path);
  };
  it("keeps 1,996 x 25 values to the bit", async () => {
    const table = awkward(1996, 25);
    const back = await save("large", table);
    expect(Buffer.from(back.rows().buffer).equals(Buffer.from(table.rows().buffer))).toBe(true);
    expect(back.columns).toEqual(table.columns);
  });
  it("keeps missing values", async () => {
    const gaps = [
      [1, Number.NaN],
      [Number.NaN, 4],
    ];
    const back = await save("gaps", tableOf(["a", "b"], gaps));
    expect([...back.rows()]).toEqual([1, Number.NaN, Number.NaN, 4]);
    expect([back.faults(0).missing, back.faults(1).missing]).toEqual([1, 1]);
  });
  it("keeps names with commas, quotes and other scripts", async () => {
    const names = ['a "b", c', "température (°C)", "x y", "__proto__"];
    const rows = [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ];
    expect((await save("names", tableOf(names, rows))).columns).toEqual(names);
  });
});

/** [file, tolerance relative to the value (0: to the bit), leading columns that are not among the
 *  expected] */
const whole: [string, number, number][] = [
  ["c-order.npy", 0, 0],
  ["fortran-order.npy", 0, 0],
  ["big-endian.npy", 0, 0],
  ["stored.npz", 0, 0],
  ["deflated.npz", 0, 0],
  ["savetxt.txt", 0, 0],
  ["pandas.csv", 0, 0],
  ["pandas-index.csv.gz", 0, 1],
  ["h5py.h5", 0, 0],
  ["h5py-groups.h5", 0, 0],
  ["netcdf4-library.nc", 0, 0],
  ["arrow-snappy.parquet", 0, 0],
  ["arrow-zstd-groups.parquet", 0, 0],
  // R writes 15 significant digits, pandas 15 digits after the point.
  ["r-write-csv.csv", 1e-14, 1],
  ["r-write-csv2.csv", 1e-14, 0],
  ["r-write-table.txt", 1e-14, 1],
  ["r-tabs.tsv", 1e-14, 0],
];

describe("files of other writers", () => {
  it.each(whole)("%s", async (name, tolerance, extra) => {
    const table = await readTable(fixture(name));
    const values = [...table.rows(table.columns.map((_, i) => i).slice(extra))];
    expect(table.count).toBe(5);
    expected.values.forEach((x, i) => {
      if (tolerance === 0) expect(values[i]).toBe(x);
      else expect(Math.abs(values[i]! - x)).toBeLessThanOrEqual(tolerance * Math.abs(x) + 5e-324);
    });
    const named = !name.endsWith(".npy") && name !== "deflated.npz" && !name.includes("groups.h5");
    if (named) expect(table.columns.slice(extra)).toEqual(expected.names);
  });
  it("pandas.jsonl", async () => {
    const values = (await readTable(fixture("pandas.jsonl"))).rows();
    expected.values.forEach((x, i) => {
      expect(Math.abs(values[i]! - x)).toBeLessThanOrEqual(Math.max(1e-15, 1e-14 * Math.abs(x)));
    });
  });
  it("NumPy's other types", async () => {
    expect([...(await readTable(fixture("whole-numbers.npy"))).rows()]).toEqual([-3, -2, -1, 0, 1, 2]);
    expect([...(await readTable(fixture("booleans.npy"))).rows()]).toEqual([1, 0, 1]);
    expect([...(await readTable(fixture("half.npy"))).rows()]).toEqual([
      0.5,
      -2,
      65504,
      2 ** -24,
      Number.NaN,
      1,
    ]);
    const cube = await readTable(fixture("cube-fortran.npy"));
    expect([cube.count, cube.columns.length]).toEqual([2, 12]);
    expect([...cube.rows()]).toEqual(Array.from({ length: 24 }, (_, i) => i));
  });
  it("names parts of arrays, and says what was left out", async () => {
    const npz = await readTable(fixture("deflated.npz"));
    expect(npz.columns).toEqual(["inputs.1", "inputs.2", "outputs"]);
    expect(npz.notes).toEqual(["array 'grid' has 4 rows where the table has 5: left out"]);
    const h5 = await readTable(fixture("h5py.h5"));
    expect(h5.notes).toEqual([
      "variable 'label' holds no real numbers: left out",
      "variable 'scalar' has no rows: left out",
    ]);
  });
  it("reads the arrays that are asked for, and leaves none of them out", async () => {
    for (const [file, arrays, fault] of [
      ["deflated.npz", ["grid", "inputs"], "array 'grid' has 4 rows where the table has 5, but arrays"],
      ["h5py.h5", ["alpha", "scalar"], "variable 'scalar' has no rows, but arrays (--arrays) asks for it"],
    ] as const) {
      await expect(readTable(fixture(file), { arrays })).rejects.toThrow(`${file}: ${fault}`);
    }
    expect([...(await readTable(fixture("deflated.npz"), { arrays: ["grid"] })).rows()]).toEqual([
      0, 1, 2, 3,
    ]);
    expect([...(await readTable(fixture("h5py-groups.h5"), { arrays: ["run/years"] })).rows()]).toEqual([
      1990, 1991, 1992,
    ]);
    const turned = await readTable(fixture("deflated.npz"), { arrays: ["outputs", "inputs"] });
    expect(turned.columns).toEqual(["outputs", "inputs.1", "inputs.2"]);
    const backwards = [...(await readTable(fixture("h5py.h5"))).columns].reverse();
    expect((await readTable(fixture("h5py.h5"), { arrays: backwards })).columns).toEqual(backwards);
    await expect(readTable(fixture("deflated.npz"), { arrays: ["x"] })).rejects.toThrow(
      "no array 'x', the file has 'inputs', 'outputs', 'grid'",
    );
    await expect(readTable(fixture("h5py.h5"), { arrays: ["x"] })).rejects.toThrow(
      "no variable 'x', the file has 'alpha'",
    );
  });
  it("fill values and packed numbers of NetCDF", async () => {
    expect([...(await readTable(fixture("packed.nc"))).rows()]).toEqual([10, 11.5, Number.NaN]);
    for (const name of ["ncgen.nc", "nccopy-deflated.nc"]) {
      const table = await readTable(fixture(name));
      expect(table.columns).toEqual(["x.1", "x.2", "count"]);
      expect([...table.rows()]).toEqual([1, 2.5, 7, 3, Number.NaN, 8, 5, 6, 9]);
    }
  });
  it("the HDF5 import tool", async () => {
    expect([...(await readTable(fixture("h5import.h5"))).rows()]).toEqual([1.5, 2.5, 3.5, 4.5, 5.5, -6.5]);
  });
  it("types of Parquet; text does no harm until it is chosen", async () => {
    const table = await readTable(fixture("arrow-types.parquet"));
    expect(table.columns).toEqual(["whole", "small", "single", "gap", "word"]);
    expect([...table.rows([0, 1, 2, 3])]).toEqual([1, 4, 0.5, 1, -2, 5, -1.5, Number.NaN, 3, -6, 2.25, 3]);
    expect(table.select({ inputs: "whole,small", outputs: "single" }).count).toBe(3);
    expect(() => table.select({ inputs: "whole", outputs: "word" })).toThrow(
      "row 1, column 5 'word': 'a', expected a",
    );
    expect(() => table.select({ inputs: "whole", outputs: "gap" })).toThrow("row 2, column 4 'gap': 'null'");
  });
  it("NetCDF classic is refused with the command that converts it", async () => {
    await expect(readTable(fixture("classic.nc"))).rejects.toThrow(
      "expected NetCDF-4: `nccopy -k nc4 old.nc new.nc`",
    );
  });
});

describe("large arrays", () => {
  it("of NumPy in either order, packed or not, are read to the bit", async () => {
    const table = awkward(1996, 25);
    const rows = table.rows();
    const columns = Float64Array.from(rows, (_, k) => rows[(k % 1996) * 25 + Math.floor(k / 1996)]!);
    const plain = npy(dict("(1996, 25)"), Buffer.from(new Uint8Array(rows.buffer)));
    const turned = npy(dict("(1996, 25)").replace("False", "True"), Buffer.from(columns.buffer));
    const files = { "c.npy": plain, "fortran.npy": turned, "c.npy.gz": gzipSync(plain) };
    for (const [name, bytes] of Object.entries({ ...files, "c.npz": zip(["x.npy", plain]) })) {
      const path = join(folder, name);
      await writeFile(path, bytes);
      const back = (await readTable(path, name.endsWith(".gz") ? { format: "npy" } : {})).rows();
      expect(Buffer.from(back.buffer).equals(Buffer.from(rows.buffer)), name).toBe(true);
    }
    const back = (await readTable(new File([new Uint8Array(plain)], "c.npy"))).rows();
    expect(Buffer.from(back.buffer).equals(Buffer.from(rows.buffer))).toBe(true);
  });
  it("of Parquet and HDF5 are read to the bit", async () => {
    const rows = awkward(60_000, 25).rows();
    const columnData = Array.from({ length: 25 }, (_, c) => ({
      name: `x${c + 1}`,
      data: Float64Array.from({ length: 60_000 }, (_, r) => rows[r * 25 + c]!),
      type: "DOUBLE" as const,
    }));
    const { parquetWriteFile } = await import("hyparquet-writer");
    parquetWriteFile({ filename: join(folder, "large.parquet"), columnData, rowGroupSize: 25_000 });
    const { default: h5wasm } = await import("h5wasm/node");
    await h5wasm.ready;
    const file = new h5wasm.File(join(folder, "large.h5"), "w");
    file.create_dataset({ name: "x", data: rows, shape: [60_000, 25], dtype: "<d" });
    file.close();
    for (const name of ["large.parquet", "large.h5"]) {
      const back = (await readTable(join(folder, name))).rows();
      expect(Buffer.from(back.buffer).equals(Buffer.from(rows.buffer)), name).toBe(true);
    }
  });
});

describe("files of MATLAB", () => {
  it("are read as MATLAB shows them: x(i, j) is row i", async () => {
    const path = fixture("matlab.mat");
    const table = await readTable(path);
    const { names, values } = expected;
    const given = table.rows(table.indices(["inputs.1", "inputs.2", "flux"]));
    expect([...given]).toEqual(values);
    expect(names).toHaveLength(3);
    expect([...table.column("flags")]).toEqual([1, 0, 1, 0, 1]);
    // As reshape(cube, 5, []) has its columns.
    const cube = await readTable(path, { arrays: ["cube"] });
    expect([...cube.rows([0, 1, 2, 3, 4, 5])].slice(6, 12)).toEqual([6, 9, 7, 10, 8, 11]);
    expect([...table.column("run/depth")]).toEqual([0, 1, 2, 3, 4]);
    expect([...table.notes].sort()).toEqual([
      "variable 'cells' holds MATLAB's cell: left out",
      "variable 'nothing' is empty: left out",
      "variable 'row.1' has 1 row where the table has 5: left out",
      "variable 'title' holds MATLAB's char: left out",
    ]);
  });
  it("of older versions are refused", async () => {
    const path = join(folder, "old.mat");
    await writeFile(path, "MATLAB 5.0 MAT-file, Platform: GLNXA64");
    await expect(readTable(path)).rejects.toThrow(/^old.mat: .* in MATLAB, save with -v7.3/);
  });
});
