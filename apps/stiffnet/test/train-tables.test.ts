import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomStream } from "@stiffnet/base";
import { inspectOnnx } from "@stiffnet/onnx";
import { beforeAll, describe, expect, it } from "vitest";
import { expectRefusal, inTurn, temporaryFolder } from "../../../scripts/commands/run.ts";

const cwd = temporaryFolder();
const random = randomStream(5, 0);
/** a, b and k. */
const rows = Array.from({ length: 100 }, () => [random.uniform(), 4 * random.uniform(), random.uniform()]);
const cells = (text: string): string[][] =>
  text
    .trim()
    .split("\r\n")
    .map((line) => line.split(","));

describe("train, on what tables hold", () => {
  const tiny = "--trials 2 --epochs 4 --width 3 --depth 2 --json".split(" ");
  const train = async (...words: string[]) => {
    const usual = words.includes("--trials") ? tiny.slice(2) : tiny;
    const { code, stdout, stderr } = await inTurn(["train", ...words, ...usual], { cwd });
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout);
  };
  beforeAll(() => {
    const lines = rows.map(([a, b, k]) => [a, b, 7, k! + 0.1, (a! + b!) * 1e44, a! - b!].join(","));
    writeFileSync(join(cwd, "odd.csv"), ["a,b,fixed,k,large,small", ...lines].join("\n"));
  });

  it("ignores what never varied, and exports units that float32 cannot hold", async () => {
    const { rows: counted, outputs } = await train(
      ...[
        "odd.csv",
        "--inputs",
        "a,b,fixed",
        "--outputs",
        "large,small",
        "--out",
        "odd",
        "--model",
        "network",
      ],
    );
    expect(counted.constant).toEqual(["fixed"]);
    expect(outputs[0].model.rmse).toBeGreaterThan(1e42);
    const { surrogate } = await inspectOnnx(join(cwd, "odd", "model.onnx"));
    expect(surrogate!.dtype).toBe("float64");
    writeFileSync(join(cwd, "fixed.csv"), "a,b,fixed\n0.5,2,7\n0.5,2,-1000\n");
    const { stdout } = await inTurn(["predict", "odd", "fixed.csv", "--json"], { cwd });
    const [as, other] = JSON.parse(stdout).predictions;
    expect(other.outputs[0].value).toBe(as.outputs[0].value);
    expect([as.outside, other.outside]).toEqual([0, 1]);
  });

  it("takes logarithms and components, which the exported file undoes", async () => {
    const line = "odd.csv --inputs a,b,k --outputs large,small --prepare log:k* --prepare components:1";
    const { config } = await train(...line.split(" "), "--group", "fixed,a", "--out", "prepared");
    expect(config.data).toMatchObject({ group: "fixed,a", prepare: { log: ["k*"], components: 1 } });
    const { surrogate } = await inspectOnnx(join(cwd, "prepared", "model.onnx"));
    expect(surrogate!.preparation[0]!.inputs.steps.map(({ kind }) => kind)).toEqual(["log", "affine"]);
    expect(surrogate!.outputs).toHaveLength(2);
    const unknown = [
      "train",
      "odd.csv",
      "--inputs",
      "a",
      "--outputs",
      "small",
      "--prepare",
      "log:q",
      ...tiny,
    ];
    expectRefusal(await inTurn(unknown, { cwd }), "logarithms ask for 'q', but no column has this name");
    const left = unknown.map((word) => (word === "log:q" ? "log:b" : word));
    expectRefusal(await inTurn(left, { cwd }), "--prepare log: 'b' is neither an input nor an output");
    writeFileSync(
      join(cwd, "site.csv"),
      ["a,site,y", ...rows.map(([a], k) => `${a},${"pq"[k % 2]},${a}`)].join("\n"),
    );
    const text = ["train", "site.csv", "--inputs", "a,site", "--outputs", "y", "--prepare", "log:site"];
    expectRefusal(await inTurn([...text, ...tiny], { cwd }), "--prepare log: 'site' holds text");
    const two = ["train", "odd.csv", "--inputs", "a", "--outputs", "small", "--fold", "1/3", "--group", "b"];
    expectRefusal(await inTurn(two, { cwd }), "--fold: is given with --group");
  });

  it("names the table's row of a value that has no logarithm, but not of a row that is left out", async () => {
    const lines = rows.map(([a], row) => `${a},${row === 36 ? 0 : a! + 1}`);
    const line = "train zero.csv --inputs a --outputs y --prepare log:y".split(" ");
    for (const test of ["0.2", "0"]) {
      writeFileSync(join(cwd, "zero.csv"), ["a,y", ...lines].join("\n"));
      const refused = await inTurn([...line, "--test", test, ...tiny], { cwd });
      expectRefusal(refused, "zero.csv, row 37, column 'y': 0 has no logarithm, expected a positive number");
    }
    writeFileSync(join(cwd, "zero.csv"), ["a,y", ...lines.with(36, ",0")].join("\n"));
    const { rows: counted } = await train(...line.slice(1), "--missing", "drop", "--out", "zero");
    expect(counted.dropped).toBe(1);
  });

  it("names the place of such a value in a table to test on, and in one to predict or to examine", async () => {
    const lines = rows.map(([a]) => `${a! + 1},${a}`);
    writeFileSync(join(cwd, "above.csv"), ["a,y", ...lines].join("\n"));
    writeFileSync(join(cwd, "other.csv"), "y,a\n,1\n,0\n0.5,1.5\n0.5,0\n");
    const line = "train above.csv --inputs a --outputs y --prepare log:a --out above".split(" ");
    const expected = "column 'a': 0 has no logarithm, expected a positive number";
    const tested = await inTurn([...line, "--test-file", "other.csv", "--missing", "drop", ...tiny], { cwd });
    expectRefusal(tested, `other.csv, row 4, ${expected}`);
    await train(...line.slice(1), "--model", "network");
    expectRefusal(await inTurn(["predict", "above", "other.csv"], { cwd }), `other.csv, row 2, ${expected}`);
    const examined = await inTurn(["stability", "above", "--data", "other.csv"], { cwd });
    expectRefusal(examined, `other.csv, row 2, ${expected}`);
    const held = await inTurn(["suggest", "above", "--fixed", "a=0"], { cwd });
    expectRefusal(held, "--fixed a: 0 has no logarithm");
    const ranged = await inTurn(["sensitivity", "above", "--range", "a=-1:1"], { cwd });
    expectRefusal(ranged, "--range a: -1 has no logarithm");
  });

  it.each([1e-170, 1e180])(
    "refuses outputs of the size %d, whose squares a float64 cannot hold",
    async (size) => {
      const lines = rows.map(([a, b]) => `${a},${(a! + b!) * size}`);
      writeFileSync(join(cwd, "size.csv"), ["a,y", ...lines].join("\n"));
      const line = ["train", "size.csv", "--inputs", "a", "--outputs", "y", ...tiny];
      expectRefusal(await inTurn(line, { cwd }), "the largest value of output 'y' is", "use another unit");
    },
  );

  it.each(["training", "test"])("refuses an input whose range overflows with its %s rows", async (where) => {
    const ends = rows.map(([a, b], i) => {
      const far = where === "training" ? 2 * a! - 1 : i === 7 ? -1 : a!;
      return [far * 1.7e308, a! + b!, Number(i === 7)];
    });
    writeFileSync(join(cwd, "ends.csv"), ["a,y,test", ...ends].join("\n"));
    const line = [
      "train",
      "ends.csv",
      "--inputs",
      "a",
      "--outputs",
      "y",
      "--split-column",
      "test",
      "--out",
      where,
    ];
    expectRefusal(
      await inTurn([...line, ...tiny], { cwd }),
      "ends.csv: input 'a' has values from -1.",
      "use another unit",
    );
  });

  it("has relative intervals of outputs whose logarithm is learnt", async () => {
    const decades = rows.map(([a, b]) => [a, b, 10 ** (-8 + 6 * a! + 0.1 * b!)].join(","));
    writeFileSync(join(cwd, "decades.csv"), ["a,b,rate", ...decades].join("\n"));
    const line = "train decades.csv --inputs a,b --outputs rate --prepare log:rate --trials 4 --epochs 60";
    const size = "--width 8 --depth 2 --validation 0.25 --out decades --json";
    const { code, stderr } = await inTurn([...line.split(" "), ...size.split(" ")], { cwd });
    expect(code, stderr).toBe(0);
    const [header, ...lines] = cells(readFileSync(join(cwd, "decades", "predictions.csv"), "utf8"));
    expect(header).toEqual(["row", "rate", "rate predicted", "rate residual", "rate low", "rate high"]);
    const ratios = lines.map((line) => {
      const [, , predicted, , low, high] = line.map(Number);
      expect(low).toBeGreaterThan(0);
      expect(high! / predicted!).toBeCloseTo(predicted! / low!, 6);
      return Math.log(high! / predicted!);
    });
    // In the logarithm the widths differ by the spread of the trials alone, over six decades.
    expect(Math.max(...ratios) / Math.min(...ratios)).toBeLessThan(10);
    const held = lines.filter(
      (line) => Number(line[1]) >= Number(line[4]) && Number(line[1]) <= Number(line[5]),
    );
    expect(held.length).toBeGreaterThan(0.75 * lines.length);
    const { stdout } = await inTurn(["predict", "decades", "decades.csv", "--json"], { cwd });
    const [first] = JSON.parse(stdout).predictions;
    expect(first.outputs[0].low).toBeGreaterThan(0);
  });

  it("has no intervals, and says so, where too few rows calibrate them", async () => {
    const few = rows.slice(0, 8).map(([a, b]) => [a, b, a! + b!].join(","));
    writeFileSync(join(cwd, "few.csv"), ["a,b,y", ...few].join("\n"));
    const summary = await train(
      "few.csv",
      "--inputs",
      "a,b",
      "--outputs",
      "y",
      "--test",
      "2",
      "--out",
      "few",
      "--model",
      "network",
    );
    expect(summary.intervals).toEqual({ level: 0.9, rows: 2 });
    expect(summary.outputs[0]).not.toHaveProperty("coverage");
    const report = readFileSync(join(cwd, "few", "report.html"), "utf8");
    expect(report).toContain("There are no 90 % intervals: they need 9 validation rows");
    expect(report).not.toMatch(/coverage|intervals hold/);
    const { stdout, stderr } = await inTurn(["predict", "few", "few.csv", "--json"], { cwd });
    expect(stderr).toContain("has no 90 % intervals, because only 2 validation rows calibrated it");
    expect(JSON.parse(stdout).predictions[0].outputs[0]).toMatchObject({ low: null, high: null });
  });

  it("keeps whole groups back, however unequal, and never none", async () => {
    const sites = rows.slice(0, 90).map(([a, b], k) => {
      const site = [4, 10, 14, 20, 26, 30, 45, 60, 70, 75, 83, 90].findIndex((end) => k < end);
      return [site, a, b, a! - b!].join(",");
    });
    writeFileSync(join(cwd, "sites.csv"), ["site,a,b,y", ...sites].join("\n"));
    const line = "sites.csv --inputs a,b --outputs y --group site".split(" ");
    for (const seed of ["1", "2", "3"]) {
      const summary = await train(...line, "--trials", "8", "--seed", seed, "--out", `sites-${seed}`);
      expect(summary.models[0].trials).toBe(8);
    }
    writeFileSync(join(cwd, "two.csv"), ["site,a,b,y", ...sites.slice(0, 10)].join("\n"));
    const two = ["train", "two.csv", ...line.slice(1), ...tiny, "--out", "two"];
    const { code, stderr } = await inTurn(two, { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain("the training rows are one group, expected at least two");
    // A Gaussian process is judged by such parts, too.
    const unkept = await inTurn([...two, "--validation", "0"], { cwd });
    expect([unkept.code, unkept.stderr]).toEqual([2, stderr]);
    expect(existsSync(join(cwd, "two"))).toBe(false);
  });

  it.each([
    ["few.csv", "--test 1", "2 training rows"],
    ["wide.csv", "--test 3 --group site", "37 training rows"],
  ])("refuses %s, of whose training rows a part leaves one, before it trains", async (file, split, found) => {
    const lines = rows.slice(0, 40).map(([a, b], k) => [k < 36 ? 0 : k < 39 ? 1 : 2, a, b].join(","));
    const kept = file === "few.csv" ? lines.slice(0, 3) : lines;
    writeFileSync(join(cwd, file), ["site,a,y", ...kept].join("\n"));
    const line = `train ${file} --inputs a --outputs y --out part ${split} --seed 2`.split(" ");
    const refused = await inTurn([...line, ...tiny], { cwd });
    expect(refused.stderr).toContain(
      `${file}: a part of the ${found} that is kept for validation leaves 1 to train on, expected at least 2`,
    );
    expect([refused.code, existsSync(join(cwd, "part"))]).toEqual([2, false]);
  });

  it("says how to leave a format that is not read", async () => {
    writeFileSync(join(cwd, "runs.ods"), "PK\x03\x04");
    expectRefusal(await inTurn(["data", "runs.ods"], { cwd }), "runs.ods", "the sheet as CSV");
  });
});
