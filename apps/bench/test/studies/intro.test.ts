import { readFileSync } from "node:fs";
import { join } from "node:path";
import { oneStepSolvers } from "@stiffnet/integrators";
import { beforeAll, describe, expect, it } from "vitest";
import { type Ended, inTurn, temporaryFolder } from "../../../../scripts/commands/run.ts";
import type { IntroResult } from "../../src/studies/intro/experiment.ts";

describe("intro", () => {
  const out = join(temporaryFolder(), "out");
  const args = ["intro", "--rates", "1,100,1e4", "--out", out];
  let ended: Ended;
  let document: IntroResult & { config: object; digest: string };
  beforeAll(async () => {
    ended = await inTurn([...args, "--json"]);
    document = JSON.parse(ended.stdout);
  });

  it("prints one document, the same as summary.json", () => {
    expect(ended.code, ended.stderr).toBe(0);
    expect(JSON.parse(readFileSync(join(out, "summary.json"), "utf8"))).toEqual(document);
    expect(document.config).toMatchObject({ command: "intro", rate: 100, rtol: 1e-3, atol: 1e-4 });
    expect(document.digest).toMatch(/^[0-9a-f]{64}$/);
  });

  it("shows explicit methods held at their stability limit, implicit ones not", () => {
    const run = (method: string) => document.runs.find((each) => each.method === method)!;
    for (const method of ["bogackiShampine32", "dopri5", "tsit5"]) {
      const { laterStep, stableStep, steps } = run(method);
      // The control rides on the limit: the median of its steps lies within a few per cent of it.
      expect(Math.abs(laterStep / stableStep - 1)).toBeLessThan(0.05);
      expect(steps).toBeGreaterThan(0.95 * (10 / stableStep));
    }
    for (const method of ["rodas5P", "radau", "esdirk43"]) {
      expect(run(method).steps).toBeLessThan(run("dopri5").steps / 5);
      expect(run(method).largestStep).toBeGreaterThan(0.5);
    }
    // Errors of a step stay below the tolerance; they hardly add up where everything decays.
    for (const { error } of document.runs) expect(error).toBeLessThan(10 * 1.1e-3);
  });

  it("counts work that grows with the stiffness ratio for explicit methods alone", () => {
    const steps = (method: string, rate: number): number =>
      document.byRate.find((run) => run.method === method && run.rate === rate)!.steps;
    expect(steps("dopri5", 1e4) / steps("dopri5", 100)).toBeGreaterThan(80);
    expect(steps("radau", 1e4) / steps("radau", 100)).toBeLessThan(3);
  });

  it("sets the slides' figures beside every explicit method's", () => {
    const row = (method: string) => document.slides.find((each) => each.method === method)!;
    expect(document.slides).toHaveLength(oneStepSolvers.filter(({ kind }) => kind === "explicit").length);
    // Bisection of the tolerance leaves about eight digits.
    for (const { run } of document.slides) expect(run.firstStep / 1e-4).toBeCloseTo(1, 6);
    // 2.5127 / 100 and 3.3066 / 100 are 0.03 to one digit. 2 / 100 is not.
    expect(row("bogackiShampine32").agrees).toBe(true);
    expect(row("euler").agrees).toBe(false);
    expect(row("dopri5").rtol).toBe(null);
    expect(row("dopri5").run.laterStep).toBeCloseTo(0.03, 2);
  });

  it("prints and draws the same, and the same again", async () => {
    const again = await inTurn(args);
    expect(again.stdout).toContain(`checksum ${document.digest}`);
    const page = readFileSync(join(out, "report.html"), "utf8");
    expect(page.match(/<svg/g)).toHaveLength(4);
    expect(page.match(/(?:src|href)="(?!data:)[^"#]*"|<script/g)).toBe(null);
    const { steps, evaluations } = document.runs.find(({ method }) => method === "rodas5P")!;
    for (const text of [again.stdout, page])
      expect(text).toContain(`rodas5P (implicit) takes ${steps} steps and ${evaluations} evaluations`);
  });
});
