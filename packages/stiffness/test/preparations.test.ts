import { randomStream } from "@stiffnet/base";
import { type Model, resnet } from "@stiffnet/core";
import {
  chain,
  type Fit,
  identity,
  logarithm,
  minMax,
  prepare,
  preparedColumns,
  principalComponents,
  standardise,
} from "@stiffnet/preparation";
import fc from "fast-check";
import { expect, it } from "vitest";
import { frobenius, measure, spectra, stability } from "../src/index.ts";

/** Every preparation; those that need positive numbers make them first. */
const fits: Readonly<Record<string, Fit>> = {
  identity: (_, names) => identity(names.length),
  standardise,
  minMax,
  logarithm: chain((rows, names) => minMax(rows, names, { lower: 1, upper: 3 }), logarithm),
  components: (rows, names) => principalComponents(rows, names, { keep: Math.ceil(names.length / 2) }),
};

/** Samples in physical units, and a network behind the preparation that is fitted to them. */
function prepared(fit: Fit, count: number, columns: number, seed: number) {
  const random = randomStream(seed, 0);
  const inputs = Float64Array.from({ length: count * columns }, () => 5 + random.uniform());
  const names = Array.from({ length: columns }, (_, c) => `x${c + 1}`);
  const preparation = fit(inputs, names);
  const plain = resnet({ inputs: preparedColumns(preparation), outputs: 1, width: 5, depth: 2, seed });
  const model: Model = { ...plain, preparation: { ...plain.preparation, inputs: preparation } };
  return { model, plain, inputs };
}

it("what is said of physical rows is what is said of their prepared ones, for every preparation", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...Object.keys(fits)), { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 10, max: 80 }),
      fc.integer({ min: 1, max: 9 }),
      fc.option(fc.integer({ min: 1, max: 90 }), { nil: undefined }),
      (names, count, columns, most) => {
        const { model, plain, inputs } = prepared(
          chain(...names.map((name) => fits[name]!)),
          count,
          columns,
          3,
        );
        const options = most === undefined ? {} : { most };
        const own = { inputs: prepare(model.preparation.inputs, inputs) };
        const found = measure(model, { inputs }, frobenius(), options);
        expect(found).toEqual(measure(plain, own, frobenius(), options));
        expect(found.samples).toBe(Math.min(count, most ?? count));
        expect(spectra(model, { inputs }, options)).toEqual(spectra(plain, own, options));
        expect(stability(model, { inputs }, options)).toEqual(stability(plain, own, options));
      },
    ),
    { numRuns: 60 },
  );
});

it("154 rows of 8 columns behind 4 components are 154 samples, none of them zero", () => {
  const { model, inputs } = prepared(
    (rows, names) => principalComponents(rows, names, { keep: 4 }),
    154,
    8,
    7,
  );
  const { samples, values } = measure(model, { inputs }, frobenius());
  expect(samples).toBe(154);
  expect(values.every((value) => value > 0)).toBe(true);
});

it("rows that are not whole are refused by the number of physical columns", () => {
  const { model, inputs } = prepared(
    (rows, names) => principalComponents(rows, names, { keep: 4 }),
    12,
    8,
    7,
  );
  expect(() => measure(model, { inputs: inputs.subarray(0, 92) }, frobenius())).toThrow(
    "measure: 92 values are not rows of the model's 8 inputs",
  );
});

it("a sample that is not a number makes every summary NaN", () => {
  const { model, inputs } = prepared(standardise, 9, 2, 7);
  inputs[4] = Number.NaN;
  const { mean, median, max, meanSquare, sum, layers } = measure(model, { inputs }, frobenius());
  expect([mean, median, max, meanSquare, sum, ...layers].every(Number.isNaN)).toBe(true);
});
