import { randomStream } from "@stiffnet/base";
import { friedman } from "@stiffnet/datasets";
import {
  chain,
  dataset,
  type Fit,
  logarithm,
  prepare as prepareRows,
  principalComponents,
  restore,
  standardise,
} from "@stiffnet/preparation";
import {
  gaussianModel,
  gaussianModelMeans,
  gaussianProcess,
  leftOut,
  leftOutOfModel,
  predictGaussian,
  predictGaussianModel,
} from "@stiffnet/uncertainty";
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
    const predicted = predictGaussian(process, Float64Array.from(of.xNew)).mean;
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
    const alone = predictGaussian(gaussianProcess(samples), samples.inputs).mean;
    const all = predictGaussian(gaussianProcess({ ...samples, outputs }), samples.inputs).mean;
    alone.forEach((value, i) => {
      // The same likelihood twice is maximised along another path.
      expect(all[3 * i]).toBeCloseTo(value, 3);
      expect(1e200 * all[3 * i + 1]!).toBeCloseTo(value, 3);
      expect(all[3 * i + 2]).toBe(5);
    });
  });

  it("interpolates a simulation without noise to the last digits that its rows tell", () => {
    const process = gaussianProcess(drawn(120, 5));
    const fresh = drawn(400, 6);
    const { mean, std } = predictGaussian(process, fresh.inputs);
    const squares = fresh.outputs.map((value, i) => (value - mean[i]!) ** 2);
    // The outputs have a deviation of 4.9. A least noise of 1e-9 of the variance would make the error 0.045.
    expect(Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / 400)).toBeLessThan(0.04);
    expect(Math.min(...std)).toBeGreaterThan(0);
  });

  it("takes rows that repeat, more rows than it may use, and inputs that never vary", () => {
    const inputs = Float64Array.from({ length: 160 }, (_, i) => (i % 2 === 0 ? (i >> 1) % 40 : 3));
    const outputs = Float64Array.from({ length: 80 }, (_, i) => (i % 40) ** 2);
    const process = gaussianProcess({ count: 80, inputs, outputs }, { rows: 60, likelihoodRows: 40 });
    expect(process.rows).toBe(60);
    const { mean, std } = predictGaussian(process, Float64Array.of(12.5, 3, 12.5, -1000));
    expect(mean[0]).toBeCloseTo(156.25, 1);
    // What never varied has no effect.
    expect([mean[1], std[1]]).toEqual([mean[0], std[0]]);
  });

  it.each(["inputs", "outputs"] as const)("refuses %s that are not finite", (part) => {
    const values = samples[part].slice();
    const columns = values.length / samples.count;
    values[3 * columns] = Number.NaN;
    const message = `gaussianProcess: ${part.slice(0, -1)} 1 of row 4 is NaN, expected a finite number`;
    expect(() => gaussianProcess({ ...samples, [part]: values })).toThrow(message);
  });

  it("refuses values that are not whole rows", () => {
    expect(() =>
      gaussianProcess({ count: 3, inputs: new Float64Array(7), outputs: new Float64Array(3) }),
    ).toThrow("whole rows");
    const misspelt = { rows: 3, evaluation: 3 };
    expect(() => gaussianProcess(samples, misspelt)).toThrow("did you mean 'evaluations'?");
  });
});

/** Friedman's function of six inputs, the last of which does nothing. */
function drawn(count: number, seed: number, noise = 0) {
  const { evaluate, inputs } = friedman(6);
  const random = randomStream(seed, 0);
  const x = Float64Array.from({ length: 6 * count }, () => random.uniform());
  const outputs = evaluate(x).map((value) => value + noise * (2 * random.uniform() - 1));
  return { count, inputs: x, outputs, names: inputs.map(({ name }) => name) };
}

describe("its deviations", () => {
  it("hold what they promise on new rows, with and without noise", () => {
    for (const noise of [0, 2]) {
      const process = gaussianProcess(drawn(100, 1, noise));
      const fresh = drawn(1000, 2, noise);
      const { mean, std } = predictGaussian(process, fresh.inputs);
      const scores = fresh.outputs.map((value, i) => Math.abs(value - mean[i]!) / std[i]!).sort();
      // A normal distribution has 1.64 there. Matern's process is rougher than this function, so that without
      // noise deviations are too large; that is what calibration is for.
      expect(scores[900]).toBeGreaterThan(0.8);
      expect(scores[900]).toBeLessThan(2.2);
    }
  });

  it("leave folds out as if the process had never seen them", () => {
    const samples = drawn(40, 3, 0.5);
    const process = gaussianProcess(samples);
    const folds = Uint32Array.from({ length: 40 }, (_, row) => Math.floor(row / 7));
    const { residuals, std } = leftOut(process, samples, folds);
    const { points, noise, means, deviations } = process;
    const at = (i: number, j: number): number => {
      let squared = 0;
      for (let d = 0; d < 6; d++) squared += (points[6 * i + d]! - points[6 * j + d]!) ** 2;
      const r = Math.sqrt(5 * squared);
      return (1 + r + r ** 2 / 3) * Math.exp(-r) + (i === j ? noise : 0);
    };
    for (let row = 0; row < 40; row++) {
      const others = Array.from({ length: 40 }, (_, i) => i).filter((i) => folds[i] !== folds[row]);
      const near = others.map((i) => at(row, i));
      const solved = eliminated(
        others.map((i) => others.map((j) => at(i, j))),
        near,
      );
      const mean = others.reduce(
        (sum, i, k) => sum + solved[k]! * (samples.outputs[i]! - means[0]!),
        means[0]!,
      );
      const known = near.reduce((sum, value, k) => sum + value * solved[k]!, 0);
      expect(residuals[row]).toBeCloseTo(samples.outputs[row]! - mean, 6);
      expect(std[row]).toBeCloseTo(deviations[0]! * Math.sqrt(1 + noise - known), 6);
    }
  });

  it("pass through logarithms and components to first order", () => {
    const { names, ...samples } = drawn(60, 4);
    const outputs = Float64Array.from(
      [...samples.outputs].flatMap((y, i) => [Math.exp(y / 8), y, y + (i % 3)]),
    );
    const whole: Fit = (rows, columns) => standardise(rows, columns);
    const prepare = {
      outputs: chain(
        (rows, columns) => logarithm(rows, columns, { columns: ["a"] }),
        whole,
        (rows, columns) => principalComponents(rows, columns, { keep: 2 }),
      ),
    };
    const data = dataset({
      name: "d",
      inputNames: names,
      outputNames: ["a", "b", "c"],
      prepare,
      train: { ...samples, outputs },
    });
    const model = gaussianModel(data);
    expect(model.processes).toHaveLength(2);
    const at = samples.inputs.subarray(0, 12).map((x) => x + 0.01);
    const { mean, std } = predictGaussianModel(model, at);
    expect(gaussianModelMeans(model, at)).toEqual(mean);
    const prepared = prepareRows(data.preparation.inputs, at);
    const parts = model.processes.map((process) => predictGaussian(process, prepared));
    const step = 1e-6;
    for (let row = 0; row < 2; row++) {
      const centre = parts.map((part) => part.mean[row]!);
      for (let c = 0; c < 3; c++) {
        const slopes = parts.map((part, p) => {
          const moved = Float64Array.from(centre, (value, k) => value + (k === p ? step : 0));
          const rise = restore(data.preparation.outputs, moved)[c]! - mean[3 * row + c]!;
          return (rise / step) * part.std[row]!;
        });
        expect(std[3 * row + c]! / Math.hypot(...slopes)).toBeCloseTo(1, 3);
      }
    }
    const folds = Uint32Array.from({ length: 60 }, (_, k) => k % 8);
    const left = leftOutOfModel(model, data, folds);
    const off = left.mean.map((value, i) => Math.abs(value - outputs[i]!) / left.std[i]!);
    expect([...off].filter((score) => score < 3).length / off.length).toBeGreaterThan(0.9);
    // They are fitted again as the model was.
    const rough = leftOutOfModel(model, data, folds, { rows: 5 });
    expect(rough.std[0]).not.toBe(left.std[0]);
    expect(() => leftOutOfModel(model, data, folds, { rows: 0 })).toThrow("leftOutOfModel");
  });
});

/** The solution of a x = b, by Gauss and Jordan. */
function eliminated(a: number[][], b: readonly number[]): number[] {
  const rows = a.map((row, i) => [...row, b[i]!]);
  rows.forEach((pivot, i) => {
    const scale = pivot[i]!;
    pivot.forEach((_, k) => {
      pivot[k]! /= scale;
    });
    rows.forEach((row, j) => {
      if (j === i) return;
      const factor = row[i]!;
      row.forEach((_, k) => {
        row[k]! -= factor * pivot[k]!;
      });
    });
  });
  return rows.map((row) => row.at(-1)!);
}
