import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomStream } from "@stiffnet/base";
import { friedman } from "@stiffnet/datasets";
import { importGaussian, importOnnx, inspectOnnx } from "@stiffnet/onnx";
import { beforeAll, describe, expect, it } from "vitest";
import { expectRefusal, inTurn, temporaryFolder } from "../../../scripts/commands/run.ts";

const cwd = temporaryFolder();
const small = "--trials 4 --epochs 60 --width 8 --depth 2 --json".split(" ");

/** Friedman's function of six inputs, without noise: a Gaussian process is far nearer than a small
 *  network. */
function table(file: string, rows: number): void {
  const { evaluate } = friedman(6);
  const random = randomStream(11, 0);
  const lines = Array.from({ length: rows }, () => {
    const x = Float64Array.from({ length: 6 }, () => random.uniform());
    return [...x, evaluate(x)[0]].join(",");
  });
  writeFileSync(join(cwd, file), ["x1,x2,x3,x4,x5,x6,y", ...lines].join("\n"));
}
const words = "train smooth.csv --inputs 1-6 --outputs y".split(" ");
const train = async (...more: string[]) => {
  const { code, stdout, stderr } = await inTurn([...words, ...small, ...more], { cwd });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
};

describe("the model that validation rows choose", () => {
  let best: Awaited<ReturnType<typeof train>>;
  beforeAll(async () => {
    table("smooth.csv", 120);
    best = await train("--out", "best");
  });

  it("is the Gaussian process of a smooth table, and the first line says so", () => {
    expect(best.kept).toMatchObject({ kind: "gaussian-process", by: "validation" });
    expect(best.kept.ratio).toBeGreaterThan(1.5);
    const [output] = best.outputs;
    expect(output.model).toEqual(output.gaussian);
    expect(output.model.rmse).toBeLessThan(output.network.rmse);
    // 90 % of 24 rows, less three deviations.
    expect(output.coverage).toBeGreaterThan(0.7);
    const report = readFileSync(join(cwd, "best", "report.html"), "utf8");
    expect(report).toContain(
      "The Gaussian process is exported, because the errors of the networks on validation rows are",
    );
  });

  it("is exported with its intervals, and predicted, inspected and analysed like any other", async () => {
    const file = join(cwd, "best", "model.onnx");
    const { surrogate } = await inspectOnnx(file);
    expect(surrogate!.config).toMatchObject({ kind: "gaussianProcess", rows: 96 });
    expect(surrogate!.metadata.intervals).toMatchObject({ rows: 96 });
    expect((await importGaussian(file)).outputNames).toEqual(["y"]);
    const lines = readFileSync(join(cwd, "best", "predictions.csv"), "utf8")
      .trim()
      .split("\r\n")
      .slice(1);
    const { stdout } = await inTurn(["predict", "best", "smooth.csv", "--json"], { cwd });
    const { predictions } = JSON.parse(stdout);
    for (const line of lines) {
      const [row, , predicted, , low, high] = line.split(",").map(Number);
      const [answer] = predictions[row! - 1].outputs;
      expect([answer.value, answer.low, answer.high]).toEqual([predicted, low, high]);
    }
    const inspected = await inTurn(["inspect", "best"], { cwd });
    expect(inspected.stdout).toContain("gaussianProcess");
    const analysed = await inTurn(
      ["sensitivity", "best", "--samples", "256", "--json", "--out", "analysed"],
      { cwd },
    );
    const [{ total }] = JSON.parse(analysed.stdout).analysis.outputs;
    expect(total[3].value).toBeGreaterThan(total[5].value);
    expectRefusal(await inTurn(["stability", "best"], { cwd }), "is a Gaussian process, which has no layers");
    for (const option of ["--out", "--tfjs"]) {
      expectRefusal(
        await inTurn(["export", "best", option, "converted"], { cwd }),
        `${option}: `,
        "is a Gaussian process, expected a network",
      );
    }
    const page = await inTurn(["export", "best", "--html", "best.html"], { cwd });
    expect([page.code, page.stderr]).toEqual([0, ""]);
  });

  it("is the one that --model names, of the same networks", async () => {
    const network = await train("--out", "network", "--model", "network");
    expect(network.kept).toEqual({ ...best.kept, kind: "network", by: "option" });
    expect(await importOnnx(join(cwd, "network", "model.onnx"))).toHaveLength(4);
    expect(network.outputs[0].model).toEqual(best.outputs[0].network);
    const without = await train("--out", "without", "--validation", "0");
    expect(without.kept).toEqual({ kind: "network", by: "default", ratio: null });
    const asked = ["--model", "best", "--validation", "0"];
    expectRefusal(
      await inTurn([...words, ...asked], { cwd }),
      "surrogate: is 'best', which needs validation rows",
    );
  });
});

describe("no choice sees a test row", () => {
  const random = randomStream(12, 0);
  const rows = Array.from({ length: 60 }, (_, row) => {
    const [a, b] = [random.uniform(), random.uniform()];
    return { test: row % 4 === 0 ? 1 : 0, site: row % 12, a, b, y: 1 + a * b, z: a - b + 2 };
  });
  type Row = (typeof rows)[number];
  const write = (file: string, lines: readonly Row[]): void =>
    writeFileSync(
      join(cwd, file),
      ["test,site,a,b,y,z", ...lines.map((line) => Object.values(line).join(","))].join("\n"),
    );
  const changed = (row: Row): Row => ({ ...row, a: 3 - row.a, b: 7, y: 50, z: row.z ** 5 });
  const tuning = ["--tune", "3"];

  const made = async (out: string, file: string, more: readonly string[]) => {
    const size = more.includes("--tune") ? "--epochs 9" : "--epochs 4 --width 4 --depth 2";
    const line = `train ${file} --inputs a,b --outputs y,z --trials 2 ${size} --json`;
    const ended = await inTurn([...line.split(" "), ...more, "--out", out], { cwd });
    expect(ended.code, ended.stderr).toBe(0);
    const { kept } = JSON.parse(ended.stdout);
    const linesOf = (name: string): string[] =>
      readFileSync(join(cwd, out, name), "utf8")
        .trim()
        .split(/\r?\n/);
    const digests = linesOf("trials.jsonl")
      .map((trial) => JSON.parse(trial))
      .map(({ id, digest, epoch }) => [id, digest, epoch]);
    const model = join(cwd, out, "model.onnx");
    const { surrogate } = await inspectOnnx(model);
    const { network, training, models } = JSON.parse(readFileSync(join(cwd, out, "config.json"), "utf8"));
    const isProcess = surrogate!.config.kind === "gaussianProcess";
    return {
      chosen: {
        kept,
        digests: digests.sort(),
        network,
        training,
        models,
        intervals: surrogate!.metadata.intervals,
        preparation: surrogate!.preparation,
        process: isProcess ? (await importGaussian(model)).processes : [],
      },
      tested: linesOf("predictions.csv")
        .slice(1)
        .map((text) => Number(text.split(",")[0])),
    };
  };

  it.each([
    ["column, in logarithms", ["--split-column", "test", "--prepare", "log:y,z"]],
    ["column, in components", ["--split-column", "test", "--prepare", "components:1"]],
    [
      "column, penalised, to the last epoch",
      ["--split-column", "test", "--penalty", "l2=1e-3", "--validation", "0"],
    ],
    ["column, Gaussian process", ["--split-column", "test", "--model", "gaussian-process"]],
    ["share", ["--test", "0.3"]],
    ["groups, tuned", ["--group", "site", ...tuning]],
    ["fold", ["--fold", "2/4"]],
  ] as const)("%s", async (name, more) => {
    write("seen.csv", rows);
    const { chosen, tested } = await made(`seen-${name}`, "seen.csv", more);
    expect(tested.length).toBeGreaterThan(5);
    write(
      "seen.csv",
      rows.map((row, k) => (tested.includes(k + 1) ? changed(row) : row)),
    );
    expect(await made(`other-${name}`, "seen.csv", more)).toEqual({ chosen, tested });
  });

  it.each([
    ["file", []],
    ["file, tuned", tuning],
  ] as const)("%s", async (name, more) => {
    write("trained.csv", rows.slice(15));
    const both = [];
    for (const [k, change] of [(row: Row) => row, changed].entries()) {
      write("tested.csv", rows.slice(0, 15).map(change));
      both.push(await made(`${k}-${name}`, "trained.csv", ["--test-file", "tested.csv", ...more]));
    }
    expect(both[0]!.tested).toHaveLength(15);
    expect(both[1]).toEqual(both[0]);
  });
});
