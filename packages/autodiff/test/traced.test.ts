import {
  checkDerivatives,
  detectSparsity,
  discrete,
  forwardSensitivities,
  type OdeProblem,
  radau,
  rodas5P,
  solve,
  tsit5,
} from "@stiffnet/integrators";
import { brusselator, e5, hires, orego, pollu, rober, vdpol } from "@stiffnet/integrators/problems";
import { afterEach, describe, expect, test, vi } from "vitest";
import { worst } from "../../integrators/test/families.ts";
import { jacobianRows, slopeOf } from "../../integrators/test/jacobian-rows.ts";
import { lotka } from "../../integrators/test/lotka.ts";
import { defineTraced } from "../src/index.ts";
import * as rightHandSides from "./traced-problems.mjs";

afterEach(() => vi.unstubAllGlobals());

type RightHandSide = Parameters<typeof defineTraced>[0]["f"];

describe.each([
  ["ROBER", rober, rightHandSides.rober],
  ["HIRES", hires, rightHandSides.hires],
  ["OREGO", orego, rightHandSides.orego],
  ["VDPOL", vdpol, rightHandSides.vdpol],
  ["E5", e5, rightHandSides.e5],
  ["POLLU", pollu, rightHandSides.pollu],
  ["Brusselator, 12", brusselator(6), rightHandSides.brusselator(6)],
  ["Brusselator, 400", brusselator(200), rightHandSides.brusselator(200)],
] as const)("%s", (_name, given, f) => {
  const { y0, tSpan } = given;
  const traced = defineTraced({ y0, tSpan, f: f as RightHandSide });
  const near = Float64Array.from(y0, (x, i) => x + 0.3 + 0.1 * Math.sin(i + 1));

  test("f has the bits of the numeric one, df/dy is the hand-written one", () => {
    for (const y of [Float64Array.from(y0), near]) {
      // Sums of more than two terms may be taken in another order.
      expect(worst(slopeOf(traced, y), slopeOf(given, y))).toBeLessThan(4e-14);
      const [mine, theirs] = [traced, given].map((each) => jacobianRows(each, y));
      mine!.forEach((row, i) => {
        expect(worst(row, theirs![i]!)).toBeLessThan(1e-14);
      });
    }
    expect(traced.autonomous).toBe(true);
    expect(checkDerivatives(traced)).toEqual([]);
  });

  test("the entries are those that are not zero", () => {
    const found = detectSparsity(traced, [{ t: 0, y: near }]);
    expect(detectSparsity(given, [{ t: 0, y: near }])).toEqual(found);
    const sorted = (lists: OdeProblem["sparsity"]) =>
      (lists as number[][]).map((rows) => [...rows].sort((a, b) => a - b));
    expect(sorted(traced.sparsity)).toEqual(found);
    if (given.sparsity !== undefined) expect(sorted(given.sparsity)).toEqual(found);
  });

  test("interpreted, as where text may not become code: the same bits", () => {
    const forbidden = defineTraced({ y0, tSpan, f: f as RightHandSide });
    vi.stubGlobal("Function", function forbid() {
      throw new EvalError("blocked by the content security policy");
    });
    const slope = slopeOf(forbidden, near);
    const rows = jacobianRows(forbidden, near);
    vi.unstubAllGlobals();
    expect(slope).toEqual(slopeOf(traced, near));
    expect(rows).toEqual(jacobianRows(traced, near));
  });
});

test("fewer evaluations than with differences, and the run of the hand-written Jacobian to its bits", () => {
  const { y0, tSpan } = rober;
  const traced = defineTraced({ y0, tSpan, f: rightHandSides.rober as RightHandSide });
  const options = { solver: rodas5P, rtol: 1e-6, atol: rober.atolFor(1e-6) };
  const run = solve(traced, options);
  const byHand = solve(rober, options);
  expect(run.yEnd).toEqual(byHand.yEnd);
  expect(run.stats).toEqual(byHand.stats);
  const differenced = solve({ f: rober.f, y0, tSpan, autonomous: true }, options);
  expect(differenced.stats.evaluations).toBeGreaterThan(1.3 * run.stats.evaluations);
});

test("parameters by name, time, and their derivatives: gradients as by hand", () => {
  const traced = defineTraced({
    y0: [...Array.from(lotka.y0)],
    tSpan: lotka.tSpan,
    parameters: Object.fromEntries(Array.from(lotka.parameters!, (x, k) => [`p${k}`, x])),
    f: ({ t, y: [a, b], p, math: { add, mul, neg, sin, sub } }) => [
      sub(mul(p.p0!, a!), mul(p.p1!, a!, b!)),
      add(neg(mul(p.p3!, b!)), mul(p.p2!, a!, b!), mul(0.1, sin(t), p.p3!)),
    ],
  });
  expect(checkDerivatives(traced)).toEqual([]);
  expect(traced.autonomous).toBeUndefined();
  expect(traced.timeDerivative).toBeDefined();
});

test("loops over many unknowns come in parts, with values that go from one to the next", () => {
  const n = 40;
  const define = (compile: boolean) =>
    defineTraced({
      y0: Array.from({ length: n }, (_, i) => Math.sin(i)),
      tSpan: [0, 1],
      parameters: { coupling: 0.3 },
      // Kuramoto's oscillators: everyone on everyone.
      f: ({ y, p, math: { add, mul, sin, sub } }) => {
        const sum = add(...y);
        return y.map((x) =>
          add(mul(0.1, sum), mul(p.coupling, add(...y.map((other) => sin(sub(other, x)))))),
        );
      },
      compile,
    });
  const [code, table] = [define(true), define(false)];
  expect(code.sparseJacobian).toBeDefined();
  expect(checkDerivatives(code)).toEqual([]);
  const y = Float64Array.from(code.y0);
  expect(jacobianRows(table, y)).toEqual(jacobianRows(code, y));
  const [a, b] = [code, table].map((each) => solve(each, { solver: radau }).yEnd);
  expect(a).toEqual(b);
});

test("a parabola that is cut off: select leaves out what is infinite, and takes its derivative along", () => {
  const root = defineTraced({
    y0: [0],
    tSpan: [0, 1],
    f: ({ y, math: { select, sqrt, mul } }) => [select(y[0]!, sqrt(y[0]!), mul(3, y[0]!))],
  });
  expect(jacobianRows(root, Float64Array.of(0))).toEqual([[3]]);
  expect(jacobianRows(root, Float64Array.of(4))).toEqual([[0.25]]);
});

test("sensitivities with traced derivatives are those of differences, without their evaluations", () => {
  const decay = defineTraced({
    y0: [1, 0.5],
    tSpan: [0, 2],
    parameters: { a: 0.7, b: 1.3 },
    f: ({ y, p, math: { exp, mul, neg, sub } }) => [
      neg(mul(p.a, y[0]!)),
      sub(exp(neg(y[0]!)), mul(p.b, y[1]!)),
    ],
  });
  const { f, y0, tSpan, parameters } = decay;
  const plain: OdeProblem = { f, y0, tSpan, parameters: parameters! };
  for (const solver of [tsit5, rodas5P, radau]) {
    const options = { solver, rtol: 1e-8, atol: 1e-8 };
    const [mine, differences] = [decay, plain].map((each) => forwardSensitivities(each, options));
    expect(worst(mine!.parameters, differences!.parameters, 1)).toBeLessThan(1e-6);
    expect(mine!.stats.evaluations).toBeLessThan(0.7 * differences!.stats.evaluations);
    // y = exp(-a t)
    expect(worst([mine!.parameters[0]!], [-2 * Math.exp(-1.4)])).toBeLessThan(1e-6);
    const gradient = discrete().run(decay, options).pullback([1, 0]);
    expect(worst(gradient.parameters, mine!.parameters.subarray(0, 2), 1)).toBeLessThan(1e-8);
  }
});
