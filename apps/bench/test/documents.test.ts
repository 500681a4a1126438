import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { randomStream } from "@stiffnet/base";
import { inspectOnnx } from "@stiffnet/onnx";
import { beforeAll, describe, expect, it } from "vitest";
import { expectDocument, expectReport } from "../../../scripts/commands/expect-document.ts";
import { type Ended, inTurn, small, temporaryFolder } from "../../../scripts/commands/run.ts";

describe("the slides' test case", () => {
  const out = join(temporaryFolder(), "out");
  let ended: Ended;
  beforeAll(async () => {
    ended = await inTurn([...small, "--models", "res,l2=1e-5,stiff=1e-3", "--out", out, "--json"], {
      env: { STIFFNET_NO_PNG: "" },
    });
  });

  it("prints one document, the same as summary.json", () => {
    expect(ended.code).toBe(0);
    const document = JSON.parse(ended.stdout);
    expectDocument(document, out);
    expect(document.models.map((model: { name: string }) => model.name)).toEqual([
      "RES",
      "RES L2",
      "RES stiff",
    ]);
    for (const model of document.models) {
      expect(model.trials).toBe(3);
      for (const figure of ["riskTrain", "riskTest", "stiffness", "penalty", "seconds"]) {
        expect(model[figure].values).toHaveLength(3);
        expect([...model[figure].values].sort((a, b) => a - b)[1]).toBe(model[figure].median);
      }
      // sigma_1 bounds the spectral radius, the Frobenius norm bounds sigma_1.
      const { spectralRadius, largestSingularValue, frobenius } = model.proxies;
      expect(spectralRadius.mean).toBeLessThan(largestSingularValue.mean);
      expect(largestSingularValue.mean).toBeLessThan(frobenius.mean);
      expect(spectralRadius.sum).toBeCloseTo(3 * spectralRadius.mean, 5);
    }
    const [plain, l2, stiff] = document.models;
    expect(plain.penalty.median).toBe(0);
    expect(l2.penalty.median).toBeGreaterThan(0);
    // The penalty is the mean spectral radius, by Gelfand over the training points; both are of one size.
    expect(stiff.penalty.median / stiff.stiffness.median).toBeGreaterThan(0.7);
    expect(stiff.penalty.median / stiff.stiffness.median).toBeLessThan(1.4);
  });

  it("leaves a report, figures, a line a trial, and a model that onnxruntime reads", async () => {
    expectReport(
      out,
      "original: no penalty",
      "0.00389",
      "37.5",
      JSON.parse(ended.stdout).digest,
      "stiffnet-bench study",
    );
    const figures = [
      "risk-train",
      "risk-test",
      "norm",
      "stiffness",
      "risks",
      "proxy-frobenius",
      "proxy-largestSingularValue",
      "spectra-1",
      "spectra-2",
      "spectra-3",
      "spectra-scale",
      "surface-function",
      "surface-network",
      "surface-scale",
      "surface-error",
      "surface-error-scale",
    ];
    expect(readdirSync(join(out, "figures")).sort()).toEqual(
      figures.flatMap((name) => [`${name}.svg`, `${name}.png`]).sort(),
    );
    const tables = ["study", "comparisons", "outputs", "spread", "proxies"];
    expect(readdirSync(join(out, "tables")).sort()).toEqual(
      [...tables.flatMap((name) => ["csv", "md", "tex"].map((end) => `${name}.${end}`)), "trials.csv"].sort(),
    );
    const trials = readFileSync(join(out, "trials.jsonl"), "utf8").trim().split("\n");
    expect(trials).toHaveLength(9);
    expect((await inspectOnnx(join(out, "model.onnx"))).inputs[0]!.name).toBe("inputs");
  });

  it("prints the table again, at once and from anywhere, when it is finished", async () => {
    const { code, stdout, stderr } = await inTurn([
      ...small,
      "--models",
      "res,l2=1e-5,stiff=1e-3",
      "--out",
      out,
    ]);
    expect(code).toBe(0);
    expect(stderr).toContain("already finished");
    expect(stdout).toMatch(/^spectral-radius penalty +3 /m);
    expect(stdout).toMatch(/^original: Alpine 02 +1 +0 +0\.00389 +0\.00613 +2\.64 +– +1$/m);
    expect(stdout).toContain(JSON.parse(ended.stdout).digest);
  });
});

describe("a trial that diverges", () => {
  it("is recorded, averaged nowhere, and makes the exit code 1", async () => {
    const out = join(temporaryFolder(), "out");
    const args = [
      ...small,
      "--activation",
      "relu",
      "--lift",
      "identity",
      "--rate",
      "1e30",
      "--out",
      out,
      "--json",
    ];
    const { code, stdout, stderr } = await inTurn(args);
    const document = JSON.parse(stdout);
    expect(code).toBe(1);
    expect(stderr).toContain("res-000: diverged");
    expect(document.models[0]).toMatchObject({
      trials: 0,
      diverged: 3,
      riskTest: { median: null, values: [] },
    });
    expect(document.files).not.toHaveProperty("model");
  });
});

describe("train", () => {
  it("beats a linear fit where the truth is not linear, in physical units, and exports the mean of its trials", async () => {
    const folder = temporaryFolder();
    const random = randomStream(5, 0);
    const rows = Array.from({ length: 120 }, () => {
      const [a, b] = [4 * random.uniform() - 2, 4 * random.uniform() - 2];
      return [a, b, 1e-9 * (a * a + 0.5 * b), 1e6 * (Math.abs(b) - a)].join(",");
    });
    writeFileSync(join(folder, "runs.csv"), `a,b,flux,store\n${rows.join("\n")}\n`);
    const out = join(folder, "out");
    const { code, stdout } = await inTurn(
      ["train", "runs.csv", "--inputs", "a,b", "--outputs", "flux,store", "--out", out, "--json"].concat([
        "--trials",
        "3",
        "--epochs",
        "150",
        "--width",
        "8",
        "--depth",
        "4",
      ]),
      { cwd: folder },
    );
    expect(code).toBe(0);
    const document = JSON.parse(stdout);
    expectDocument(document, out);
    expect(document.r2.model).toBeGreaterThan(0.9);
    expect(document.r2.linear).toBeLessThan(0.7);
    expect(document.r2.gaussian).toBeGreaterThan(0.9);
    expect(document.gaussianRows).toBe(document.rows.train);
    const [flux, store] = document.outputs;
    expect(flux.model.rmse).toBeLessThan(1e-9);
    expect(store.model.rmse).toBeGreaterThan(1e2);
    expect(flux.model.r2).toBeGreaterThan(flux.linear.r2);
    expectReport(out, "predicted against true flux", "Gaussian process", "linear fit", "runs.csv");
    const described = await inspectOnnx(join(out, "model.onnx"));
    expect(described.outputs.map((output) => output.name)).toContain("outputs_std");
  });
});

describe("train on rows where an output does not vary", () => {
  it("says null for its R², leaves it out of the mean, and invents nothing when every trial diverges", async () => {
    const folder = temporaryFolder();
    // Two of twenty rows differ in 'rare': with this seed neither is a test row.
    const rows = Array.from({ length: 20 }, (_, i) => `${i},${(i * 7) % 20},${i % 3},${i < 2 ? 1 : 0}`);
    writeFileSync(join(folder, "runs.csv"), `a,b,y,rare\n${rows.join("\n")}\n`);
    const args =
      "train runs.csv --inputs a,b --outputs y,rare --trials 1 --epochs 3 --width 3 --depth 2 --json".split(
        " ",
      );
    const finished = await inTurn([...args, "--test", "4", "--out", "one"], { cwd: folder });
    expect(finished.code, finished.stderr).toBe(0);
    const { outputs, r2 } = JSON.parse(finished.stdout);
    expect(outputs[1].model.r2).toBe(null);
    expect(r2.model).toBe(outputs[0].model.r2);
    const diverged = await inTurn([...args, "--rate", "1e30", "--activation", "relu", "--out", "two"], {
      cwd: folder,
    });
    expect(diverged.code).toBe(1);
    expect(JSON.parse(diverged.stdout)).toMatchObject({ outputs: [], r2: { model: null, linear: null } });
    expect(existsSync(join(folder, "two", "model.onnx"))).toBe(false);
  });
});
