import { randomStream } from "@stiffnet/base";
import { chain, logarithm, principalComponents, standardise } from "@stiffnet/preparation";
import { gaussianModel, gaussianSurrogate, predictGaussianModel } from "@stiffnet/uncertainty";
import { expect, it } from "vitest";

const random = randomStream(3, 0);
const count = 40;
const inputNames = ["a", "b", "c"];
const inputs = Float64Array.from({ length: 3 * count }, () => 0.5 + random.uniform());

/** Outputs of which the last is positive and spans decades. */
function dataOf(columns: number) {
  const outputs = Float64Array.from({ length: columns * count }, (_, k) => {
    const [row, c] = [Math.floor(k / columns), k % columns];
    const [x, y, z] = inputs.subarray(3 * row);
    const value = Math.sin((1 + c) * x!) + y! * z! + 0.02 * random.uniform();
    return c === columns - 1 ? Math.exp(2 * value) : value;
  });
  return { count, inputs, outputs };
}

const names = (columns: number) => Array.from({ length: columns }, (_, c) => `y${c}`);
const logged = (rows: Float64Array, of: readonly string[]) => logarithm(rows, of, { columns: of.slice(-1) });

it.each([
  ["a process for each output", 2, chain(logged, standardise)],
  ["one process for all", 6, chain(logged, standardise)],
  ["components", 6, chain(logged, standardise, (x, of) => principalComponents(x, of, { keep: 3 }))],
] as const)("%s: answers of predictGaussianModel, and derivatives of differences", (_, columns, fit) => {
  const train = dataOf(columns);
  const outputNames = names(columns);
  const model = gaussianModel({
    inputNames,
    outputNames,
    train,
    preparation: {
      inputs: chain((x, of) => logarithm(x, of, { columns: ["b"] }), standardise)(inputs, inputNames),
      outputs: fit(train.outputs, outputNames),
    },
  });
  const surrogate = gaussianSurrogate(model);
  const x = Float64Array.of(0.9, 1.2, 0.6);
  const expected = predictGaussianModel(model, x);
  const found = surrogate.at(x);
  for (const field of ["mean", "std"] as const) {
    found[field].forEach((value, c) => {
      expect(value / expected[field][c]!).toBeCloseTo(1, 10);
    });
  }
  const [byMean, byStd] = [0, 1].map(() =>
    Float64Array.from({ length: columns }, () => random.uniform() - 0.5),
  ) as [Float64Array, Float64Array];
  const weighted = (row: Float64Array) => {
    const { mean, std } = predictGaussianModel(model, row);
    return mean.reduce((sum, value, c) => sum + byMean[c]! * value + byStd[c]! * std[c]!, 0);
  };
  const gradient = surrogate.pull(byMean, byStd);
  const size = Math.max(...gradient.map(Math.abs));
  gradient.forEach((slope, i) => {
    const moved = (by: number) => weighted(x.map((value, j) => (i === j ? value + by : value)));
    const difference = (8 * (moved(1e-3) - moved(-1e-3)) - (moved(2e-3) - moved(-2e-3))) / 12e-3;
    // The fourth derivatives of a Matern of smoothness 5/2 are not bounded.
    expect(Math.abs(slope - difference) / size).toBeLessThan(1e-6);
  });
});

it("refuses a logarithm behind other steps", () => {
  const train = dataOf(2);
  const outputNames = names(2);
  const shifted = { columns: 2, steps: [{ kind: "affine", mean: [-9, -9], scale: [1, 1] }] } as const;
  const { steps } = logged(train.outputs, outputNames);
  const outputs = { columns: 2, steps: [...shifted.steps, ...steps] };
  const preparation = { inputs: standardise(inputs, inputNames), outputs };
  const model = gaussianModel({ inputNames, outputNames, train, preparation });
  expect(() => gaussianSurrogate(model)).toThrow("takes the logarithm of outputs after another step");
});
