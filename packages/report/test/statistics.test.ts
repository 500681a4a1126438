import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { estimateOf, holm, medianInterval, signedRank } from "../src/statistics.ts";
import reference from "./reference/study_statistics.json" with { type: "json" };

describe("Wilcoxon's signed-rank test", () => {
  it.each(reference.wilcoxon)("agrees with SciPy: $name", ({ differences, statistic, p }) => {
    const found = signedRank(differences);
    expect(found.statistic).toBe(statistic);
    // Sums of at most 2^50 equal shares, and erfc: a few roundings.
    expect(Math.abs(found.p / p - 1)).toBeLessThan(1e-12);
    expect(found.method).toBe(found.pairs > 50 ? "normal" : "exact");
  });

  it("does not change with the sign or the scale of the differences", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 60 }),
        (differences) => {
          const found = signedRank(differences);
          expect(signedRank(differences.map((d) => -d))).toEqual(found);
          expect(signedRank(differences.map((d) => 8 * d))).toEqual(found);
          expect(found.p).toBeGreaterThan(0);
          expect(found.p).toBeLessThanOrEqual(1);
        },
      ),
    );
  });

  it("says nothing where nothing differs", () => {
    expect(signedRank([0, 0, 0])).toEqual({ pairs: 0, statistic: 0, p: 1, method: "exact" });
    expect(signedRank([]).p).toBe(1);
  });
});

describe("Holm's correction", () => {
  it("multiplies by the number of p values that are not smaller, in any order", () => {
    // The definition by hand: 3 * 0.01, 2 * 0.03, then 0.04, which the value before raises to 0.06.
    expect(holm([0.04, 0.01, 0.03])).toEqual([0.06, 0.03, 0.06]);
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
  });
});

describe("the interval of a median", () => {
  it.each(reference.bootstrap)("agrees with SciPy's bootstrap", ({ values, low, high }) => {
    const found = medianInterval(values);
    const sorted = [...values].sort((a, b) => a - b);
    // The quantiles of 4999 medians stand at the same order statistics, or at most at the next ones.
    const near = (value: number, expected: number): void => {
      const place = sorted.findIndex((v) => v >= expected - 1e-12);
      expect(value).toBeGreaterThanOrEqual(sorted[Math.max(0, place - 1)]!);
      expect(value).toBeLessThanOrEqual(sorted[Math.min(sorted.length - 1, place + 1)]!);
    };
    near(found.low, low);
    near(found.high, high);
  });

  it("stands at the order statistics that the binomial distribution says", () => {
    // For odd n: P(median of a resample <= k-th of the values) = P(Binomial(n, k / n) >= (n + 1) / 2).
    const n = 25;
    const atMost = (k: number): number => {
      let sum = 0;
      let term = 1;
      for (let j = 0; j <= n; j++) {
        if (j >= (n + 1) / 2) sum += term * (k / n) ** j * (1 - k / n) ** (n - j);
        term *= (n - j) / (j + 1);
      }
      return sum;
    };
    const values = Array.from({ length: n }, (_, i) => i + 1);
    const { low, high } = medianInterval(values, { resamples: 49_999 });
    // Neither quantile is near the edge of a step: of so many draws, 3 standard deviations are 0.0021.
    for (const [found, q] of [
      [low, 0.025],
      [high, 0.975],
    ] as const) {
      expect(atMost(found)).toBeGreaterThan(q + 0.0021);
      expect(atMost(found - 1)).toBeLessThan(q - 0.0021);
    }
  });

  it("is the same for the same values, and covers the median", () => {
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    expect(medianInterval(values)).toEqual(medianInterval(values));
    const { median, interval } = estimateOf(values);
    expect(interval!.low).toBeLessThanOrEqual(median!);
    expect(interval!.high).toBeGreaterThanOrEqual(median!);
  });

  it("is not claimed of fewer than five values, nor anything of none", () => {
    expect(estimateOf([1, 2, 3, 4]).interval).toBe(null);
    expect(estimateOf([1, 2, 3, 4, 5]).interval).not.toBe(null);
    expect(estimateOf([2])).toEqual({
      count: 1,
      median: 2,
      quartiles: { low: 2, high: 2 },
      interval: null,
    });
    expect(estimateOf([Number.NaN])).toEqual({ count: 0, median: null, quartiles: null, interval: null });
  });
});
