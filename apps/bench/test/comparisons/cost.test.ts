import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { inTurn, temporaryFolder } from "../../../../scripts/commands/run.ts";
import { type CostCase, costAxes, costCase, costModels } from "../../src/comparisons/cost/cases.ts";

test("one thing is varied at a time", () => {
  const plain = costCase("trials", 1, costModels[0]!, 1);
  for (const axis of costAxes) {
    const { trials, network, training, data } = costCase(axis, 7, costModels[0]!, 1);
    const varied = [
      trials !== plain.trials,
      training.epochs !== plain.training.epochs && axis !== "rows",
      data.kind === "function" && plain.data.kind === "function" && data.train !== plain.data.train,
      network.width !== plain.network.width,
      network.depth !== plain.network.depth,
    ];
    expect(costAxes.filter((_, k) => varied[k])).toEqual([axis]);
  }
});

describe("stiffnet-bench cost", () => {
  test("measures every case in a process of its own, and draws time and memory", async () => {
    const out = join(temporaryFolder(), "out");
    const sizes = "--trials 2 --epochs 3 --rows 90 --width 4 --depth 2".split(" ");
    const { code, stdout, stderr } = await inTurn(["cost", ...sizes, "--out", out, "--json"]);
    expect(code, stderr).toBe(0);
    const { cases } = JSON.parse(stdout) as { cases: CostCase[] };
    // 20 samples a step; 400 rows and 20 epochs where they are not varied, one epoch where the rows are.
    const steps = { trials: 2 * 20 * 20, epochs: 3 * 20, rows: 5, width: 20 * 20, depth: 20 * 20 };
    expect(cases.map(({ axis, model, steps: made }) => [axis, model, made])).toEqual(
      costAxes.flatMap((axis) => costModels.map(({ name }) => [axis, name, steps[axis]])),
    );
    for (const { millisecondsPerStep, processorSeconds, steps: made, peakMiB } of cases) {
      expect(millisecondsPerStep).toBeGreaterThan(0);
      expect(processorSeconds).toBeGreaterThan((millisecondsPerStep * made) / 1000);
      // Node alone takes some 40.
      expect(peakMiB).toBeGreaterThan(30);
      expect(peakMiB).toBeLessThan(1000);
    }
    for (const kind of ["time", "study", "memory"])
      for (const axis of costAxes) expect(existsSync(join(out, "figures", `${kind}-${axis}.svg`))).toBe(true);
    expect(
      readFileSync(join(out, "tables", "cost.csv"), "utf8")
        .trim()
        .split("\n"),
    ).toHaveLength(11);
  });
});
