import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomStream } from "@stiffnet/base";
import { beforeAll, describe, expect, it } from "vitest";
import { expectRefusal, inTurn, temporaryFolder } from "../../../scripts/commands/run.ts";

const cwd = temporaryFolder();
const random = randomStream(9, 0);
/** No row has a beyond 0.5 but one: there the trials disagree. */
const rows = Array.from({ length: 90 }, (_, k) => {
  const [a, b] = [k === 0 ? 1 : 0.5 * random.uniform(), 10 + 10 * random.uniform()];
  return [a, b, ["dry", "wet"][k % 2]!, Math.sin(6 * a) + b / 10 + (k % 2)] as const;
});
const out = join(cwd, "results", "train");

interface Suggestion {
  readonly inputs: { readonly a: number; readonly b: number; readonly soil: string };
  readonly spread: number;
  readonly distance: number;
}

const run = (...more: string[]) => inTurn(["suggest", out, ...more], { cwd });
async function suggestions(...more: string[]): Promise<Suggestion[]> {
  const { code, stdout, stderr } = await run("--json", ...more);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout).suggestions;
}

beforeAll(async () => {
  writeFileSync(join(cwd, "runs.csv"), ["a,b,soil,y", ...rows.map((row) => row.join(","))].join("\n"));
  const line =
    "train runs.csv --inputs 1-3 --outputs y --trials 4 --epochs 60 --width 8 --depth 2 --model network";
  const { code, stderr } = await inTurn(line.split(" "), { cwd });
  expect(code, stderr).toBe(0);
}, 240_000);

describe("suggest", () => {
  it("writes a CSV of the table's inputs, the same each time, that predict takes", async () => {
    const { code, stdout, stderr } = await run("--runs", "12");
    expect([code, stderr]).toEqual([0, ""]);
    const [header, ...lines] = stdout.trim().split("\r\n");
    expect(header).toBe("a,b,soil");
    expect(lines).toHaveLength(12);
    expect(new Set(lines).size).toBe(12);
    const again = await run("--runs", "12", "--out", "next.csv");
    expect(again.stdout).toBe("suggestions next.csv\n");
    expect(readFileSync(join(cwd, "next.csv"), "utf8").trim()).toBe(stdout.trim());
    expect((await inTurn(["predict", out, "next.csv"], { cwd })).code).toBe(0);
    expect((await run("--runs", "12", "--seed", "2")).stdout).not.toBe(stdout);
  });

  it("says what to do in another folder than that of the training", async () => {
    const elsewhere = join(cwd, "results");
    const lost = await inTurn(["suggest", "train"], { cwd: elsewhere });
    expectRefusal(lost, "runs.csv: no such file; train was trained on it", "name the tables");
    const named = await inTurn(["suggest", "train", "../runs.csv"], { cwd: elsewhere });
    expect(named.stdout).toBe((await run()).stdout);
  });

  it("refuses what is said of tables where none is read", async () => {
    for (const words of ["--header yes", "--decimal .", "--arrays a", "--names a,b,soil"]) {
      const [option] = words.split(" ");
      expectRefusal(await run(...words.split(" ")), `${option}: is given without a table to read`);
    }
    writeFileSync(join(cwd, "commas.csv"), "a;b;soil\n0,75;15,5;dry\n");
    const around = ["--around", "commas.csv", "--decimal", ",", "--runs", "1"];
    expect((await suggestions(...around)).map(({ inputs }) => inputs)).toEqual([
      { a: 0.75, b: 15.5, soil: "dry" },
    ]);
  });

  it("looks where there are no rows, within the ranges, and keeps runs apart", async () => {
    const found = await suggestions("--runs", "10");
    expect(found.filter(({ inputs }) => inputs.a > 0.5).length).toBeGreaterThanOrEqual(8);
    for (const { inputs, spread, distance } of found) {
      expect(inputs.a).toBeLessThanOrEqual(1);
      expect(inputs.b).toBeGreaterThanOrEqual(10);
      expect(["dry", "wet"]).toContain(inputs.soil);
      expect(spread).toBeGreaterThan(0);
      expect(distance).toBeGreaterThan(0.05);
    }
  });

  it("keeps away from the rows of a table that is named", async () => {
    const [before] = await suggestions("--runs", "1");
    const { a, b, soil } = before!.inputs;
    writeFileSync(join(cwd, "done.csv"), `soil,a,b\n${soil},${a},${b}\n`);
    const after = await suggestions("--runs", "5", "done.csv");
    for (const { inputs } of after) expect(inputs).not.toEqual(before!.inputs);
  });

  it("holds inputs, keeps to constraints, and looks around the points of a table", async () => {
    const line = [
      "--fixed",
      "soil=wet",
      "--fixed",
      "b=12",
      "--constraint",
      "2*a + b <= 13",
      "--constraint",
      "a >= 0.2",
    ];
    for (const { inputs } of await suggestions("--runs", "4", ...line)) {
      expect(inputs).toMatchObject({ soil: "wet", b: 12 });
      expect(inputs.a).toBeGreaterThanOrEqual(0.2);
      expect(inputs.a).toBeLessThanOrEqual(0.5);
    }
    for (const { inputs } of await suggestions("--runs", "4", "--constraint", "10*a + b - 3 <= 13")) {
      expect(10 * inputs.a + inputs.b).toBeLessThanOrEqual(16);
    }
    const samples = Array.from({ length: 50 }, (_, k) => `0,${0.6 + 0.001 * k},15,dry`);
    writeFileSync(join(cwd, "samples.csv"), ["chain,a,b,soil", ...samples, "0,7,15,dry"].join("\n"));
    for (const { inputs } of await suggestions(
      "--runs",
      "4",
      "--around",
      "samples.csv",
      "--fixed",
      "soil=wet",
    )) {
      expect(inputs).toMatchObject({ b: 15, soil: "wet" });
      expect(inputs.a).toBeGreaterThanOrEqual(0.6);
    }
  });

  it("looks where calibrate's samples are, which hold texts as the table does", async () => {
    writeFileSync(join(cwd, "seen.csv"), "output,value,error\ny,1,0.5\n");
    const words = `calibrate ${out} seen.csv --prior soil=wet --draws 100 --warmup 100 --out posterior`;
    const { code, stderr } = await inTurn(words.split(" "), { cwd });
    expect([0, 1], stderr).toContain(code);
    const samples = readFileSync(join(cwd, "posterior", "samples.csv"), "utf8").split("\r\n");
    expect(samples[0]).toBe("chain,draw,a,b,soil");
    expect(samples.slice(1, 401).every((line) => line.endsWith(",wet"))).toBe(true);
    for (const { inputs } of await suggestions("--runs", "3", "--around", "posterior/samples.csv")) {
      expect(samples.slice(1)).toContainEqual(
        expect.stringMatching(`^[1-4],\\d+,${inputs.a},${inputs.b},wet$`),
      );
    }
  });

  it("says what it does not know", async () => {
    const alone = join(cwd, "alone.onnx");
    writeFileSync(alone, readFileSync(join(out, "model.onnx")));
    const { code, stderr } = await inTurn(["suggest", alone, "--runs", "2"], { cwd });
    expect([code, stderr]).toEqual([0, expect.stringContaining("does not say which runs are known")]);
  });

  it.each([
    [
      "--constraint a<=0.2 --constraint a>=0.8",
      "no region within the ranges meets all of 'a<=0.2', 'a>=0.8'",
    ],
    ["--constraint a+b<=5", "no region within the ranges meets 'a+b<=5'"],
    ["--constraint a+q<=5", "'q' does not begin with an input of the model"],
    ["--constraint a=1", "has no <= or >="],
    ["--constraint a<=b<=1", "has more than one"],
    ["--constraint a*3<=1", "has '*3' after a term"],
    ["--constraint soil<=1", "'soil' does not begin with an input of the model"],
    ["--fixed c=1", "'c' is not an input"],
    ["--fixed a=wet", "--fixed a: is 'wet', expected a number"],
    ["--fixed soil=damp", "--fixed soil: is 'damp', expected one of dry, wet"],
    ["--fixed a=1 --fixed a=2", "'a' is given twice"],
    ["--fixed a=1 --fixed b=12 --fixed soil=wet", "every input is held"],
    ["--around runs.csv --runs 20", "candidates are uncertain and differ from the known rows, expected 20"],
    ["--runs 0", "--runs: is '0'"],
  ])("refuses %s in one line", async (words, complaint) => {
    expectRefusal(await run(...words.split(" ")), complaint);
  });
});
