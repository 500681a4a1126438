import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomStream } from "@stiffnet/base";
import { predict } from "@stiffnet/core";
import { importOnnx, inspectOnnx } from "@stiffnet/onnx";
import { beforeAll, describe, expect, it } from "vitest";
import { expectRefusal, inTurn, temporaryFolder } from "../../../scripts/commands/run.ts";

const cwd = temporaryFolder();
const words = "train runs.csv --inputs a,b --outputs y --json".split(" ");
const small = "--trials 8 --epochs 30 --width 6 --depth 2".split(" ");
const train = async (out: string, model: string, ...more: string[]) => {
  const line = [...words, ...small, "--model", model, ...more, "--out", out];
  const { code, stdout, stderr } = await inTurn(line, { cwd });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
};
const surrogateIn = async (out: string) => (await inspectOnnx(join(cwd, out, "model.onnx"))).surrogate!;

describe("train on every row", () => {
  const random = randomStream(3, 0);
  const rows = Array.from({ length: 80 }, () => {
    const [a, b] = [random.uniform(), random.uniform()];
    return [a, b, Math.exp(a) * b];
  });
  beforeAll(() => {
    writeFileSync(join(cwd, "runs.csv"), ["a,b,y", ...rows.map((row) => row.join(","))].join("\n"));
  });

  it("tests no row with --test 0, and judges by the rows that trials kept back", async () => {
    const all = await train("all", "network", "--test", "0");
    expect(all.rows).toMatchObject({ train: 80, validation: 10, test: 0 });
    // Each row is predicted by the one network that had not seen it.
    const models = await importOnnx(join(cwd, "all", "model.onnx"));
    const [output] = all.outputs;
    expect(models).toHaveLength(8);
    const seen = predict(models[0]!, Float64Array.from(rows.flatMap(([a, b]) => [a!, b!])));
    const fitted = Math.sqrt(rows.reduce((sum, [, , y], k) => sum + (y! - seen[k]!) ** 2, 0) / rows.length);
    expect(output.model.rmse).toBeGreaterThan(0.7 * fitted);
    expect(output.linear.r2).toBeLessThan(output.gaussian.r2);
    expect(output.coverage).toBeUndefined();
    expect(all.files.predictions).toBeUndefined();
    expect((await surrogateIn("all")).metadata.intervals).toMatchObject({ rows: 80 });
    const report = readFileSync(join(cwd, "all", "report.html"), "utf8");
    expect(report).toContain("On validation rows, since there are no test rows");
    expect(report).toContain("were made from 80 rows");
  });

  it("trains again on all rows with --refit, and tells the errors of the test before", async () => {
    const tested = await train("tested", "network");
    const again = await train("again", "network", "--refit");
    expect(again.outputs).toEqual(tested.outputs);
    expect(again.kept).toEqual(tested.kept);
    expect(again.models).toHaveLength(1);
    const [before, after] = [await surrogateIn("tested"), await surrogateIn("again")];
    expect(before.metadata.intervals).toMatchObject({ rows: 64 });
    expect(after.metadata.intervals).toMatchObject({ rows: 80 });
    const [low, high] = [0, 1].map((k) => (k ? Math.max : Math.min)(...rows.map(([a]) => a!)));
    expect(after.inputs[0]!.range).toEqual([low, high]);
    const report = readFileSync(join(cwd, "again", "report.html"), "utf8");
    expect(report).toContain("was then trained again on all 80 rows");
    // The same command goes on where it was: here at its end.
    expect(await train("again", "network", "--refit")).toEqual(again);
  });

  it("conditions the Gaussian process on all rows as well", async () => {
    await train("process", "gaussian-process", "--refit");
    expect((await surrogateIn("process")).config).toMatchObject({ kind: "gaussianProcess", rows: 80 });
  });

  it.each([
    ["--test 0 --validation 0", "data.test: is 0, expected test rows"],
    ["--test 0 --refit", "refit: is set without test rows"],
  ])("refuses %s", async (more, complaint) => {
    expectRefusal(await inTurn([...words, ...more.split(" ")], { cwd }), complaint);
  });
});
