import { expect, it } from "vitest";
import { chooseEngine } from "../src/index.ts";

const machine = { library: true, kernels: "native" } as const;
const wide = { width: 1200, batchSize: 500, machine };

it("chooses by the products of a layer, and says so", () => {
  expect(chooseEngine({ ...wide })).toEqual({
    engine: "tfjs",
    why: "1200 x 1200 weights on 500 samples are 7.2e+8 products a layer, and TensorFlow's library pays from 6.0e+8 against native kernels",
  });
  expect(chooseEngine({ ...wide, width: 50, batchSize: 20 })).toEqual({
    engine: "kernels",
    why: "50 x 50 weights on 20 samples are 5.0e+4 products a layer, and TensorFlow's library pays from 6.0e+8 against native kernels",
  });
  // Between the two thresholds the kernels decide.
  const between = { ...wide, width: 400, batchSize: 500 };
  expect(chooseEngine(between).engine).toBe("kernels");
  expect(chooseEngine({ ...between, machine: { library: true, kernels: "wasm" } }).engine).toBe("tfjs");
});

it.each([
  [{ machine: { library: false, kernels: "native" } }, "@tensorflow/tfjs-node is not installed"],
  [{ solver: "backwardEuler" }, "backwardEuler is implicit"],
  [{ penalised: true }, "the stiffness penalty is computed by the kernels"],
] as const)("leaves to the kernels what is theirs: %j", (other, why) => {
  expect(chooseEngine({ ...wide, ...other })).toEqual({ engine: "kernels", why });
});

it("looks at this machine where it is not told of another", () => {
  expect(chooseEngine({ width: 4, batchSize: 4 }).engine).toBe("kernels");
});
