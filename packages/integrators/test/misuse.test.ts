import { describe, expect, test } from "vitest";
import {
  auto,
  backwardEuler,
  euler,
  IntegratorError,
  type OdeProblem,
  type Solution,
  type SolveOptions,
  solve,
} from "../src/index.ts";
import { decay } from "./simple-problems.ts";
import { wrongNames } from "./wrong-names.ts";
import { wrongUses } from "./wrong-uses.ts";

/** The code of the IntegratorError that `run` throws, and its message. */
function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(IntegratorError);
    expect((error as Error).message).not.toContain("\n");
    return `${(error as IntegratorError).code}: ${(error as Error).message}`;
  }
  return "nothing was thrown";
}

describe("wrong uses are answered in words that name them", () => {
  test("there are more than a hundred", () => expect(wrongUses.length).toBeGreaterThan(100));

  test.each([...wrongUses, ...wrongNames])("%s", (_, use, words) => {
    let said: string;
    try {
      said = (use() as Solution).hint;
    } catch (error) {
      expect(error).toBeInstanceOf(IntegratorError);
      said = (error as Error).message;
    }
    expect(said).toMatch(words);
    expect(said).not.toContain("\n");
  });
});

describe("misuse", () => {
  const cases: [string, Partial<OdeProblem>, SolveOptions, string][] = [
    ["an empty state", { y0: [] }, {}, "empty_state: y0 is empty"],
    ["NaN in y0", { y0: [1, Number.NaN] }, {}, "not_finite: y0[1] is NaN"],
    ["NaN in the parameters", { parameters: [Number.NaN] }, {}, "not_finite: parameters[0] is NaN"],
    ["an infinite time", { tSpan: [0, Number.POSITIVE_INFINITY] }, {}, "bad_time: tSpan is [0, Infinity]"],
    ["no function", { f: 3 as never }, {}, "bad_field: problem.f is number"],
    ["a returned derivative", { f: (() => [1]) as never }, {}, "bad_field: f returned a value"],
    ["atol of another length", {}, { atol: [1e-6, 1e-6] }, "shape_mismatch: atol has 2 entries, expected 1"],
    ["a negative atol", {}, { atol: -1 }, "bad_tolerance: atol[0] is -1"],
    ["a negative rtol", {}, { rtol: -1e-3 }, "bad_tolerance: rtol is -0.001"],
    ["rtol 1", {}, { rtol: 1 }, "bad_tolerance: rtol is 1"],
    ["NaN as rtol", {}, { rtol: Number.NaN }, "bad_tolerance: rtol is NaN"],
    ["both tolerances 0", {}, { rtol: 0, atol: 0 }, "bad_tolerance: rtol is 0 and atol[0] is 0"],
    ["a first step of 0", {}, { firstStep: 0 }, "bad_option: firstStep is 0"],
    ["two kinds of fixed steps", {}, { step: 0.1, steps: 3 }, "bad_option: more than one of step"],
    ["no steps", {}, { steps: 0 }, "bad_option: steps is 0"],
    ["half a step", {}, { steps: 2.5 }, "bad_option: steps is 2.5"],
    ["a grid that does not end", {}, { grid: [0, 0.5] }, "bad_time: grid runs from 0 to 0.5"],
    ["a time outside", {}, { saveAt: [0.5, 2] }, "bad_time: saveAt[1] is 2, expected a time inside [0, 1]"],
    ["times out of order", {}, { saveAt: [0.5, 0.4] }, "bad_time: saveAt[1] is 0.4 after 0.5"],
    ["a stop outside", {}, { tStops: [-1] }, "bad_time: tStops[0] is -1"],
  ];

  test.each(cases)("%s", (_, problem, options, expected) => {
    expect(refusal(() => solve({ ...decay, ...problem }, options))).toContain(expected);
  });

  test("at without dense output, and outside of the solution", () => {
    const run = solve(decay, { keep: "end" });
    expect(refusal(() => run.at(0.5))).toContain("no_dense_output");
    expect(refusal(() => solve(decay).at(1.5))).toContain("bad_time: at: t = 1.5 is outside");
    expect(refusal(() => solve(decay).at(Number.NaN))).toContain("bad_time");
  });

  test("tolerance 0 on one side alone is fine", () => {
    expect(solve(decay, { rtol: 0, atol: 1e-8 }).status).toBe("finished");
    expect(solve(decay, { rtol: 1e-8, atol: 0 }).status).toBe("finished");
  });

  test("euler and backward Euler with one step are what they should be", () => {
    expect(solve(decay, { solver: euler, steps: 1 }).yEnd[0]).toBe(0);
    expect(solve(decay, { solver: backwardEuler, steps: 1 }).yEnd[0]).toBeCloseTo(0.5, 12);
    expect(solve(decay, { solver: auto() }).status).toBe("finished");
  });
});
