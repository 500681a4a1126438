import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomStream } from "@stiffnet/base";
import { inspectOnnx } from "@stiffnet/onnx";
import { beforeAll, describe, expect, it } from "vitest";
import { expectDocument } from "../../../scripts/commands/expect-document.ts";
import { expectRefusal, inTurn, temporaryFolder } from "../../../scripts/commands/run.ts";

const cwd = temporaryFolder();
const out = join(cwd, "results", "train");
const random = randomStream(5, 0);
/** y is 2 a + b with some noise; `idle` does nothing. */
const rows = Array.from({ length: 200 }, (_, run) => {
  const [a, b, idle] = [random.uniform(), 4 * random.uniform(), random.uniform()];
  const noise = 0.05 * (random.uniform() + random.uniform() - 1);
  return [1000 + run, a, b, idle, 2 * a + b + noise, -100 * a];
});
const names = ["run", "a", "b", "idle", "y", "z"];

function write(
  file: string,
  columns: readonly string[],
  of: readonly (readonly number[])[],
  header = true,
): void {
  const at = columns.map((name) => names.indexOf(name));
  const lines = of.map((row) => at.map((i) => row[i]).join(","));
  writeFileSync(join(cwd, file), [...(header ? [columns.join(",")] : []), ...lines].join("\n"));
}

const cells = (text: string): string[][] =>
  text
    .trim()
    .split("\r\n")
    .map((line) => line.split(","));
type Document = Readonly<Record<string, unknown>>;
let trained: Document;

beforeAll(async () => {
  write("runs.csv", names, rows);
  const line =
    "train runs.csv --inputs a,b,idle --outputs y,z --trials 4 --epochs 60 --width 8 --depth 2 --model network --json";
  const { code, stdout, stderr } = await inTurn([...line.split(" "), "--validation", "0.25"], { cwd });
  expect(code, stderr).toBe(0);
  trained = JSON.parse(stdout);
}, 240_000);

describe("train", () => {
  it("counts the rows, and tells how many of them its intervals held", async () => {
    const summary = trained as unknown as {
      rows: object;
      intervals: { level: number; outside: number };
      outputs: { name: string; coverage: number; halfWidth: number }[];
      sensitivity: { inputs: string[] };
    };
    expect(summary.rows).toEqual({
      train: 160,
      validation: 40,
      test: 40,
      dropped: 0,
      filled: 0,
      constant: [],
    });
    expect(summary.intervals.level).toBe(0.9);
    for (const { coverage, halfWidth } of summary.outputs) {
      // 90 % of 40, less three deviations.
      expect(coverage).toBeGreaterThan(0.75);
      expect(halfWidth).toBeGreaterThan(0);
    }
    expect(summary.sensitivity.inputs).toEqual(["a", "b", "idle"]);
    const { surrogate } = await inspectOnnx(join(out, "model.onnx"));
    const { rows: calibrated, outputs } = surrogate!.metadata.intervals as {
      rows: number;
      outputs: object[];
    };
    // Four trials of a quarter each: every training row was kept back once.
    expect([calibrated, outputs.length]).toEqual([160, 2]);
  });

  it("writes every test row with its place in the table, prediction, residual and interval", () => {
    const [header, ...lines] = cells(readFileSync(join(out, "predictions.csv"), "utf8"));
    expect(header!.slice(0, 6)).toEqual(["row", "y", "y predicted", "y residual", "y low", "y high"]);
    expect(lines).toHaveLength(40);
    for (const [row, y, predicted, residual, low, high] of lines.map((line) => line.map(Number))) {
      expect(y).toBe(rows[row! - 1]![4]);
      expect(residual).toBe(y! - predicted!);
      expect(low! + high!).toBeCloseTo(2 * predicted!, 9);
      expect(low).toBeLessThan(predicted!);
    }
  });
});

describe("predict", () => {
  it("answers new rows as the training did its test rows, and copies what tells them apart", async () => {
    const [, ...lines] = cells(readFileSync(join(out, "predictions.csv"), "utf8"));
    // Other order, and a column that is no input.
    const chosen = lines.map(([row]) => rows[Number(row) - 1]!);
    write("new.csv", ["z", "idle", "b", "run", "a"], chosen);
    const { code, stdout, stderr } = await inTurn(["predict", out, "new.csv", "--id", "run"], { cwd });
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/^(predict: \d+ of 40 rows lie outside.*\n)?$/),
    ]);
    const [header, ...answers] = cells(stdout);
    expect(header).toEqual("row,run,y,y std,y low,y high,z,z std,z low,z high,outside".split(","));
    answers.forEach((answer, i) => {
      expect(answer.slice(0, 3)).toEqual([`${i + 1}`, `${chosen[i]![0]}`, lines[i]![2]]);
      expect(answer.slice(4, 6)).toEqual(lines[i]!.slice(4, 6));
    });
  });

  it("copies texts, and whole numbers with all their digits", async () => {
    const lines = ['0,0.5,2,"first, or so",9007199254740993', "0,0.5,2,12,1152921504606846976"];
    writeFileSync(join(cwd, "named.csv"), `a,b,idle,run,key\n${lines.join("\n")}\n`);
    const { code, stdout } = await inTurn(["predict", out, "named.csv", "--id", "run,key"], { cwd });
    expect(code).toBe(0);
    const [, first, second] = stdout.split("\n");
    expect(first).toMatch(/^1,"first, or so",9007199254740993,/);
    expect(second).toMatch(/^2,12,1152921504606846976,/);
  });

  it("warns outside the box, where intervals are wider, and takes inputs without names in their order", async () => {
    const inside = [0, 0.5, 2, 0.5, 0, 0];
    write("far.csv", ["a", "b", "idle"], [inside, [0, 0.5, 40, 0.5, 0, 0]], false);
    const { code, stdout, stderr } = await inTurn(["predict", out, "far.csv", "--json"], { cwd });
    expect(code).toBe(0);
    expect(stderr).toContain("1 of 2 rows lies outside the ranges");
    const { predictions, outside } = JSON.parse(stdout);
    expect(outside).toBe(1);
    const width = ({ outputs: [y] }: { outputs: { low: number; high: number }[] }): number =>
      y!.high - y!.low;
    expect(predictions[0].outside).toBe(0);
    expect(predictions[1].outside).toBeGreaterThan(8);
    expect(width(predictions[1])).toBeGreaterThan(8 * width(predictions[0]));
  });

  it("writes a file, at another level", async () => {
    write("new.csv", names, rows.slice(0, 3));
    const line = ["predict", join(out, "model.onnx"), "new.csv", "--level", "0.5", "--out", "answers.csv"];
    const { code, stdout } = await inTurn(line, { cwd });
    expect([code, stdout]).toEqual([0, "predictions answers.csv\n"]);
    expect(cells(readFileSync(join(cwd, "answers.csv"), "utf8"))).toHaveLength(4);
  });

  it("refuses other tables in one line", async () => {
    write("other.csv", ["run", "a"], rows.slice(0, 3));
    expectRefusal(await inTurn(["predict", out, "other.csv"], { cwd }), "no column 'b'", "a, b, idle");
    // As many columns as inputs, in their order, but of other names.
    writeFileSync(join(cwd, "renamed.csv"), "x1,x2,x3\n1,2,3\n");
    expectRefusal(await inTurn(["predict", out, "renamed.csv"], { cwd }), "no column 'a'", "a, b, idle");
    writeFileSync(join(cwd, "huge.csv"), "a,b,idle\n0.5,2,0.5\n-1e39,2,0.5\n");
    expectRefusal(
      await inTurn(["predict", out, "huge.csv"], { cwd }),
      "huge.csv, row 2: the model has no finite y at a = -1e+39",
    );
    write("nameless.csv", ["a", "b"], rows.slice(0, 3), false);
    expectRefusal(await inTurn(["predict", out, "nameless.csv"], { cwd }), "2 columns without names");
    writeFileSync(join(cwd, "gap.csv"), "a,b,idle\n1,2,3\n1,,3\n");
    expectRefusal(
      await inTurn(["predict", out, "gap.csv"], { cwd }),
      "gap.csv, line 3, column 2 'b': the cell is empty",
    );
    expectRefusal(await inTurn(["predict", out, "none.csv"], { cwd }), "none.csv");
    expectRefusal(
      await inTurn(["predict", out, "gap.csv", "--level", "0.91"], { cwd }),
      "--level: is '0.91'",
    );
    expectRefusal(await inTurn(["predict", "runs.csv", "gap.csv"], { cwd }), "runs.csv");
  });
});

describe("sensitivity", () => {
  const folder = join(cwd, "sensitivity");
  const run = (...more: string[]) =>
    inTurn(["sensitivity", out, "--samples", "1024", "--out", folder, ...more], { cwd });

  it("finds what the outputs depend on", async () => {
    const { code, stdout, stderr } = await run("--json");
    expect(code, stderr).toBe(0);
    const document = JSON.parse(stdout);
    expectDocument(document, folder);
    const [y, z] = document.analysis.outputs;
    // Variances of 2 a and b: 4 / 12 and 16 / 12; networks of a few seconds are near it.
    const value = ({ value }: { value: number }): number => value;
    expect(y.total.map(value)[0]).toBeCloseTo(0.2, 1);
    expect(y.total.map(value)[1]).toBeCloseTo(0.8, 1);
    expect(y.total.map(value)[2]).toBeLessThan(0.02);
    expect(z.total.map(value)[0]).toBeGreaterThan(0.95);
    expect(readFileSync(join(folder, "report.html"), "utf8")).toContain("y depends most on b");
  });

  it("draws inputs from other ranges, and holds them", async () => {
    const { code, stdout, stderr } = await run("--range", "b=1", "--range", "a=0.01:1", "--log", "a");
    expect(code, stderr).toBe(0);
    expect(stdout).toContain("Held fixed: b at 1.");
    expect(stdout).toContain("Drawn on a logarithmic scale: a.");
    expect(stdout).toMatch(/y +a +(0\.9|1)/);
  });

  it("says where it extrapolates", async () => {
    const { code, stdout: wrapped, stderr } = await run("--range", "idle=-100:100", "--range", "b=7");
    expect(code, stderr).toBe(0);
    const stdout = wrapped.replace(/\s+/g, " ");
    expect(stdout).toMatch(/Warning: idle is drawn from -100 to 100, but the model was trained from 0\.0/);
    expect(stdout).toMatch(/Warning: b is held at 7, but the model was trained from 0\.\d+ to 3\.9/);
    expect(stderr).toContain("sensitivity: Warning: idle is drawn");
  });

  it("refuses what cannot be drawn", async () => {
    expectRefusal(await run("--range", "c=0:1"), "'c' is not an input", "a, b, idle");
    expectRefusal(await run("--range", "a=2:1"), "--range: is 'a=2:1'");
    expectRefusal(await run("--log", "a", "--range", "a=0:1"), "--log: 'a' begins at 0");
    expectRefusal(await run("--log", "a", "--range", "a=1"), "--log: 'a' is held at 1");
    expectRefusal(await run("--range", "a=0:1", "--range", "a=1"), "--range: 'a' is given twice");
    const odd = ["sensitivity", out, "--samples", "1000", "--out", folder];
    expectRefusal(await inTurn(odd, { cwd }), "--samples: is 1000, expected a power of two");
    const held = ["a=1", "b=1", "idle=1"].flatMap((range) => ["--range", range]);
    expectRefusal(await run(...held), "no input varies");
  });
});
