import { gaussianProcess } from "@stiffnet/uncertainty";
import { describe, expect, it } from "vitest";
import reference from "./reference/gaussian_process.json" with { type: "json" };

function samplesOf(x: readonly number[], y: readonly number[]) {
  return { count: y.length, inputs: Float64Array.from(x), outputs: Float64Array.from(y) };
}

describe.each(reference.cases)("gaussianProcess, $name, against scikit-learn", (of) => {
  const process = gaussianProcess(samplesOf(of.x, of.y));
  // Both maximise until their gradients are below 1e-5, where the likelihood is flat to second order.
  it("finds the same likelihood", () => {
    expect(process.logLikelihood).toBeCloseTo(of.logLikelihood, 4);
    expect(process.rows).toBe(of.y.length);
  });
  it("predicts the same", () => {
    const predicted = process.predict(Float64Array.from(of.xNew));
    of.predicted.forEach((value, i) => {
      expect(Math.abs(predicted[i]! - value)).toBeLessThan(2e-3);
    });
  });
});

describe("gaussianProcess", () => {
  const [, { x, y, lengths, noise }] = reference.cases as [unknown, (typeof reference.cases)[number]];
  const samples = samplesOf(x, y);

  it("has scikit-learn's lengths in the inputs' units, and noise", () => {
    const process = gaussianProcess(samples);
    lengths.forEach((length, i) => {
      expect(process.lengths[i]! / length).toBeCloseTo(1, 2);
    });
    expect(Math.log(process.noise / noise)).toBeCloseTo(0, 1);
  });

  it("takes outputs of any unit, several at once, and constant ones", () => {
    const outputs = Float64Array.from(y.flatMap((value) => [value, 1e-200 * value, 5]));
    const alone = gaussianProcess(samples).predict(samples.inputs);
    const all = gaussianProcess({ ...samples, outputs }).predict(samples.inputs);
    alone.forEach((value, i) => {
      // The same likelihood twice is maximised along another path.
      expect(all[3 * i]).toBeCloseTo(value, 3);
      expect(1e200 * all[3 * i + 1]!).toBeCloseTo(value, 3);
      expect(all[3 * i + 2]).toBe(5);
    });
  });

  it("takes rows that repeat, more rows than it may use, and inputs that never vary", () => {
    const inputs = Float64Array.from({ length: 160 }, (_, i) => (i % 2 === 0 ? (i >> 1) % 40 : 3));
    const outputs = Float64Array.from({ length: 80 }, (_, i) => (i % 40) ** 2);
    const process = gaussianProcess({ count: 80, inputs, outputs }, { rows: 60, likelihoodRows: 40 });
    expect(process.rows).toBe(60);
    expect(process.predict(Float64Array.of(12.5, 3))[0]).toBeCloseTo(156.25, 1);
  });

  it("refuses values that are not whole rows", () => {
    expect(() =>
      gaussianProcess({ count: 3, inputs: new Float64Array(7), outputs: new Float64Array(3) }),
    ).toThrow("whole rows");
  });
});
