import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestOf } from "@stiffnet/base";
import { resnet, tensor } from "@stiffnet/core";
import { exportEnsemble, exportOnnx } from "@stiffnet/onnx";
import { identity } from "@stiffnet/preparation";
import { beforeAll, describe, expect, it } from "vitest";
import { expectDocument, expectReport } from "../../../scripts/commands/expect-document.ts";
import { expectRefusal, inTurn, start, temporaryFolder } from "../../../scripts/commands/run.ts";
import { type CalibrateConfig, calibrateSentences, disagrees } from "../src/calibrate/words.ts";

const cwd = temporaryFolder();
const out = join(cwd, "calibrate");
const ranges = [
  [0, 1],
  [0, 4],
  [-1, 1],
] as const;
const names = { inputNames: ["a", "b", "idle"], outputNames: ["y", "z", "w"] };
const own = 0.02;
const intervals = (factor: number | null) => ({
  rows: 100,
  levels: [0.9],
  outputs: names.outputNames.map(() => ({ floor: own, factors: [factor] })),
});

/** y = 2 a + b, z = -100 a, w = a + b + idle, all but exactly: the block adds 0. */
function linearModel(scale = 1) {
  const made = resnet({ inputs: 3, outputs: 3, width: 3, depth: 1, lift: "identity" });
  const parameters = new Float32Array(made.parameters.length);
  tensor(parameters, made.layout.lift.weight).set([1, 0, 0, 0, 1, 0, 0, 0, 1]);
  tensor(parameters, made.layout.readout.weight).set([2 * scale, 1, 0, -100, 0, 0, 1, 1, 1]);
  return { ...made, ...names, parameters, preparation: { inputs: identity(3), outputs: identity(3) } };
}

const write = (file: string, text: string): void => writeFileSync(join(cwd, file), text);
const sampled = (file = join(out, "samples.csv")): number[][] =>
  readFileSync(file, "utf8")
    .trim()
    .split("\r\n")
    .slice(1)
    .map((line) => line.split(",").map(Number));
const run = (...words: string[]) =>
  inTurn(
    ["calibrate", "model.onnx", "seen.csv", "--draws", "600", "--warmup", "400", "--out", out, ...words],
    { cwd },
  );

beforeAll(async () => {
  const metadata = { intervals: intervals(1.6448536269514722) };
  await exportOnnx(linearModel(), join(cwd, "model.onnx"), { ranges, metadata });
  await exportEnsemble([linearModel(), linearModel(1.05)], join(cwd, "apart.onnx"), { ranges, metadata });
  await exportOnnx(linearModel(), join(cwd, "unsure.onnx"), {
    ranges,
    metadata: { intervals: intervals(null) },
  });
  await exportOnnx(linearModel(), join(cwd, "bare.onnx"), { ranges });
  await exportOnnx(linearModel(), join(cwd, "boxless.onnx"), { metadata });
  // a = 0.6, b = 1.2
  write("seen.csv", "output,value,error\ny,2.4,0.05\nz,-60,3\n");
});

describe("calibrate", () => {
  it("says which inputs the observations determine, and writes draws and report", async () => {
    const { code, stdout, stderr } = await run("--json");
    expect(code, stderr).toBe(0);
    const document = JSON.parse(stdout);
    expectDocument(document, out);
    const [a, b, idle] = document.inputs;
    // z: 0.03 of a; y - 2 a: its error, that of z and both of the model's own.
    expect(Math.abs(a.mean - 0.6)).toBeLessThan(0.01);
    expect(a.deviation / 0.03).toBeCloseTo(1, 0);
    expect(Math.abs(b.mean - 1.2)).toBeLessThan(0.02);
    expect(b.deviation / Math.hypot(0.05, own, 0.06)).toBeCloseTo(1, 0);
    expect(idle.left).toBeGreaterThan(0.9);
    expectReport(
      out,
      "The observations determine b and a and say little about idle.",
      "stays away from the edges",
      "The chains agree",
    );
    const draws = sampled();
    expect(draws).toHaveLength(2400);
    expect(digestOf(Float64Array.from(draws.flatMap(([, , ...inputs]) => inputs)))).toBe(document.digest);
    expect(existsSync(join(out, "checkpoint.json"))).toBe(false);
  });

  it("takes priors from options and files, cuts them to the box and holds inputs", async () => {
    write("priors.json", `\uFEFF${JSON.stringify({ b: "normal:1:0.1" })}`);
    write("priors.csv", "input,prior\nb,normal:1:0.1\n");
    const tables = [];
    for (const file of ["priors.json", "priors.csv"]) {
      const { code, stdout, stderr } = await run(
        "--priors",
        file,
        "--prior",
        "idle=0.5",
        "--prior",
        "a=uniform:-1:0.7",
      );
      expect(code, stderr).toBe(0);
      expect(stdout).toContain("Held fixed: idle at 0.5.");
      expect(stdout).toContain("These priors are cut to the training range: a.");
      tables.push(sampled());
    }
    expect(tables[0]).toEqual(tables[1]);
    for (const [, , a, , idle] of tables[0]!) {
      expect(a! > 0 && a! < 0.7).toBe(true);
      expect(idle).toBe(0.5);
    }
  });

  it("says when the posterior leans on the edge, and what nothing explains", async () => {
    write("far.csv", "output,value,error\nz,-115,10\ny,7.6,0.5\n");
    const { code, stdout } = await inTurn(["calibrate", "model.onnx", "far.csv", "--out", out], { cwd });
    expect(code).toBe(0);
    expect(stdout).toContain("is crowded at the edge of the training range of a (high end) and b (high end)");
    expect(stdout).toContain("No inputs within the priors explain y: 7.6 was observed");
  });

  it("takes one row with a column for each output, and adds the spread of an ensemble", async () => {
    // With y alone a thin, bent ridge runs into a corner of the box, which chains of this length miss.
    write("wide.csv", "y,y error,z,z error\n2.4,0.05,-60,3\n");
    const line = ["calibrate", "apart.onnx", "wide.csv", "--out", out, "--json"];
    const { code, stdout, stderr } = await inTurn(line, { cwd });
    expect(code, stderr).toBe(0);
    const { outputs } = JSON.parse(stdout);
    // 2 a and 2.1 a: a spread of 0.07 a beside the floor of 0.02.
    expect(outputs[0].own).toBeGreaterThan(1.5 * own);
  });

  it("goes on after Ctrl-C to the same bits", async () => {
    const line = ["calibrate", "model.onnx", "seen.csv", "--draws", "6000", "--json", "--out"];
    const whole = JSON.parse((await inTurn([...line, "whole"], { cwd })).stdout);
    const { child, ended } = start([...line, "parts"], { cwd });
    await expect.poll(() => existsSync(join(cwd, "parts", "config.json"))).toBe(true);
    setTimeout(() => child.kill("SIGINT"), 300);
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain("interrupted; the same command continues");
    const saved = JSON.parse(readFileSync(join(cwd, "parts", "checkpoint.json"), "utf8"));
    expect(saved.state[0].iteration).toBeGreaterThan(0);
    const resumed = await inTurn([...line, "parts"], { cwd });
    expect(JSON.parse(resumed.stdout).digest).toBe(whole.digest);
  });

  it.each([
    [
      "output,value,error\nlai,1,0.1\n",
      "seen2.csv, row 1: 'lai' is not an output of model.onnx, expected one of y, z, w",
    ],
    ["output,value,error\ny,1,\n", "row 1: the error of 'y' is missing, expected its standard deviation"],
    ["output,value,error\ny,1,0\n", "row 1: the error of 'y' is 0, expected a standard deviation above 0"],
    ["output,value,error\ny,,1\n", "row 1: the value of 'y' is missing, expected a number"],
    ["output,value,error\ny,1,1\ny,2,1\n", "row 2: 'y' is observed twice, expected once"],
    ["output,value\ny,1\n", "has columns output, value, expected output, value, error"],
    ["y,z,z error\n1,2,3\n", "the error of 'y' is missing"],
  ])("refuses the observations %j", async (text, message) => {
    write("seen2.csv", text);
    expectRefusal(await inTurn(["calibrate", "model.onnx", "seen2.csv", "--out", out], { cwd }), message);
  });

  it.each([
    ["--prior c=1", "'c' is not an input of model.onnx, expected one of a, b, idle"],
    ["--prior a=2", "'a' is '2', expected a prior within the training range of 0 to 1"],
    ["--prior b=uniform:5:7", "'b' is 'uniform:5:7', expected a prior within the training range of 0 to 4"],
    ["--prior b=normal:9:0.5", "expected a prior within the training range of 0 to 4"],
    ["--prior b=uniform:2:1", "'b' is 'uniform:2:1', expected the lower end first"],
    ["--prior b=normal:1:0", "expected a deviation above 0"],
    ["--prior b=loguniform:0:1", "expected ends above 0"],
    ["--prior b=gamma:1:2", "'b' is 'gamma:1:2', expected uniform:LOW:HIGH"],
    ["--prior b=normal:1", "'b' is 'normal:1', expected uniform:LOW:HIGH"],
    ["--prior a=0.5 --prior a=normal:0:1", "'a' has two priors, expected one"],
    ["--prior a", "--prior: is 'a'"],
    ["--prior a=0.5 --prior b=1 --prior idle=0", "every input has a fixed value"],
    ["--priors seen.csv", "seen.csv: has columns output, value, error, expected input, prior"],
    ["--priors broken.json", "broken.json: not JSON: "],
    ["--priors list.json", "list.json: is not a JSON object of priors"],
    ["--draws 10", "--draws: is '10'"],
  ])("refuses %s", async (words, message) => {
    write("broken.json", "{");
    write("list.json", "[]");
    expectRefusal(await run(...words.split(" ")), message);
  });

  it.each([
    ["bare.onnx", "bare.onnx: has no calibrated intervals"],
    ["unsure.onnx", "the intervals were made from 100 rows, expected enough rows for one level"],
    ["boxless.onnx", "boxless.onnx: does not say the training ranges"],
  ])("refuses %s", async (model, message) => {
    expectRefusal(await inTurn(["calibrate", model, "seen.csv", "--out", out], { cwd }), message);
  });
});

it.each([1.009, 1.011, 1.06])("the exit code says what the report says of an R-hat of %d", (rHat) => {
  const a = { name: "a", mean: 0, deviation: 1, low: -1, median: 0, high: 1, left: 0.5, leans: [] };
  const inputs = [{ ...a, rHat, bulk: 900, tail: 900 }];
  const result = { inputs, outputs: [], divergences: 0, deepest: 0, evaluations: 1, samples: "" };
  const said = calibrateSentences(result, { priors: [] } as unknown as CalibrateConfig, []).join(" ");
  expect(said.includes("do not agree")).toBe(disagrees(result));
});
