import { describe, expect, test } from "vitest";
import { checkDerivatives, defineProblem, type OdeProblem } from "../src/index.ts";
import { brusselator, e5, hires, orego, pollu, rober, vdpol } from "../src/problems.ts";
import { smooth } from "./families.ts";

/** Parameters in every place, and all derivatives. */
const chain: OdeProblem = {
  f: (t, y, dy, p) => {
    dy[0] = -p[0]! * y[0]! + Math.sin(t) * y[2]!;
    dy[1] = p[0]! * y[0]! - p[1]! * y[1]! * y[1]!;
    dy[2] = p[1]! * y[1]! * y[1]!;
  },
  jacobian: (t, y, jac, p) =>
    jac.set([-p[0]!, p[0]!, 0, 0, -2 * p[1]! * y[1]!, 2 * p[1]! * y[1]!, Math.sin(t), 0, 0]),
  timeDerivative: (t, y, dt) => dt.set([Math.cos(t) * y[2]!, 0, 0]),
  pullback: (t, y, v, gradY, gradP, p) => {
    const square = y[1]! * y[1]!;
    gradY[0] = gradY[0]! + p[0]! * (v[1]! - v[0]!);
    gradY[1] = gradY[1]! + 2 * p[1]! * y[1]! * (v[2]! - v[1]!);
    gradY[2] = gradY[2]! + Math.sin(t) * v[0]!;
    gradP[0] = gradP[0]! + y[0]! * (v[1]! - v[0]!);
    gradP[1] = gradP[1]! + square * (v[2]! - v[1]!);
  },
  sparsity: [[0, 1], [1, 2], [0]],
  y0: [1, 0, 0],
  tSpan: [0, 3],
  parameters: [0.7, 3],
};

const problems = [rober, orego, vdpol, hires, e5, pollu, brusselator(20)];

test.each([
  ...problems,
  ...smooth.map(({ name, problem }) => ({ ...problem, name })),
  { ...chain, name: "chain" },
])("nothing is found in $name", (problem) => expect(checkDerivatives(problem)).toEqual([]));

describe("a slip is found and named", () => {
  const exact = chain.jacobian!;
  const jacobian = (edit: (jac: Float64Array) => void): Partial<OdeProblem> => ({
    jacobian: (t, y, jac, p) => {
      exact(t, y, jac, p);
      edit(jac);
    },
  });
  const cases: [string, Partial<OdeProblem>, string, RegExp][] = [
    [
      "transposed",
      jacobian((jac) => jac.set([0, 3, 6, 1, 4, 7, 2, 5, 8].map((k) => jac[k]!))),
      "jacobian",
      /it is transposed/,
    ],
    ["of the wrong sign", jacobian((jac) => jac.set(jac.map((x) => -x))), "jacobian", /opposite sign/],
    ["empty", jacobian((jac) => jac.fill(0)), "jacobian", /all of it is 0/],
    [
      "returned",
      { jacobian: (() => [[1]]) as never },
      "jacobian",
      /the function returned it, expected it to write into its argument/,
    ],
    [
      "wrong in one entry",
      jacobian((jac) => jac.fill(0.5, 1, 2)),
      "jacobian",
      /entry 1, 0 is 0.5, differences say 0\.(7|6999)/,
    ],
    ["wrong away from y0 alone", jacobian((jac) => jac.fill(0, 4, 5)), "jacobian", /entry 1, 1 is 0/],
    [
      "a pattern that leaves something out",
      { sparsity: [[0, 1], [1], [0]] },
      "sparsity",
      /sparsity\[1\] leaves out row 2/,
    ],
    ["not autonomous", { autonomous: true }, "autonomous", /autonomous is true, but df\[0\]\/dt is/],
    [
      "the wrong df/dt",
      { timeDerivative: (_t, _y, dt) => void dt.fill(0) },
      "timeDerivative",
      /all of it is 0/,
    ],
    [
      "a pullback that sets",
      {
        pullback: (t, y, v, gradY, gradP, p) => {
          gradY.fill(0);
          chain.pullback!(t, y, v, gradY, gradP, p);
        },
      },
      "pullback",
      /gradY is overwritten, expected the pullback to add to it/,
    ],
    [
      "a pullback without parameters",
      {
        pullback: (t, y, v, gradY, gradP, p) =>
          chain.pullback!(t, y, v, gradY, new Float64Array(gradP.length), p),
      },
      "pullback",
      /v\^T df\/dp.*all of it is 0/,
    ],
  ];
  test.each(cases)("%s", (_, slip, of, words) => {
    const found = checkDerivatives({ ...chain, ...slip });
    expect(found.map((finding) => finding.of)).toContain(of);
    expect(found.map((finding) => finding.message).join("\n")).toMatch(words);
  });
});

test("defineProblem gives parameters by name, to f and to its derivatives", () => {
  const problem = defineProblem({
    f: (_t, y, dy, { rate, source }) => {
      dy[0] = source - rate * y[0]!;
    },
    jacobian: (_t, _y, jac, { rate }) => {
      jac[0] = -rate;
    },
    y0: [1],
    tSpan: [0, 1],
    parameters: { rate: 2, source: 3 },
  });
  expect(problem.parameters).toEqual([2, 3]);
  expect(checkDerivatives(problem)).toEqual([]);
  const dy = new Float64Array(1);
  problem.f(0, Float64Array.of(1), dy, Float64Array.of(5, 7));
  expect(dy[0]).toBe(2);
});
