import { describe, expect, it } from "vitest";
import { comparisons, modelStatistics } from "../src/studies/study/compare.ts";
import { sweepPaths } from "../src/studies/study/paths.ts";
import { configOf, recordOf, threeModels } from "./study-trials.ts";

const steps = (): number => 1000;

describe("models side by side", () => {
  it("are compared trial by trial, whatever the trials' own spread", () => {
    // Each trial has a level of its own, ten times its neighbour's; the second model is always 2 % above the
    // first.
    const records = Array.from({ length: 8 }, (_, trial) => [
      recordOf("RES", trial, { riskTest: 10 ** trial, processorSeconds: 2 }),
      recordOf("RES L2", trial, { riskTest: 1.02 * 10 ** trial, processorSeconds: 3 }),
    ]).flat();
    const config = configOf({ models: threeModels.slice(0, 2) });
    const [found] = comparisons(config, records, steps);
    expect(found).toMatchObject({ quantity: "riskTest", model: "RES L2", against: "RES", pairs: 8 });
    expect(found!.ratio.median).toBeCloseTo(1.02, 12);
    expect(found!.ratio.interval!.low).toBeCloseTo(1.02, 12);
    // All of eight signs equal: 2 / 2^8. One pair of models: Holm changes nothing.
    expect(found!.p).toBe(2 / 256);
    expect(found!.adjusted).toBe(found!.p);
    const [plain, l2] = modelStatistics(config, records, steps);
    expect(plain!.timeRatio.median).toBe(1);
    expect(l2!.timeRatio.median).toBe(1.5);
    expect(l2!.figures.millisecondsPerStep.median).toBe(3);
  });

  it("leave out trials that diverged, on both sides", () => {
    const records = [0, 1, 2].flatMap((trial) => [
      recordOf("RES", trial, trial === 1 ? { status: "diverged", riskTest: Number.NaN } : {}),
      recordOf("RES L2", trial, trial === 2 ? { status: "diverged", riskTest: Number.NaN } : {}),
    ]);
    const config = configOf({ models: threeModels.slice(0, 2) });
    expect(comparisons(config, records, steps).map(({ pairs }) => pairs)).toEqual([1, 1, 1, 1]);
    expect(modelStatistics(config, records, steps).map(({ figures }) => figures.riskTest.count)).toEqual([
      2, 2,
    ]);
    expect(comparisons(config, records.slice(0, 1), steps)).toEqual([]);
  });

  it("of which there are many are each compared with the unpenalised one of their size", () => {
    const models = [10, 20, 40].flatMap((width) =>
      threeModels.slice(0, 2).map((model) => ({
        ...model,
        name: `${model.name} width ${width}`,
        network: { width },
      })),
    );
    const records = models.map(({ name }) => recordOf(name, 0));
    const pairs = comparisons(configOf({ models }), records, steps)
      .filter(({ quantity }) => quantity === "riskTest")
      .map(({ model, against }) => `${model} / ${against}`);
    expect(pairs).toEqual([
      "RES L2 width 10 / RES width 10",
      "RES width 20 / RES width 10",
      "RES L2 width 20 / RES width 20",
      "RES width 40 / RES width 10",
      "RES L2 width 40 / RES width 40",
    ]);
  });
});

describe("paths of a sweep", () => {
  const weights = [1e-2, 1e-4, 1e-3];
  const stiff = weights.map((weight) => ({
    name: `RES stiff ${weight}`,
    penalty: { kind: "stiff", weight } as const,
  }));

  it("are found from what models differ in, in order, with the model without a penalty", () => {
    const l2 = threeModels[1]!;
    const [path, ...others] = sweepPaths(configOf({ models: [{ name: "RES" }, l2, ...stiff] }), 40);
    expect(others).toEqual([]);
    expect(path).toEqual({
      field: "penalty.weight",
      label: "penalty weight λ",
      lines: [
        {
          name: "RES stiff",
          points: [1e-4, 1e-3, 1e-2].map((value) => ({ value, model: `RES stiff ${value}` })),
          without: "RES",
        },
      ],
    });
  });

  it("fill in what is not said of a model from the study", () => {
    const models = [
      { name: "RES" },
      { name: "RES width 8", network: { width: 8 } },
      { name: "RES rows 20", trainRows: 20 },
      { name: "RES slow", training: { rate: 1e-4 } },
      // Differs in two fields from any other.
      { name: "RES small", network: { width: 8 }, trainRows: 10 },
    ];
    const found = sweepPaths(configOf({ models }), 40).map(({ field, lines }) => [
      field,
      lines.map(({ points }) => points.map(({ value }) => value)),
    ]);
    expect(found).toEqual([
      ["network.width", [[4, 8]]],
      [
        "trainRows",
        [
          [20, 40],
          [10, 40],
        ],
      ],
      ["training.rate", [[1e-4, 1e-3]]],
    ]);
  });

  it("are none where every model differs in kind", () => {
    expect(sweepPaths(configOf(), 40)).toEqual([]);
  });
});
