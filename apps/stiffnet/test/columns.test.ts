import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomStream } from "@stiffnet/base";
import { inspectOnnx } from "@stiffnet/onnx";
import { beforeAll, describe, expect, it } from "vitest";
import { expectRefusal, inTurn, temporaryFolder } from "../../../scripts/commands/run.ts";

const cwd = temporaryFolder();
const random = randomStream(7, 0);
const soils = ["clay", "peat", "sand"];
/** Soil raises y by 0, 2 or 4, and x by 1 at most. */
const rows = Array.from({ length: 150 }, (_, k) => {
  const x = random.uniform();
  return { x, soil: soils[k % 3]!, y: x + 2 * (k % 3) };
});
const tiny = "--trials 2 --epochs 60 --width 8 --depth 2 --validation 0.25".split(" ");
const one = (text: string): string => text.replace(/\s+/g, " ");

beforeAll(async () => {
  // As pandas writes it: the index has no name.
  writeFileSync(
    join(cwd, "runs.csv"),
    [",x,soil,y", ...rows.map(({ x, soil, y }, k) => [k, x, soil, y].join(","))].join("\n"),
  );
}, 240_000);

describe.each(["network", "gaussian-process"])("a table with an index and texts, by a %s", (model) => {
  const out = join(cwd, model);
  let said = "";

  beforeAll(async () => {
    const line = ["train", "runs.csv", "--inputs", "1-3", "--outputs", "y", "--model", model, "--out", out];
    const { code, stderr } = await inTurn([...line, ...tiny], { cwd });
    expect(code, stderr).toBe(0);
    said = one(stderr);
  }, 240_000);

  it("trains with a line about each", () => {
    expect(said).toContain(
      "column 1 ('c1') is left out, because it only counts the rows (an index, as pandas writes it)",
    );
    expect(said).toContain(
      "column 3 'soil' holds text, and becomes one input for each of its 3 values (clay, peat, sand)",
    );
    const report = one(readFileSync(join(out, "report.html"), "utf8"));
    expect(report).toContain("holds text, and becomes one input for each of its 3 values");
  });

  it("keeps the values in the file", async () => {
    const { surrogate } = await inspectOnnx(join(out, "model.onnx"));
    expect(surrogate!.inputs.map(({ name }) => name)).toEqual(["x", "soil=clay", "soil=peat", "soil=sand"]);
    for (const { inputs } of surrogate!.preparation) {
      expect(inputs.categories).toEqual([{ name: "soil", first: 1, values: soils }]);
    }
  });

  it("predicts from texts, in any order of the columns, and refuses another", async () => {
    const lines = soils.map((soil, k) => [k, soil, 0.5].join(","));
    writeFileSync(join(cwd, "new.csv"), [",soil,x", ...lines].join("\n"));
    const { code, stdout, stderr } = await inTurn(["predict", out, "new.csv", "--json"], { cwd });
    expect(code, stderr).toBe(0);
    const values = JSON.parse(stdout).predictions.map(
      ({ outputs: [y] }: { outputs: { value: number }[] }) => y!.value,
    );
    // A short training tells the soils apart, which differ by 2.
    values.forEach((value: number, k: number) => {
      expect(Math.abs(value - 0.5 - 2 * k)).toBeLessThan(0.8);
    });
    writeFileSync(join(cwd, "loam.csv"), "x,soil\n0.5,clay\n0.5,loam\n");
    expectRefusal(
      await inTurn(["predict", out, "loam.csv"], { cwd }),
      "loam.csv, row 2, column 2 'soil': 'loam', expected one of clay, peat, sand",
    );
    writeFileSync(join(cwd, "numbers.csv"), "x,soil\n0.5,1\n");
    expectRefusal(await inTurn(["predict", out, "numbers.csv"], { cwd }), "'1', expected one of clay");
    writeFileSync(join(cwd, "lacking.csv"), "x,sol\n0.5,clay\n");
    expectRefusal(
      await inTurn(["predict", out, "lacking.csv"], { cwd }),
      "no column 'soil'",
      "expected x, soil",
    );
    // Without names the columns are the table's, in its order.
    writeFileSync(join(cwd, "nameless.csv"), "0.5,peat\n0.5,sand\n");
    const nameless = ["predict", out, "nameless.csv", "--header", "no", "--json"];
    const { stdout: answers } = await inTurn(nameless, { cwd });
    expect(JSON.parse(answers).predictions[0].outputs[0].value).toBe(values[1]);
  });

  it("counts the texts as one input in sensitivity indices, and holds one of them", async () => {
    const line = ["sensitivity", out, "--samples", "512", "--out", join(cwd, `indices-${model}`)];
    const { code, stdout, stderr } = await inTurn([...line, "--json"], { cwd });
    expect(code, stderr).toBe(0);
    const { analysis } = JSON.parse(stdout);
    expect(analysis.inputs).toEqual(["x", "soil"]);
    // Variances: 1 / 12 of x, and 4 * 2 / 3 of soil.
    expect(analysis.outputs[0].total[1].value).toBeCloseTo(8 / 3 / (8 / 3 + 1 / 12), 1);
    const held = await inTurn([...line, "--range", "soil=peat"], { cwd });
    expect(one(held.stdout)).toContain("Held fixed: soil at peat.");
    expectRefusal(
      await inTurn([...line, "--range", "soil=loam"], { cwd }),
      "--range soil: is 'loam', expected one of clay, peat, sand",
    );
    expectRefusal(
      await inTurn([...line, "--range", "x=clay"], { cwd }),
      "--range x: is 'clay', expected numbers",
    );
    expectRefusal(await inTurn([...line, "--log", "soil"], { cwd }), "--log: 'soil' holds text");
  });
});

describe("texts that cannot be inputs", () => {
  it("are refused: another text in nearly every row, and texts to predict", async () => {
    const names = rows.map(({ x, y }, k) => [x, `run ${k}`, y].join(","));
    writeFileSync(join(cwd, "named.csv"), ["x,run,y", ...names].join("\n"));
    const line = ["train", "named.csv", "--inputs", "1-2", "--outputs", "y", ...tiny];
    expectRefusal(
      await inTurn(line, { cwd }),
      "150 different texts in 150 rows, expected at most 50 categories",
    );
    const output = ["train", "runs.csv", "--inputs", "x", "--outputs", "soil", ...tiny];
    expectRefusal(await inTurn(output, { cwd }), "column 3 'soil': 'clay', expected a finite number");
  });

  it("are told by data as train takes them", async () => {
    const { stdout } = await inTurn(["data", "runs.csv", "--inputs", "1-3", "--outputs", "y"], { cwd });
    expect(one(stdout)).toContain("column 1 ('c1') is left out, because it only counts the rows");
    expect(one(stdout)).toContain(
      "column 3 'soil' holds text, and becomes one input for each of its 3 values",
    );
  });
});

describe("two files of pandas", () => {
  it("train together without their indices", async () => {
    const [inputs, outputs] = [(k: number) => [rows[k]!.x, k % 7], (k: number) => [rows[k]!.y]];
    const lines = (of: (k: number) => number[]) => rows.map((_, k) => [k, ...of(k)].join(","));
    writeFileSync(join(cwd, "in.csv"), [",x,n", ...lines(inputs)].join("\n"));
    writeFileSync(join(cwd, "out.csv"), [",y", ...lines(outputs)].join("\n"));
    const folder = join(cwd, "two");
    const { code, stderr } = await inTurn(["train", "in.csv", "out.csv", ...tiny, "--out", folder], { cwd });
    expect(code, stderr).toBe(0);
    expect(one(stderr)).toContain("column 1 ('c1') is left out, because it only counts the rows");
    expect(one(stderr)).toContain("column 4 ('c4') is left out, because it only counts the rows");
    const { surrogate } = await inspectOnnx(join(folder, "model.onnx"));
    expect(surrogate!.inputs.map(({ name }) => name)).toEqual(["x", "n"]);
    expect(surrogate!.outputs.map(({ name }) => name)).toEqual(["y"]);
  });
});

it("texts with an equals sign can be held", async () => {
  const lines = rows.map(({ x, y }, k) => [x, ["T=300", "T=400"][k % 2], y + (k % 2)].join(","));
  writeFileSync(join(cwd, "kinds.csv"), ["x,kind,y", ...lines].join("\n"));
  const line = "train kinds.csv --inputs x,kind --outputs y --out kinds --model gaussian-process";
  const { code, stderr } = await inTurn([...line.split(" "), ...tiny], { cwd });
  expect(code, stderr).toBe(0);
  const suggested = await inTurn(["suggest", "kinds", "--fixed", "kind=T=400", "--runs", "2"], { cwd });
  expect(suggested.stdout).toMatch(/^x,kind\r?\n[\d.e-]+,T=400\r?\n[\d.e-]+,T=400\r?\n$/);
  const indices = await inTurn(["sensitivity", "kinds", "--range", "kind=T=300", "--samples", "64"], { cwd });
  expect(one(indices.stdout)).toContain("Held fixed: kind at T=300.");
  writeFileSync(join(cwd, "seen.csv"), "output,value,error\ny,1,0.1\n");
  const unknown = await inTurn(["calibrate", "kinds", "seen.csv", "--prior", "kind=T=1"], { cwd });
  expectRefusal(unknown, "--prior: 'kind' holds text and is 'T=1'", "one of T=300, T=400");
  const held = ["--prior", "kind=T=400", "--draws", "100", "--warmup", "100"];
  const found = await inTurn(["calibrate", "kinds", "seen.csv", ...held], { cwd });
  expect(one(found.stdout), found.stderr).toContain("Held fixed: kind at T=400.");
}, 120_000);
