import { afterEach, describe, expect, test, vi } from "vitest";
import type { ExplicitSolver, OdeProblem } from "../src/index.ts";
import { emptyStats } from "../src/problem.ts";
import { oneStepSolvers } from "../src/solvers/registry.ts";
import { ExplicitStepper } from "../src/steppers/explicit.ts";
import { explicitCoefficients } from "../src/steppers/explicit-coefficients.ts";
import { ExplicitStep, explicitStep } from "../src/steppers/explicit-step.ts";
import { STEP_NON_FINITE, STEP_OK } from "../src/steppers/stepper.ts";
import { System } from "../src/system.ts";
import type { ButcherTableau } from "../src/tableau/butcher.ts";

const explicitSolvers = oneStepSolvers.filter((each): each is ExplicitSolver => each.kind === "explicit");

/** Unknowns that all act on one another, with time. */
const chain = (n: number): OdeProblem => ({
  f: (t, y, dy) => {
    for (let i = 0; i < n; i++) dy[i] = Math.sin(t) - (i + 1) * y[i]! * y[(i + 1) % n]!;
  },
  y0: Array.from({ length: n }, (_, i) => 1 + i / 3),
  tSpan: [0, 1],
});

/** Tries the same step again and again: its outcome, evaluations, end and error each time. */
function tries(tableau: ButcherTableau, n: number, h: number): number[][] {
  const problem = chain(n);
  const system = new System(problem, emptyStats());
  const stepper = new ExplicitStepper("a method", tableau, system, { newtonTolerance: 0.01, adaptive: true });
  const weights = new Float64Array(n).fill(1e-6);
  stepper.start(0.2, Float64Array.from(problem.y0));
  return Array.from({ length: 110 }, () => {
    const before = system.stats.evaluations;
    const outcome = stepper.attempt(0.2, h, weights);
    return [outcome, system.stats.evaluations - before, ...stepper.yNew, ...stepper.error];
  });
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

describe.each(explicitSolvers)("$name", (solver) => {
  // A copy: what other tests have solved is not written out for it.
  const tableau = { ...solver.tableau };
  const coefficients = explicitCoefficients(tableau);
  const stages = tableau.b.length;

  test.each([1, 2, 3, 4])("written out for %i unknowns: the bits of the loops", (n) => {
    const step = explicitStep(coefficients, stages, n);
    expect(step.code).toBe(undefined);
    const all = tries(tableau, n, 0.03);
    expect(step.code).toBeTypeOf("function");
    expect(all[0]![0]).toBe(STEP_OK);
    for (const each of all) expect(each).toEqual(all[0]);
  });

  test("an end that is not finite is seen by both", () => {
    const all = tries(tableau, 5, 1e308);
    for (const each of all) expect(each.slice(0, 2)).toEqual([STEP_NON_FINITE, all[0]![1]]);
  });

  test("many unknowns stay with loops", () => {
    tries(tableau, 401, 0.01);
    expect(explicitStep(coefficients, stages, 401).code).toBe(undefined);
  });

  test("where text may not become code, and in pages, loops go on", async () => {
    const codeOf = (Step: typeof ExplicitStep) => {
      const step = new Step(coefficients, stages, 3);
      for (let k = 0; k < 200; k++) step.count();
      return step.code;
    };
    expect(codeOf(ExplicitStep)).toBeTypeOf("function");
    const forbid = vi.fn(function forbid() {
      throw new EvalError("blocked by the content security policy");
    });
    vi.stubGlobal("Function", forbid);
    expect(codeOf(ExplicitStep)).toBe(undefined);
    expect(forbid).toHaveBeenCalledTimes(1);
    vi.unstubAllGlobals();
    vi.stubGlobal("document", {});
    vi.resetModules();
    const inPage = await import("../src/steppers/explicit-step.ts");
    expect(codeOf(inPage.ExplicitStep)).toBe(undefined);
  });
});
