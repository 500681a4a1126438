import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ConvergenceResult } from "../src/commands/convergence_words.ts";
import type { CrossingResult } from "../src/commands/crossing_words.ts";
import type { StiffNodeResult } from "../src/commands/stiff_node_words.ts";
import { stiffnet, temporaryFolder } from "./run.ts";

async function run<Result>(line: string): Promise<Result> {
  const out = join(temporaryFolder(), "out");
  const ended = await stiffnet([...line.split(" "), "--out", out, "--json"]);
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
});

describe("crossing", () => {
  it("is not learnt in one dimension, but in two, and by large steps", async () => {
    const { runs, bestWithoutCrossing } = await run<CrossingResult>("crossing --trials 2 --epochs 300");
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
    const { models } = await run<StiffNodeResult>("stiff-node --epochs 150");
    const [scaled, unscaled] = models;
    expect(Math.max(...scaled!.errors.map((error) => error!))).toBeLessThan(0.25);
    expect(unscaled!.errors[1]).toBeGreaterThan(1);
  });
});
