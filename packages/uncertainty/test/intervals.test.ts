import { randomStream } from "@stiffnet/base";
import {
  type Calibration,
  calibrate,
  intervalsAt,
  intervalsOf,
  levelsOf,
  outsideBox,
  readCalibration,
  spreadOf,
  UncertaintyError,
  usualLevel,
} from "@stiffnet/uncertainty";
import { expect, it } from "vitest";

/** Residuals whose deviation is the row's spread times 3 (of the first output) or does not depend on it. */
function drawn(rows: number, seed: number): { residuals: Float64Array; spreads: Float64Array } {
  const random = randomStream(seed, 0);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  const residuals = new Float64Array(2 * rows);
  const spreads = new Float64Array(2 * rows);
  for (let row = 0; row < rows; row++) {
    const spread = 0.5 + 4 * random.uniform();
    spreads.set([spread, 1e-9 * spread], 2 * row);
    residuals.set([3 * spread * normal(), 1e-7 * normal()], 2 * row);
  }
  return { residuals, spreads };
}

/** About answers of 0. */
function halfWidths(calibration: Calibration, spreads: Float64Array, level: number, outside?: Float64Array) {
  const means = new Float64Array(spreads.length);
  const { low, high } = intervalsOf(calibration, { means, spreads, level, outside });
  expect(low).toEqual(high.map((end) => -end));
  return high;
}

it("covers what it promises on rows it has not seen", () => {
  const calibration = calibrate({ ...drawn(2000, 1), outputs: 2 });
  const test = drawn(4000, 2);
  for (const level of [0.5, 0.8, 0.9, 0.95, 0.99]) {
    const half = halfWidths(calibration, test.spreads, level);
    for (const column of [0, 1]) {
      const held = Array.from({ length: 4000 }, (_, row) => {
        const i = 2 * row + column;
        return Math.abs(test.residuals[i]!) <= half[i]!;
      }).filter(Boolean).length;
      // Three deviations of both counts.
      const deviation = Math.sqrt(level * (1 - level) * (1 / 2000 + 1 / 4000));
      expect(Math.abs(held / 4000 - level)).toBeLessThan(3 * deviation);
    }
  }
});

it("takes the rank that finite samples need, and says where rows are too few", () => {
  const residuals = Float64Array.of(1, -2, 3, -4, 5, -6, 7, -8, 9);
  const calibration = calibrate({
    residuals,
    spreads: new Float64Array(9),
    outputs: 1,
    levels: [0.5, 0.9, 0.95],
  });
  const [{ floor, factors }] = calibration.outputs as [(typeof calibration.outputs)[number]];
  // ceil(10 * 0.5) = 5th and ceil(10 * 0.9) = 9th smallest; 0.95 would need a tenth.
  expect(floor * factors[0]!).toBeCloseTo(5, 12);
  expect(floor * factors[1]!).toBeCloseTo(9, 12);
  expect(factors[2]).toBeNull();
  expect([...halfWidths(calibration, Float64Array.of(0), 0.95)]).toEqual([Number.POSITIVE_INFINITY]);
  const copied = JSON.parse(JSON.stringify(calibration));
  expect(halfWidths(copied, Float64Array.of(1), 0.9)).toEqual(
    halfWidths(calibration, Float64Array.of(1), 0.9),
  );
});

it("is wider outside the box, by the sides that are left", () => {
  const box = [
    [0, 2],
    [-1, 0],
    [3, 3],
  ] as const;
  const rows = Float64Array.of(1, -0.5, 3, 3, -3, 3, 1, 0, 3.1);
  const outside = outsideBox(rows, box);
  expect([...outside]).toEqual([0, 2, 1]);
  const calibration = calibrate({
    residuals: Float64Array.of(1, 1, 1),
    spreads: new Float64Array(3),
    outputs: 1,
    levels: [0.5],
  });
  expect([...halfWidths(calibration, new Float64Array(3), 0.5, outside)]).toEqual([1, 3, 2]);
  const inputs = box.map((range) => ({ range }));
  const asked = { rows, means: Float64Array.of(10, 20, 30), level: 0.5 };
  expect([...intervalsAt(calibration, { ...asked, inputs }).high]).toEqual([11, 23, 32]);
  // A range that nobody knows: nothing is known to be outside.
  const unknown = [...inputs.slice(1), {}];
  expect([...intervalsAt(calibration, { ...asked, inputs: unknown }).low]).toEqual([9, 19, 29]);
});

it("has the spread of a sample, over one less than the members", () => {
  const { mean, std } = spreadOf([Float64Array.of(1, 5), Float64Array.of(2, 5), Float64Array.of(6, 5)]);
  expect([...mean]).toEqual([3, 5]);
  expect(std[0]).toBeCloseTo(Math.sqrt(7), 12);
  expect(std[1]).toBe(0);
  expect([...spreadOf([Float64Array.of(4)]).std]).toEqual([0]);
});

it("refuses what cannot be calibrated", () => {
  const none = { residuals: new Float64Array(0), spreads: new Float64Array(0), outputs: 1 };
  expect(() => calibrate(none)).toThrow("at least one row of 1 outputs");
  expect(() => calibrate({ ...none, residuals: Float64Array.of(1) })).toThrow(UncertaintyError);
  const one = { residuals: Float64Array.of(1), spreads: Float64Array.of(1), outputs: 1 };
  expect(() => calibrate({ ...one, levels: [1] })).toThrow("level is 1");
  expect(() => halfWidths(calibrate(one), Float64Array.of(1), 0.7)).toThrow("expected one of 0.5, 0.8");
  const misspelt = { ...one, level: [0.9] };
  expect(() => calibrate(misspelt)).toThrow("calibrate: level is not an option; did you mean 'levels'?");
});

it("refuses what is no number, and lengths that do not fit, by row and column", () => {
  const spreads = new Float64Array(4);
  const residuals = Float64Array.of(1, 2, 3, Number.NaN);
  expect(() => calibrate({ residuals, spreads, outputs: 2 })).toThrow(
    "calibrate: residual 2 of row 2 is NaN, expected a finite number",
  );
  expect(() => calibrate({ residuals: spreads, spreads: residuals, outputs: 2 })).toThrow(
    "spread 2 of row 2",
  );
  expect(() => outsideBox(Float64Array.of(0.5, Number.NaN), [[0, 1]])).toThrow(
    "outsideBox: input 1 of row 2 is NaN",
  );
  const calibration = calibrate({ residuals: Float64Array.of(1, 2, 3, 4), spreads, outputs: 2 });
  const means = new Float64Array(4);
  for (const wrong of [
    { means: new Float64Array(3) },
    { means, spreads: new Float64Array(3) },
    { means, outside: new Float64Array(4) },
  ]) {
    expect(() => intervalsOf(calibration, { ...wrong, level: 0.5 })).toThrow(
      "expected whole rows of 2 outputs",
    );
  }
  expect(() => calibrate({ residuals: means, spreads, outputs: 2, logarithmic: [true] })).toThrow(
    "logarithmic has 1 flags, expected one for each of 2 outputs",
  );
});

it("is relative for a logarithmic output, over all its decades", () => {
  const random = randomStream(5, 0);
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform());
  const rows = 4000;
  const residuals = Float64Array.from({ length: rows }, () => 0.3 * normal());
  const spreads = new Float64Array(rows);
  const calibration = calibrate({ residuals, spreads, outputs: 1, logarithmic: [true] });
  const copied = JSON.parse(JSON.stringify(calibration));
  expect(readCalibration(copied, 1, "a.onnx")).toEqual(calibration);
  const means = Float64Array.from({ length: rows }, (_, k) => 10 ** (-9 + (8 * k) / rows));
  const { low, high } = intervalsOf(copied, { means, level: 0.9 });
  for (const decade of [0, 1, 2, 3, 4, 5, 6, 7]) {
    let held = 0;
    for (let k = (decade * rows) / 8; k < ((decade + 1) * rows) / 8; k++) {
      expect(low[k]).toBeGreaterThan(0);
      const truth = means[k]! * Math.exp(0.3 * normal());
      if (truth >= low[k]! && truth <= high[k]!) held++;
    }
    // Four deviations of 500 rows.
    expect(Math.abs(held / 500 - 0.9)).toBeLessThan(4 * Math.sqrt(0.09 / 500));
  }
  // The spread is physical, and small beside the mean: F exp(+- q sqrt((std / F)^2 + floor^2)).
  const [{ floor, factors }] = calibration.outputs as [(typeof calibration.outputs)[number]];
  const one = intervalsOf(calibration, { means: [2e-6], spreads: [1e-6], level: 0.9 });
  expect(Math.log(one.high[0]! / 2e-6)).toBeCloseTo(factors[2]! * Math.hypot(0.5, floor), 12);
  expect(intervalsOf(calibration, { means: [0], spreads: [1], level: 0.9 })).toEqual({
    low: Float64Array.of(0),
    high: Float64Array.of(0),
  });
});

it("is read again from what a file holds, and refused where it is none", () => {
  const calibration = calibrate({ ...drawn(30, 3), outputs: 2 });
  const copy = JSON.parse(JSON.stringify(calibration));
  expect(readCalibration(copy, 2, "a.onnx")).toEqual(calibration);
  // 0.99 needs 99 rows.
  expect(levelsOf(copy)).toEqual([0.5, 0.8, 0.9, 0.95]);
  expect(levelsOf(copy)).toContain(usualLevel);
  expect(readCalibration(undefined, 2, "a.onnx")).toBeUndefined();
  const [first] = copy.outputs;
  for (const [given, text] of [
    [null, "a.onnx: its intervals have no levels"],
    [{ ...copy, levels: [0.5, 1] }, "have no levels, expected numbers between 0 and 1"],
    [{ ...copy, rows: "30" }, "do not say how many rows"],
    [{ ...copy, outputs: [first] }, "have 1 outputs, expected 2"],
    [{ ...copy, outputs: [first, { ...first, floor: -1 }] }, "5 factors of at least 0 for output 2"],
    [{ ...copy, outputs: [{ ...first, factors: [1] }, first] }, "5 factors of at least 0 for output 1"],
    [{ ...copy, outputs: [first, null] }, "for output 2"],
    [{ ...copy, outputs: [{ ...first, logarithmic: 1 }, first] }, "whether output 1 is logarithmic"],
  ] as const) {
    expect(() => readCalibration(given, 2, "a.onnx")).toThrow(text);
  }
});
