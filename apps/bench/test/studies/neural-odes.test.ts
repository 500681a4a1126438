import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { neuralOde } from "@stiffnet/core";
import { describe, expect, it } from "vitest";
import { inTurn, said, start, temporaryFolder } from "../../../../scripts/commands/run.ts";
import type { ConvergenceResult } from "../../src/studies/convergence/experiment.ts";
import { exactOutputs } from "../../src/studies/convergence/measure.ts";
import type { CrossingRun } from "../../src/studies/crossing/experiment.ts";
import type { Learnt } from "../../src/studies/stiff-node/learn.ts";

async function run<Result>(line: string): Promise<Result> {
  const out = join(temporaryFolder(), "out");
  const ended = await inTurn([...line.split(" "), "--out", out, "--json"]);
  expect(ended.code, ended.stderr).toBe(0);
  expect(readFileSync(join(out, "report.html"), "utf8")).toContain("<svg");
  const document = JSON.parse(ended.stdout);
  expect(JSON.parse(readFileSync(join(out, "summary.json"), "utf8"))).toEqual(document);
  return document;
}

describe("convergence", () => {
  it("finds every solver's order, and the float32 rounding below the error of a first-order one", async () => {
    const { solvers } = await run<ConvergenceResult>(
      "convergence --epochs 1 --factors 4,8,16,32 --probes 5 --dimension 1",
    );
    expect(solvers.map(({ order }) => order)).toEqual([1, 2, 2, 4, 1, 2]);
    // Next order's term at 128 to 256 steps.
    for (const { slopeExact, order } of solvers) expect(Math.abs(slopeExact! - order)).toBeLessThan(0.15);
    const euler = solvers[0]!;
    expect(Math.abs(euler.slope! - 1)).toBeLessThan(0.15);
    expect(euler.floor).toBeLessThan(euler.points.at(-1)!.error / 100);
  });

  it("reports a training that diverges, with exit code 1", async () => {
    const out = join(temporaryFolder(), "out");
    // Float32 states overflow in one step of 1e30.
    const line = "convergence --dimension 1 --depth 1 --horizon 1e30 --epochs 2 --probes 5 --json";
    const { code, stdout, stderr } = await inTurn([...line.split(" "), "--out", out]);
    expect(code).toBe(1);
    expect(stderr).toContain("convergence: diverged: the loss became NaN in epoch 1");
    expect(stderr).not.toContain("unexpected");
    expect(JSON.parse(stdout)).toMatchObject({ status: "diverged", solvers: [] });
    const page = readFileSync(join(out, "report.html"), "utf8");
    expect(page).toContain("The training diverged, and nothing was compared: the loss became NaN in epoch 1");
  });

  it("says of an equation that cannot be solved why not", async () => {
    const model = neuralOde({ inputs: 1, outputs: 1, width: 2, depth: 2, seed: 1 });
    const { blocks } = model.layout;
    // States beyond the largest float64 at the first step: weights of 1e300, and ReLU that does not bound
    // them.
    const wild = { ...model, config: { ...model.config, activation: "relu" as const } };
    for (const { weight } of blocks) wild.parameters.fill(1e38, weight.offset, weight.offset + 4);
    const { hint } = (await exactOutputs(wild, Float64Array.of(1))) as { hint: string };
    expect(hint).toMatch(/at t = /);
  });
});

/** Many short comparisons: signals arrive between two. */
const manyFactors = Array.from({ length: 2000 }, (_, k) => 100 + k).join(",");

describe.concurrent("an interruption", () => {
  it.each([
    ["convergence as it trains", "convergence --epochs 10000000", /training/],
    ["convergence as it compares", `convergence --epochs 0 --probes 5 --factors ${manyFactors}`, /euler/],
    ["crossing", "crossing --epochs 10000000", /neural ODE 1/],
  ])("ends %s at once with exit code 130 and no result", async (_name, line, busy) => {
    const cwd = temporaryFolder();
    const { child, ended } = start([...line.split(" "), "--json", "--out", "out"], { cwd });
    await said(child, busy);
    child.kill("SIGINT");
    const { code, stdout, stderr } = await ended;
    expect([code, stdout]).toEqual([130, ""]);
    expect(stderr).toContain("interrupted; nothing was written, and the next run starts from the beginning");
    expect(readdirSync(join(cwd, "out"))).toEqual(["config.json"]);
    expect(existsSync(join(cwd, "out", "report.html"))).toBe(false);
  });
});

describe("crossing", () => {
  it("is not learnt in one dimension, but in two, and by large steps", async () => {
    const { runs, bestWithoutCrossing } = await run<{ runs: CrossingRun[]; bestWithoutCrossing: number }>(
      "crossing --trials 2 --epochs 300",
    );
    // The root mean square of x over [-1, 1] is 1 / sqrt(3).
    expect(bestWithoutCrossing).toBeCloseTo(1 / Math.sqrt(3), 3);
    for (const { model, risk, turned, leastSlope } of runs) {
      if (model === "neural ODE") {
        expect(risk).toBeGreaterThan(0.99 * bestWithoutCrossing);
        expect(turned).toBe(0);
      } else {
        expect(risk).toBeLessThan(0.3 * bestWithoutCrossing);
        expect(turned).toBeGreaterThan(0.9);
        if (model === "ResNet") expect(leastSlope).toBeLessThan(0);
      }
    }
  });
});

describe("stiff-node", () => {
  it("follows three species with the scalings, and not the radical without", async () => {
    const { models } = await run<{ models: Learnt[] }>("stiff-node --epochs 150");
    const [scaled, unscaled] = models;
    expect(Math.max(...scaled!.errors.map((error) => error!))).toBeLessThan(0.25);
    expect(unscaled!.errors[1]).toBeGreaterThan(1);
  });
});
