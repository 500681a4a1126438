import { sample } from "@stiffnet/datasets";
import { brusselator, robertson } from "@stiffnet/datasets/stiff";
import { describe, expect, it } from "vitest";
import reference from "./reference/stiff.json" with { type: "json" };

describe.each([
  ["robertson", robertson()],
  ["brusselator", brusselator()],
] as const)("%s", (name, fn) => {
  it("agrees with SciPy's Radau at 100 points", () => {
    const { x, y } = reference[name];
    const values = fn.evaluate(Float64Array.from(x.flat()));
    // The relative tolerance here is 1e-9 a step.
    y.flat().forEach((expected, i) => {
      expect(Math.abs(values[i]! / expected - 1)).toBeLessThan(1e-7);
    });
  });
  it("is sampled alike every time; NaN gives NaN", () => {
    const draw = (): string => sample(fn, { train: 30, test: 5, seed: 2 }).digest;
    expect(draw()).toBe(draw());
    expect([...fn.evaluate(new Float64Array(fn.inputs.length).fill(Number.NaN))]).toEqual(
      fn.outputs.map(() => Number.NaN),
    );
  });
  it("refuses half a row", () => {
    expect(() => fn.evaluate(new Float64Array(fn.inputs.length + 1))).toThrow("expected whole rows");
  });
});

it("conserves Robertson's matter", () => {
  const { outputs } = sample(robertson(), { train: 50 }).train;
  for (let i = 0; i < outputs.length; i += 3)
    expect(outputs[i]! + outputs[i + 1]! + outputs[i + 2]!).toBeCloseTo(1, 12);
});

it("refuses what cannot be", () => {
  expect(() => robertson({ time: 0 })).toThrow("robertson: time is 0");
  expect(() => robertson({ factor: 1 })).toThrow("robertson: factor is 1");
  expect(() => brusselator().evaluate(Float64Array.of(1, -1e300))).toThrow(/^brusselator, row 1: \w+: /);
});
