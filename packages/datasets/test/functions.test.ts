import {
  ackley,
  alpine01,
  alpine02,
  axis,
  borehole,
  branin,
  dalec,
  franke,
  friedman,
  ishigami,
  latinHypercube,
  rosenbrock,
  sample,
  sobol,
  sobolG,
  type TestFunction,
  testFunction,
  testFunctions,
  toAxes,
  welch,
  wingWeight,
} from "@stiffnet/datasets";
import { prepare } from "@stiffnet/preparation";
import { describe, expect, it } from "vitest";
import reference from "./reference/functions.json" with { type: "json" };

type Name = Exclude<keyof typeof reference, "distributions">;

const functions: [Name, TestFunction][] = [
  ["alpine01", alpine01(4)],
  ["alpine02", alpine02(3)],
  ["ackley", ackley(2)],
  ["rosenbrock", rosenbrock(5)],
  ["branin", branin()],
  ["ishigami", ishigami()],
  ["sobol-g", sobolG()],
  ["friedman", friedman(7)],
  ["welch", welch()],
  ["franke", franke()],
  ["borehole", borehole()],
  ["wing-weight", wingWeight()],
];

describe.each(functions)("%s", (name, fn) => {
  it(`agrees with ${reference[name].origin} at 100 points`, () => {
    const { x, y } = reference[name];
    const values = fn.evaluate(Float64Array.from(x));
    expect(values).toHaveLength(100);
    // Rounding in another order: relative to the value, or to the largest where terms cancel.
    const largest = Math.max(...y.map(Math.abs));
    y.forEach((expected, i) => {
      expect(Math.abs(values[i]! - expected)).toBeLessThan(1e-12 * Math.max(Math.abs(expected), largest));
    });
  });
  it("says what it is", () => {
    expect(fn.name).toBe(name);
    expect(fn.formula).not.toBe("");
    expect(fn.source).toMatch(/\d{4}/);
    expect(new Set(fn.inputs.map((input) => input.name)).size).toBe(fn.inputs.length);
  });
  it("gives NaN for NaN, nothing for nothing, and refuses half a row", () => {
    const width = fn.inputs.length;
    expect(fn.evaluate(new Float64Array(0))).toHaveLength(0);
    expect(fn.evaluate(new Float64Array(width).fill(Number.NaN))).toEqual(Float64Array.of(Number.NaN));
    expect(() => fn.evaluate(new Float64Array(width + 1))).toThrow(
      `${name}: ${width + 1} values, expected whole rows`,
    );
  });
  it("stays within the bounds of its inputs when sampled, and is sampled alike every time", () => {
    const data = sample(fn, { train: 200, test: 50, sampler: sobol(), seed: 4 });
    data.train.inputs.forEach((x, i) => {
      const { lower, upper } = fn.inputs[i % fn.inputs.length]!;
      expect(x).toBeGreaterThanOrEqual(lower);
      expect(x).toBeLessThanOrEqual(upper);
    });
    expect(data.train.outputs).toEqual(fn.evaluate(data.train.inputs));
    expect(sample(fn, { train: 200, test: 50, sampler: sobol(), seed: 4 }).digest).toBe(data.digest);
  });
});

describe("known values", () => {
  it("optima", () => {
    expect(ackley(5).evaluate(new Float64Array(5))[0]).toBeCloseTo(0, 14);
    expect(rosenbrock(4).evaluate(new Float64Array(4).fill(1))[0]).toBe(0);
    // Dixon and Szego give 0.397887 at all three.
    const minima = Float64Array.of(-Math.PI, 12.275, Math.PI, 2.275, 9.42478, 2.475);
    branin()
      .evaluate(minima)
      .forEach((y) => {
        expect(y).toBeCloseTo(0.397887, 6);
      });
    // The survey gives 2.808^d at 7.917 for one maximum of Alpine 2 on [0, 10].
    expect(alpine02(2).evaluate(Float64Array.of(7.917, 7.917))[0]).toBeCloseTo(2.808 ** 2, 2);
  });
  it("Alpine 2 is defined for negative inputs", () => {
    expect(alpine02(1).evaluate(Float64Array.of(-2))[0]).toBe(-alpine02(1).evaluate(Float64Array.of(2))[0]!);
  });
});

describe("distributions", () => {
  const { u, ...expected } = reference.distributions;
  const at = (one: ReturnType<typeof axis>): Float64Array => toAxes(Float64Array.from(u), [one]);
  it.each([
    ["normal", borehole().inputs[0]!],
    ["logNormal", borehole().inputs[1]!],
    ["logUniform", axis("k", 1e-5, 1e-2, { distribution: { kind: "logUniform" } })],
  ] as const)("%s is SciPy's", (kind, one) => {
    at(one).forEach((x, i) => {
      expect(Math.abs(x / expected[kind][i]! - 1)).toBeLessThan(1e-10);
    });
  });
  it.each([4, 8, 30])("a normal cut above %d deviations mirrors one cut below", (least) => {
    const cut = (lower: number, upper: number) =>
      axis("x", lower, upper, { distribution: { kind: "normal", mean: 0, deviation: 1 } });
    const above = at(cut(least, least + 2));
    const below = toAxes(
      Float64Array.from(u, (share) => 1 - share),
      [cut(-least - 2, -least)],
    );
    above.forEach((x, i) => {
      expect(Math.abs(x / -below[i]! - 1)).toBeLessThan(1e-12);
    });
  });
  it("refuse bounds that are none", () => {
    expect(() => axis("k", 1, 1)).toThrow("axis 'k': bounds 1 and 1");
    expect(() => axis("k", 0, 1, { distribution: { kind: "logUniform" } })).toThrow(
      "lower bound 0, expected a positive",
    );
  });
});

describe("sample", () => {
  it("takes consecutive runs of an extensible sequence", () => {
    const long = sample(alpine02(2), { train: 30, sampler: sobol() });
    const split = sample(alpine02(2), { train: 20, validation: 4, test: 6, sampler: sobol() });
    const joined = [split.train, split.validation!, split.test].flatMap((set) => [...set.inputs]);
    expect(joined).toEqual([...long.train.inputs]);
  });
  it("makes each set of a Latin hypercube a design of its own", () => {
    const { train, test } = sample(alpine02(1), { train: 20, test: 10, sampler: latinHypercube() });
    const cells = (set: Float64Array, n: number): number =>
      new Set([...set].map((x) => Math.floor(((x + 5) / 10) * n))).size;
    expect([cells(train.inputs, 20), cells(test.inputs, 10)]).toEqual([20, 10]);
  });
  it("differs from trial to trial", () => {
    const digests = [0, 1, 2].map((trial) => sample(alpine02(2), { train: 10, test: 5, trial }).digest);
    expect(new Set(digests).size).toBe(3);
  });
  it("prepares by distribution: the prepared borehole radius is standard", () => {
    const data = sample(borehole(), { train: 500, test: 5, sampler: sobol() });
    const z = prepare(data.preparation.inputs, data.train.inputs).filter((_, i) => i % 8 === 1);
    expect(z.reduce((sum, t) => sum + t * t, 0) / 500).toBeCloseTo(1, 10);
  });
  it.each([
    ["no training points", { train: 0 }],
    ["a negative test size", { train: 5, test: -1 }],
    ["half a point", { train: 5.5 }],
  ])("refuses %s", (_, options) => {
    expect(() => sample(alpine02(2), options)).toThrow(/^sample: .* expected a whole number/);
  });
  it("refuses dimensions that are none", () => {
    expect(() => alpine02(0)).toThrow("alpine02: dimension is 0");
    expect(() => rosenbrock(1)).toThrow("rosenbrock: dimension is 1");
    expect(() => friedman(4)).toThrow("friedman: dimension is 4");
    expect(() => sobolG([-1])).toThrow("sobolG: a is [-1]");
  });
});

describe("the table of test functions", () => {
  it.each(Object.entries(testFunctions))(
    "%s makes the function of its name, and says what it is",
    (name, entry) => {
      expect(testFunction(name).name).toBe(name);
      expect(entry.words).toMatch(/^[a-z].*[^.]$/);
    },
  );
  it.each(functions)("%s is in it", (name, fn) => {
    expect(testFunction(name, fn.inputs.length).inputs).toEqual(fn.inputs);
  });
  it("refuses names and dimensions that are none", () => {
    expect(() => testFunction("toString")).toThrow(
      "there is no test function 'toString', expected one of alpine01, ",
    );
    expect(() => testFunction("franke", 3)).toThrow("franke: dimension is 3, but it has 2 inputs");
    expect(() => testFunction("rosenbrock", 1)).toThrow("rosenbrock: dimension is 1");
  });
});

it("dalec is a test function like the others", () => {
  expect(sample(dalec(), { train: 3, test: 2 }).outputNames).toHaveLength(10);
});
