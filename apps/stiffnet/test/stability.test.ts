import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Model, resnet } from "@stiffnet/core";
import { exportEnsemble, exportOnnx } from "@stiffnet/onnx";
import { identity } from "@stiffnet/preparation";
import { beforeAll, describe, expect, it } from "vitest";
import { expectRefusal, inTurn, temporaryFolder } from "../../../scripts/commands/run.ts";

const folder = temporaryFolder();

/** A network whose Jacobians are the given matrices everywhere. */
function networkWith(...weights: readonly (readonly number[])[]): Model {
  const sizes = { inputs: 2, outputs: 1, width: 2, depth: weights.length };
  const made = resnet({ ...sizes, activation: "identity", seed: 1 });
  weights.forEach((matrix, n) => {
    made.parameters.set(matrix, made.layout.blocks[n]!.weight.offset);
  });
  const preparation = { inputs: identity(2), outputs: identity(1) };
  return { ...made, inputNames: ["rain", "warmth"], outputNames: ["flux"], preparation };
}

const damped = [-3, 0, 0, -1];
const spiral = [-1, -20, 20, -1];
const ranges = [
  [-1, 1],
  [-1, 1],
] as const;

beforeAll(async () => {
  mkdirSync(join(folder, "study"));
  await exportOnnx(networkWith(damped, spiral), join(folder, "study", "model.onnx"), { ranges });
  await exportEnsemble([networkWith(damped, spiral), networkWith(damped, damped)], join(folder, "two.onnx"), {
    ranges,
  });
  await exportOnnx(networkWith(damped, damped), join(folder, "boundless.onnx"));
  writeFileSync(join(folder, "foreign.onnx"), "not a model");
  writeFileSync(join(folder, "points.csv"), "warmth,site,rain\n0.5,1,0.2\n,2,0.4\n-0.5,3,0.1\n");
});

const ask = (...words: string[]) => inTurn(["stability", ...words], { cwd: folder });

describe("stability", () => {
  it("tells of every layer what its eigenvalues, which are known here, imply", async () => {
    const { code, stdout, stderr } = await ask("study", "--samples", "20", "--json", "--out", "one");
    expect(code, stderr).toBe(0);
    const summary = JSON.parse(stdout);
    expect(JSON.parse(readFileSync(join(folder, "one", "summary.json"), "utf8"))).toEqual(summary);
    expect(summary.config).toMatchObject({ model: { name: "study", members: 1 }, samples: 20, member: 1 });
    const [{ alpha, layers, largestStep, steps, outside, unstable, growing, failed }] = summary.members;
    expect([alpha, failed]).toEqual([0.5, 0]);
    // l = -3, -1: 2 / 3 is the larger one's bound. l = -1 +- 20 i: 2 / 401, and 201 steps for a time of 1.
    expect(layers[0]).toMatchObject({ layer: 1, steps: 2, outside: 0, radius: { median: 3, max: 3 } });
    expect(layers[0].ratio.modulus).toBeCloseTo(3, 12);
    expect(layers[0].largestStep).toBeCloseTo(2 / 3, 12);
    expect(layers[1]).toMatchObject({ layer: 2, steps: 201, outside: 1, unstable: 1, growing: 0 });
    expect(layers[1].radius.max).toBeCloseTo(Math.sqrt(401), 12);
    expect([largestStep, steps]).toEqual([layers[1].largestStep, 201]);
    expect(largestStep).toBeCloseTo(2 / 401, 14);
    expect([outside, unstable, growing]).toEqual([0.5, 0.5, 0]);
  });

  it("prints and draws the same", async () => {
    const { code, stdout } = await ask("study", "--out", "drawn");
    expect(code).toBe(0);
    expect(stdout).toContain("201 steps of at most 0.004988");
    const table = stdout.split("\n").filter((line) => /^ *(layer|1|2) {2}/.test(line));
    expect(table).toHaveLength(3);
    for (const row of table) expect(row.length).toBeLessThanOrEqual(80);
    const page = readFileSync(join(folder, "drawn", "report.html"), "utf8");
    for (const part of [
      "study: eigenvalues",
      "needs 201 steps of at most 0.004988",
      "Latin hypercube",
      "50.0 %",
    ])
      expect(page).toContain(part);
    expect(page.match(/<svg/g)).toHaveLength(5);
    expect(page.match(/(?:src|href)="(?!data:)[^"#]*"|<script/g)).toBe(null);
  });

  it("shows one network of an ensemble, and all in a table", async () => {
    const { code, stdout } = await ask("two.onnx", "--member", "2", "--out", "two");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^1 +20 +3 +0\.00499 +201 +50 %$/m);
    expect(stdout).toMatch(/^2 +3 +3 +0\.667 +2 +0 %$/m);
    expect(stdout).toContain("member 2:");
    expect(stdout).toContain("All modes that decay lie inside.");
  });

  it("takes samples from a table as 'predict' does, without rows that have gaps", async () => {
    const { code, stdout, stderr } = await ask(
      "boundless.onnx",
      "--data",
      "points.csv",
      "--json",
      "--out",
      "three",
    );
    expect(code).toBe(0);
    expect(stderr).toContain("1 row with empty cells is left out");
    expect(JSON.parse(stdout).config).toMatchObject({ samples: 2, origin: "rows of points.csv" });
    writeFileSync(join(folder, "nameless.csv"), "0.2,0.5\n0.4,0.1\n0.1,-0.5\n");
    const nameless = await ask("study", "--data", "nameless.csv", "--json", "--out", "four");
    expect(JSON.parse(nameless.stdout).config.samples).toBe(3);
  });

  // The slope of softplus at +-40 is 1 or 0 in float64 rounding: each text has its Jacobian, and a mixture of
  // texts would have another.
  it("measures at one of the texts of a column, by ranges and by rows", async () => {
    const made = resnet({
      inputs: 3,
      outputs: 1,
      width: 1,
      depth: 1,
      lift: "identity",
      activation: "softplus",
    });
    const { parameters, layout } = made;
    parameters.fill(0);
    parameters.set([0, 80, -80], layout.lift.weight.offset);
    parameters.set([1], layout.blocks[0]!.weight.offset);
    const categories = [{ name: "soil", first: 1, values: ["clay", "sand"] }];
    const preparation = { inputs: { ...identity(3), categories }, outputs: identity(1) };
    const named = {
      ...made,
      inputNames: ["rain", "soil=clay", "soil=sand"],
      outputNames: ["y"],
      preparation,
    };
    const box = [[-1, 1] as const, [0, 1] as const, [0, 1] as const];
    await exportOnnx(named, join(folder, "soils.onnx"), { ranges: box });
    writeFileSync(join(folder, "soils.csv"), "soil,rain\nclay,0.1\nsand,0.2\nclay,0.3\n,0.4\n");
    for (const [from, median] of [
      [[], 0.5],
      [["--data", "soils.csv"], 1],
    ] as const) {
      const { stdout, stderr } = await ask(
        "soils.onnx",
        ...from,
        "--samples",
        "40",
        "--json",
        "--out",
        "soils",
      );
      const { radius } = JSON.parse(stdout || stderr).members[0].layers[0];
      expect(radius.max).toBe(1);
      expect(radius.median).toBeCloseTo(median, 12);
    }
  });

  it("draws the same samples for the same seed", async () => {
    const radii = async (seed: string, out: string): Promise<string> => {
      const model = resnet({ inputs: 2, outputs: 1, width: 4, depth: 2, seed: 3 });
      const preparation = { inputs: identity(2), outputs: identity(1) };
      const named = { ...model, inputNames: ["a", "b"], outputNames: ["y"], preparation };
      await exportOnnx(named, join(folder, "random.onnx"), { ranges });
      const { stdout } = await ask("random.onnx", "--seed", seed, "--samples", "9", "--json", "--out", out);
      return JSON.stringify(JSON.parse(stdout).members);
    };
    const first = await radii("1", "five");
    expect(await radii("1", "six")).toBe(first);
    expect(await radii("2", "seven")).not.toBe(first);
  });
});

describe("stability refuses", () => {
  const wrong: [string, ...string[]][] = [
    ["foreign.onnx", "not an ONNX file"],
    ["gone.onnx", "gone.onnx", "no such file"],
    [".", "no model.onnx"],
    ["boundless.onnx", "'rain'", "--data"],
    ["two.onnx --member 3", "--member", "at most 2"],
    ["study --member 0", "--member", "'0'"],
    ["study --data gone.csv", "gone.csv", "no such file"],
    ["study --out one --seed -1", "--seed"],
  ];
  it.each(wrong)("%s", async (line, ...parts) => {
    expectRefusal(await ask(...line.split(" ")), ...parts);
  });

  it("a table without the model's inputs, and one without a whole row", async () => {
    writeFileSync(join(folder, "other.csv"), "rain,snow\n1,2\n3,4\n");
    expectRefusal(await ask("study", "--data", "other.csv"), "other.csv", "warmth");
    writeFileSync(join(folder, "holes.csv"), "rain,warmth\n1,\n,4\n");
    expectRefusal(await ask("study", "--data", "holes.csv"), "holes.csv", "no row has a value in each");
  });
});
