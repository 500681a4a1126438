import { samplingStream } from "@stiffnet/base";
import { nextRuns, pointsWithin } from "@stiffnet/uncertainty";
import { describe, expect, it } from "vitest";

const line = (...values: number[]): Float64Array => Float64Array.from(values);

describe("nextRuns", () => {
  it("takes the largest spread times distance, and keeps away from what it took", () => {
    const candidates = line(0, 0.25, 0.5, 0.75, 1);
    const spreads = line(1, 1, 1, 3, 1);
    const runs = nextRuns({ candidates, spreads, columns: 1, known: line(0.5), runs: 3 });
    // 3 * 0.25 = 0.75 beats 0.5; then 0 is 0.5 away, and 1 and 0.25 are 0.25 away, of which 0.25 is first.
    expect(runs.map(({ candidate }) => candidate)).toEqual([3, 0, 1]);
    expect(runs.map(({ distance }) => distance)).toEqual([0.25, 0.5, 0.25]);
    expect(runs[0]!.spread).toBe(3);
  });

  it("fills space where the model has no spread", () => {
    const candidates = Float64Array.from({ length: 101 }, (_, i) => i / 100);
    const spreads = new Float64Array(101);
    const runs = nextRuns({ candidates, spreads, columns: 1, known: line(0), runs: 3 });
    expect(runs.map(({ candidate }) => candidate)).toEqual([100, 50, 25]);
  });

  it("refuses more runs than there are new points, and odd shapes", () => {
    const given = { candidates: line(0, 1, 1), spreads: line(1, 1, 1), columns: 1, known: line(0) };
    expect(() => nextRuns({ ...given, runs: 2 })).toThrow("only 1 of 3 candidates are uncertain");
    expect(() => nextRuns({ ...given, spreads: line(1), runs: 1 })).toThrow("1 spreads");
    expect(() => nextRuns({ ...given, spreads: line(1, Number.NaN, 1), runs: 1 })).toThrow("row 2 is NaN");
  });
});

describe("pointsWithin", () => {
  const random = () => samplingStream(1, "points");
  const draw = (dimension: number, constraints: { weights: number[]; bound: number }[], count = 2000) =>
    pointsWithin(count, dimension, { constraints, random: random() });

  it("is uniform in a simplex, to the errors of the mean", () => {
    for (const dimension of [1, 2, 5]) {
      const points = draw(dimension, [{ weights: new Array(dimension).fill(1), bound: 1 }])!;
      for (let d = 0; d < dimension; d++) {
        const values = points.filter((_, i) => i % dimension === d);
        const mean = values.reduce((sum, x) => sum + x / values.length, 0);
        // Each coordinate is Beta(1, D), of mean 1 / (D + 1); five deviations, since steps are related.
        const deviation = Math.sqrt(dimension / ((dimension + 1) ** 2 * (dimension + 2) * values.length));
        expect(Math.abs(mean - 1 / (dimension + 1))).toBeLessThan(5 * deviation);
      }
      for (let k = 0; k < 2000; k++) {
        const row = points.subarray(k * dimension, (k + 1) * dimension);
        expect(Math.min(...row)).toBeGreaterThanOrEqual(0);
        expect(row.reduce((sum, x) => sum + x, 0)).toBeLessThanOrEqual(1 + 1e-12);
      }
    }
  });

  it("finds a small corner, and the same one again", () => {
    const corner = [{ weights: [-1, -1, -1], bound: -2.99 }];
    const points = draw(3, corner, 10)!;
    for (let k = 0; k < 10; k++)
      expect(points[3 * k]! + points[3 * k + 1]! + points[3 * k + 2]!).toBeGreaterThan(2.99 - 1e-12);
    expect(draw(3, corner, 10)).toEqual(points);
  });

  it("finds nothing where constraints contradict each other or the box, or leave a plane", () => {
    const sum = { weights: [1, 1], bound: 1 };
    expect(
      draw(2, [sum, { weights: [-1, 0], bound: -0.9 }, { weights: [0, -1], bound: -0.2 }]),
    ).toBeUndefined();
    expect(draw(2, [{ weights: [-1, -1], bound: -3 }])).toBeUndefined();
    expect(draw(2, [sum, { weights: [-1, -1], bound: -1 }])).toBeUndefined();
    expect(draw(2, [{ weights: [0, 0], bound: -1 }])).toBeUndefined();
    expect(draw(2, [{ weights: [0, 0], bound: 1 }])).toBeDefined();
  });
});
