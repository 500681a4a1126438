import { randomStream } from "@stiffnet/base";
import {
  calibrate,
  halfWidths,
  halfWidthsAt,
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
  expect([...halfWidthsAt(calibration, 0.5, { inputs, rows })]).toEqual([1, 3, 2]);
  // A range that nobody knows: nothing is known to be outside.
  const unknown = [...inputs.slice(1), {}];
  expect([...halfWidthsAt(calibration, 0.5, { inputs: unknown, rows })]).toEqual([1, 1, 1]);
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
    [{ ...copy, outputs: [first] }, "are of 1 outputs, expected 2"],
    [{ ...copy, outputs: [first, { ...first, floor: -1 }] }, "5 factors of 0 or more for output 2"],
    [{ ...copy, outputs: [{ ...first, factors: [1] }, first] }, "5 factors of 0 or more for output 1"],
    [{ ...copy, outputs: [first, null] }, "for output 2"],
  ] as const) {
    expect(() => readCalibration(given, 2, "a.onnx")).toThrow(text);
  }
});
