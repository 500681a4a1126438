import { describe, expect, it } from "vitest";
import { l2Penalty, predict, resnet, train } from "../src/index.ts";
import { model, problem, quick } from "./product-problem.ts";

describe("misuse throws before anything is trained", () => {
  it.each([
    [{ epochs: -1 }, "epochs is -1, expected a whole number of at least 0"],
    [{ rate: -1e-3 }, "rate is -0.001, expected a positive number"],
    [{ batchSize: 0 }, "batchSize is 0, expected a whole number of at least 1"],
    [{ beta2: 1 }, "beta2 is 1, expected a number from 0 to below 1"],
    [{ plateau: { factor: 2 } }, "plateau.factor is 2, expected a number above 0 and at most 1"],
    [{ seed: 0.5 }, "seed is 0.5, expected a whole number"],
    [{ select: "best" as const }, "select is 'best', which needs a validation set"],
  ])("%j", async (wrong, message) => {
    await expect(train(model, problem(), { ...quick, ...wrong })).rejects.toThrow(message);
  });

  it("shapes and sizes", async () => {
    const data = problem();
    expect(() => resnet({ inputs: 2, outputs: 1, width: 0, depth: 3 })).toThrow(
      "width is 0, expected a whole number",
    );
    expect(() => l2Penalty(-1)).toThrow("weight is -1");
    const short = { ...data, train: { ...data.train, outputs: data.train.outputs.slice(1) } };
    await expect(train(model, short, quick)).rejects.toThrow(
      `train: the train set has ${short.train.outputs.length} values of outputs, expected ${data.train.count} rows of 2`,
    );
    const narrow = resnet({ inputs: 2, outputs: 1, width: 8, depth: 3 });
    await expect(train(narrow, data, quick)).rejects.toThrow(
      "the data has 2 outputs as prepared, expected 1",
    );
    const none = { count: 0, inputs: new Float64Array(), outputs: new Float64Array() };
    await expect(train(model, { ...data, test: none }, quick)).rejects.toThrow("the test set has no rows");
    expect(() => predict(model, new Float64Array(3))).toThrow(
      "3 values are not rows of the model's 2 inputs",
    );
  });
});
