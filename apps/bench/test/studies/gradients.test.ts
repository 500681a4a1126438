import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { type Ended, inTurn, temporaryFolder } from "../../../../scripts/commands/run.ts";
import { compareGradients } from "../../src/studies/gradients/compare.ts";
import type { GradientsResult } from "../../src/studies/gradients/experiment.ts";
import { closedForms, slidesFormulas } from "../../src/studies/gradients/linear-layers.ts";

const one = (weight: number, horizon: number) => ({
  width: 1,
  weight: Float64Array.of(weight),
  input: Float64Array.of(1),
  target: Float64Array.of(0),
  horizon,
});

describe("the closed forms", () => {
  it("are what comes out by hand", () => {
    // W = 1, L = 2, T = 1: A = 3/2, x_L = 9/4, so 2 (9/4) (3/2) and 2 (9/4) (9/4).
    expect(slidesFormulas(one(1, 1), 2)).toEqual({ resnet: 6.75, ode: 10.125 });
    expect(closedForms(one(1, 1), 2)).toEqual({
      resnet: Float64Array.of(6.75),
      ode: Float64Array.of(10.125),
    });
    // T = 2: A = 2, x_L = 4; each of the two layers contributes dt = 1 times 2 * 4 * 2 and 2 * 4 * 4.
    expect(closedForms(one(1, 2), 2)).toEqual({ resnet: Float64Array.of(32), ode: Float64Array.of(64) });
  });

  it("have no gap where W is 0, and none is invented", () => {
    const [row] = compareGradients("", one(0, 1), [4]).rows;
    expect(row!.gaps.Euler).toBe(0);
    expect(row!.resnet).toBe(0);
  });
});

describe("gradients", () => {
  const out = join(temporaryFolder(), "out");
  const args = ["gradients", "--horizon", "1.5", "--width", "3", "--out", out];
  let ended: Ended;
  let document: GradientsResult & { digest: string };
  beforeAll(async () => {
    ended = await inTurn([...args, "--json"]);
    document = JSON.parse(ended.stdout);
  });

  it("finds formulas and sensitivities in agreement, for a number and a matrix", () => {
    expect(ended.code, ended.stderr).toBe(0);
    expect(JSON.parse(readFileSync(join(out, "summary.json"), "utf8"))).toEqual(document);
    expect(document.cases.map(({ width }) => width)).toEqual([1, 3]);
    for (const row of document.cases.flatMap(({ rows }) => rows)) {
      // Rounding of at most 1024 steps.
      for (const rounding of [row.resnet, row.ode, row.identity]) expect(rounding).toBeLessThan(1e-12);
    }
  });

  it("measures a gap of slope 1", () => {
    for (const { slopes, rows } of document.cases) {
      for (const slope of Object.values(slopes)) expect(Math.abs(slope - 1)).toBeLessThan(0.05);
      // First order both, towards one limit.
      const [deep, deeper] = rows.slice(-2);
      for (const to of ["resnetToLimit", "odeToLimit"] as const)
        expect(Math.abs(deep![to] / deeper![to] - 2)).toBeLessThan(0.05);
    }
  });

  it("finds the factor that the slides leave out to be T", () => {
    expect(document.factors.map(({ horizon }) => horizon)).toEqual([0.5, 1, 1.5, 2]);
    for (const { horizon, resnet, ode } of document.factors) {
      expect(resnet / horizon).toBeCloseTo(1, 11);
      expect(ode / horizon).toBeCloseTo(1, 11);
    }
  });

  it("prints and draws the same, and the same again", async () => {
    const again = await inTurn(args);
    expect(again.stdout).toContain(`checksum ${document.digest}`);
    expect(again.stdout).toMatch(/One unknown, W = -0\.8: the gap falls with slope (0\.99|1)/);
    const page = readFileSync(join(out, "report.html"), "utf8");
    expect(page.match(/<svg/g)).toHaveLength(2);
    expect(page.match(/(?:src|href)="(?!data:)[^"#]*"|<script/g)).toBe(null);
    const other = await inTurn([...args, "--seed", "2", "--json"]);
    expect(JSON.parse(other.stdout).digest).not.toBe(document.digest);
  });

  it("says so where there is no gap to fit", async () => {
    const { code, stdout } = await inTurn(["gradients", "--weight", "0", "--depths", "4", "--out", "none"], {
      cwd: temporaryFolder(),
    });
    expect(code).toBe(0);
    expect(stdout).toContain("One unknown, W = 0: no slope can be fitted");
  });
});
