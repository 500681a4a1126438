import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomStream } from "@stiffnet/base";
import { readTable } from "@stiffnet/tables";
import { describe, expect, it } from "vitest";
import { dict, npy, zip } from "../../../packages/tables/test/made-files.ts";
import { expectRefusal, inTurn, programOf, temporaryFolder } from "../../../scripts/commands/run.ts";

/** 60 rows: y = 2 a - b to rounding, z = a * b, c is constant, d repeats a. */
function rows(): number[][] {
  const random = randomStream(3, 0);
  return Array.from({ length: 60 }, () => {
    const [a, b] = [4 * random.uniform() - 2, 4 * random.uniform() - 2];
    return [a, b, 7, a, 2 * a - b, a * b];
  });
}
const names = ["a", "b", "c", "d", "y", "z"];

/** An array as numpy.save writes it. */
const npyOf = (values: readonly number[], shape = `(${values.length},)`): Buffer =>
  npy(dict(shape), Buffer.from(Float64Array.from(values).buffer));

function csv(folder: string, change: (text: string) => string = (text) => text): string {
  const lines = rows().map((row) => row.join(","));
  writeFileSync(join(folder, "runs.csv"), change(`${names.join(",")}\n${lines.join("\n")}\n`));
  return folder;
}

/** Empties the cell of column b in the first row. */
const holed = (text: string): string => text.replace(/(\n[^,]+,)[^,]+/, "$1");

describe("data", () => {
  it("prints what a table holds, for people", async () => {
    const cwd = csv(temporaryFolder());
    const { code, stdout, stderr } = await inTurn(
      ["data", "runs.csv", "--inputs", "a,b", "--outputs", "y,z"],
      { cwd },
    );
    expect([code, stderr]).toEqual([0, ""]);
    for (const part of [
      "runs.csv: 60 rows, 6 columns; names from the first line",
      "constant: c",
      "'d' repeats 'a'",
      "a linear fit of 2 inputs on 60 rows",
      "train takes 60 of 60 rows",
    ])
      expect(stdout).toContain(part);
    expect(stdout).toMatch(/^ *y +100\.0 % +100\.0 %$/m);
    expect(stdout).not.toMatch(/^ *z +100\.0 %/m);
  });

  it("prints one document with null where a figure does not exist", async () => {
    const cwd = csv(temporaryFolder(), (text) =>
      text.trimEnd().replace(/^.*$/gm, (line, at) => `${line},${at === 0 ? "site" : "north"}`),
    );
    const { code, stdout } = await inTurn(["data", "runs.csv", "--bins", "4", "--json"], { cwd });
    expect(code).toBe(0);
    const { command, config, digest, table, training } = JSON.parse(stdout);
    expect({ command, config }).toEqual({
      command: "data",
      config: { file: "runs.csv", missing: "error", bins: 4 },
    });
    expect(digest).toBe((await readTable(join(cwd, "runs.csv"))).digest());
    expect(table.columns[6]).toMatchObject({ name: "site", text: 60, mean: null, minimum: null });
    expect(table.columns[2]).toMatchObject({ name: "c", constant: true, mean: 7, histogram: [60, 0, 0, 0] });
    expect(training).toBeUndefined();
  });

  it("says what train would do about gaps, and does not fail on them", async () => {
    const cwd = csv(temporaryFolder(), holed);
    const ask = async (...more: string[]) => {
      const line = ["data", "runs.csv", "--inputs", "a,b", "--outputs", "y", "--json", ...more];
      const { code, stdout } = await inTurn(line, { cwd });
      expect(code).toBe(0);
      const { training, table } = JSON.parse(stdout);
      expect(table.linear.rows).toBe(59);
      return training;
    };
    expect(await ask()).toMatchObject({ rows: 0, refused: expect.stringContaining("line 2, column 2 'b'") });
    expect(await ask("--missing", "drop")).toEqual({ missing: "drop", rows: 59, dropped: 1, filled: {} });
    expect(await ask("--missing", "mean")).toEqual({
      missing: "mean",
      rows: 60,
      dropped: 0,
      filled: { b: 1 },
    });
  });

  it("says that chosen text cannot be trained on, and describes the rest", async () => {
    const cwd = csv(temporaryFolder(), (text) => text.replace(/(\n[^,]+,)[^,]+/, "$1warm"));
    const { code, stdout } = await inTurn(
      ["data", "runs.csv", "--inputs", "a,b", "--outputs", "y", "--missing", "drop"],
      { cwd },
    );
    expect(code).toBe(0);
    expect(stdout).toContain("hold text: b");
    expect(stdout).toMatch(/train would refuse it: .*line 2.*'warm'/);
  });

  it.each([
    ["x,y", (k: number) => `${k % 7},5`, "column 'y' is constant (5 in all 60 rows)"],
    ["x,y", (k: number) => `${k % 7},${k}e120`, "the largest value of output 'y' is 5.90e+121"],
    ["x,y", (k: number) => `${k % 2 ? "" : "-"}1.7e308,${k}`, "input 'x' has values from -1.70e+308 to"],
  ])("says that train refuses constant outputs and numbers of odd sizes (%#)", async (head, row, words) => {
    const cwd = temporaryFolder();
    const rows = Array.from({ length: 60 }, (_, k) => row(k));
    writeFileSync(join(cwd, "runs.csv"), `${[head, ...rows].join("\n")}\n`);
    const columns = ["--inputs", "x", "--outputs", "y"];
    const { code, stdout } = await inTurn(["data", "runs.csv", ...columns, "--json"], { cwd });
    const { training, table } = JSON.parse(stdout);
    expect(code).toBe(0);
    expect(training).toMatchObject({ rows: 0, refused: expect.stringContaining(words) });
    expect(table.linear.rows).toBe(60);
    const refused = words.replace(/ \(.*/, "").replace(/5.90e.*/, "");
    expectRefusal(await inTurn(["train", "runs.csv", ...columns, "--out", "o"], { cwd }), refused);
  });

  it("refuses what no table could meet", async () => {
    const cwd = csv(temporaryFolder());
    expectRefusal(await inTurn(["data", "runs.csv", "--inputs", "a"], { cwd }), "--outputs");
    expectRefusal(await inTurn(["data", "runs.csv", "--inputs", "a", "--outputs", "x"], { cwd }), "'x'");
    expectRefusal(await inTurn(["data", "runs.csv", "--inputs", "a", "--outputs", "a"], { cwd }), "'a'");
    expectRefusal(await inTurn(["data", "none.csv"], { cwd }), "none.csv", "no such file");
    expectRefusal(await inTurn(["data", "runs.csv", "--header", "maybe"], { cwd }), "'maybe'", "yes, no");
  });
});

describe("tables in other formats, and in two files", () => {
  const digestOf = async (cwd: string, ...words: string[]): Promise<string> => {
    const { code, stdout, stderr } = await inTurn(["data", ...words, "--json"], { cwd });
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout).digest;
  };

  it("are the same table, whatever holds it", async () => {
    const cwd = csv(temporaryFolder());
    const whole = await digestOf(cwd, "runs.csv");
    const inputs = [names, ...rows()].map((row) => row.slice(0, 4).join("\t"));
    writeFileSync(join(cwd, "inputs.tsv"), inputs.join("\n"));
    const lines = rows().map((row) => JSON.stringify({ y: row[4], z: row[5] }));
    writeFileSync(join(cwd, "outputs.jsonl"), lines.join("\n"));
    const array = (name: string, c: number): [string, Buffer] => [
      `${name}.npy`,
      npyOf(rows().map((row) => row[c]!)),
    ];
    writeFileSync(join(cwd, "runs.npz"), zip(...names.map(array)));
    expect(await digestOf(cwd, "inputs.tsv", "outputs.jsonl")).toBe(whole);
    expect(await digestOf(cwd, "runs.npz", "--arrays", names.join(","))).toBe(whole);
    expect(await digestOf(cwd, "runs.npz", "--arrays", "y,z")).toBe(await digestOf(cwd, "outputs.jsonl"));
    expectRefusal(await inTurn(["data", "runs.npz", "--arrays", "y,rain"], { cwd }), "rain");
    expectRefusal(await inTurn(["data", "runs.csv", "outputs.jsonl"], { cwd }), "'y'");
  });

  it("train as one file does, and a header is what it is told to be", async () => {
    const cwd = csv(temporaryFolder());
    const tiny = "--epochs 2 --trials 1 --width 3 --depth 2 --json".split(" ");
    const train = async (out: string, ...words: string[]) => {
      const { code, stdout, stderr } = await inTurn(["train", ...words, ...tiny, "--out", out], { cwd });
      expect(code, stderr).toBe(0);
      return JSON.parse(stdout);
    };
    const one = await train("one", "runs.csv", "--inputs", "1-2", "--outputs", "5-6");
    const columns = (from: number, to: number) => rows().map((row) => row.slice(from, to).join(","));
    writeFileSync(join(cwd, "in.csv"), columns(0, 4).join("\n"));
    writeFileSync(join(cwd, "out.csv"), ["y,z", ...columns(4, 6)].join("\n"));
    const two = await train("two", "in.csv", "out.csv", "--inputs", "1-2", "--outputs", "5-6");
    expect(two.digest).toBe(one.digest);
    expect(two.config.data).toMatchObject({ file: "in.csv", others: ["out.csv"] });
    // Without its names, the first line of the second file is a row too many.
    const line = ["train", "in.csv", "out.csv", "--header", "no", "--inputs", "1", "--outputs", "5", ...tiny];
    expectRefusal(await inTurn(line, { cwd }), "61 rows", "60");
    expect(readFileSync(join(cwd, "two", "report.html"), "utf8")).toContain("in.csv + out.csv");
  });
});

describe("two files without names, as numpy writes them", () => {
  it("are inputs and outputs, from reading to prediction", async () => {
    const cwd = temporaryFolder();
    const all = rows();
    const plain = (columns: readonly number[]) =>
      all.map((row) => columns.map((c) => row[c]).join(" ")).join("\n");
    writeFileSync(join(cwd, "X.txt"), plain([0, 1]));
    writeFileSync(join(cwd, "Y.txt"), plain([4, 5]));
    const part = (columns: readonly number[]) =>
      npyOf(
        all.flatMap((row) => columns.map((c) => row[c]!)),
        `(${all.length}, ${columns.length})`,
      );
    writeFileSync(join(cwd, "X.npy"), part([0, 1]));
    writeFileSync(join(cwd, "Y.npy"), part([4, 5]));
    const tiny = "--epochs 4 --trials 2 --width 3 --depth 2 --json".split(" ");
    const digests: string[] = [];
    for (const ending of ["txt", "npy"]) {
      const line = ["train", `X.${ending}`, `Y.${ending}`, ...tiny, "--out", ending];
      const { code, stdout, stderr } = await inTurn(line, { cwd });
      expect(code, stderr).toBe(0);
      const { outputs, config, digest } = JSON.parse(stdout);
      expect(outputs.map(({ name }: { name: string }) => name)).toEqual(["c3", "c4"]);
      expect(config.data).toMatchObject({ inputs: "file:1", outputs: "file:2" });
      digests.push(digest);
    }
    expect(digests[0]).toBe(digests[1]);
    const { code, stdout } = await inTurn(["predict", "npy", "X.npy", "--json"], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).predictions).toHaveLength(all.length);
    const named = ["data", "X.npy", "Y.npy", "--names", "k,T,flux,store", "--json"];
    const { table } = JSON.parse((await inTurn(named, { cwd })).stdout);
    expect(table.columns.map(({ name }: { name: string }) => name)).toEqual(["k", "T", "flux", "store"]);
    expect((await inTurn(named.slice(0, -1), { cwd })).stdout).not.toMatch(/names from|no header/);
    expectRefusal(await inTurn(["data", "X.npy", "--names", "k"], { cwd }), "1 name for 2 columns");
  });
});

it.skipIf(process.platform === "win32")("a table that comes through a pipe is refused in plain words", () => {
  const program = [process.execPath, programOf(["data"]), "data", "/dev/stdin"];
  const { status, stderr } = spawnSync("sh", ["-c", 'echo a,b | cat | "$0" "$@"', ...program], {
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([
    2,
    "stiffnet: stdin: is a pipe, expected a file, because its beginning is read twice\n",
  ]);
});

it.skipIf(process.platform === "win32")("a result that does not fit on the disk is an error", () => {
  // A file of at most 512 or 1,024 bytes takes a part, as a disk does that becomes full.
  const program = [process.execPath, programOf(["train"]), "train", "--schema"];
  const { status, stderr } = spawnSync("sh", ["-c", 'ulimit -f 1; exec "$0" "$@" > out.json', ...program], {
    cwd: temporaryFolder(),
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^stiffnet: .*file too large.*\n$/)]);
});
