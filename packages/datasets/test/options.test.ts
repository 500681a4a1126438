import {
  axis,
  type DatasetError,
  dalec,
  dalecDataset,
  ishigami,
  latinHypercube,
  runDalec,
  sample,
  sobol,
  testFunction,
} from "@stiffnet/datasets";
import {
  dataset,
  logarithm,
  minMax,
  type PreparationError,
  principalComponents,
  standardise,
} from "@stiffnet/preparation";
import { expect, it } from "vitest";

const rows = Float64Array.of(1, 2, 3);
const set = { count: 3, inputs: rows, outputs: rows };
const names = { name: "d", inputNames: ["x"], outputNames: ["y"] };

/** Every function with options, with what it needs and what is given beside it. */
const functions: Readonly<Record<string, (stray: object) => unknown>> = {
  "axis 'x'": (stray) => axis("x", 0, 1, stray),
  dalec: (stray) => dalec(stray),
  runDalec: (stray) => runDalec(new Float64Array(0), stray),
  sample: (stray) => sample(testFunction("branin"), { train: 1, ...stray }),
  ishigami: (stray) => ishigami(stray),
  latinHypercube: (stray) => latinHypercube(stray),
  sobol: (stray) => sobol(stray),
  standardise: (stray) => standardise(rows, ["x"], stray),
  minMax: (stray) => minMax(rows, ["x"], stray),
  logarithm: (stray) => logarithm(rows, ["x"], stray),
  principalComponents: (stray) => principalComponents(rows, ["x"], stray),
  dataset: (stray) => dataset({ ...names, train: set, ...stray }),
};

it.each(Object.entries(functions))("%s refuses an option that it does not have", (name, call) => {
  let error: DatasetError | PreparationError | undefined;
  try {
    call({ strayed: 1 });
  } catch (caught) {
    error = caught as DatasetError;
  }
  expect(error).toMatchObject({ code: "bad_option" });
  expect(error!.message).toMatch(new RegExp(`^${name}: strayed is not an option; `));
});

it.each([
  [() => dalecDataset({ train: 1, yers: 3 } as never), "sample: yers is not an option"],
  [() => dalec({ ensemble: "local" } as never), "dalec: ensemble is 'local', expected one of global, site"],
  [() => sample(testFunction("branin"), {} as never), "sample: train is undefined, expected a number"],
  [
    () => sample(testFunction("branin"), { train: 1, trial: -1 }),
    "sample: trial is -1, expected a whole number",
  ],
  [
    () => axis("x", 0, 1, { distribution: { kind: "normal", mean: 0 } as never }),
    "axis 'x': distribution.deviation is undefined, expected a positive number",
  ],
  [
    () => axis("x", 0, 1, { distribution: { kind: "uniform", mean: 0 } as never }),
    "axis 'x': distribution.mean is not an option; expected kind",
  ],
  [
    () => axis("x", 0, 1, { distribution: { kind: "gauss" } as never }),
    "axis 'x': distribution.kind is 'gauss', expected one of uniform, logUniform, normal, logNormal",
  ],
  [
    () => principalComponents(rows, ["x"], { keep: 1, explained: 0.9 }),
    "principalComponents: keep and explained are both given",
  ],
  [
    () => standardise(rows, ["x"], { constant: "drop" } as never),
    "standardise: constant is 'drop', expected one",
  ],
  [
    () => dataset({ ...names, train: set, prepare: { input: standardise } as never }),
    "did you mean 'inputs'?",
  ],
])("wrong values say what was expected: case %#", (call, words) => {
  expect(call).toThrow(words);
});
