import { createKernels, kernelEngines } from "@stiffnet/kernels";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createEngine, evaluate, type Model, resnet, type TrainOptions, train } from "../src/index.ts";
import { model, problem, quick } from "./product-problem.ts";

const loose = train as (...given: unknown[]) => Promise<unknown>;

describe("values that are not finite are refused, by set, row and column", () => {
  const data = problem(20, { validation: problem(9).train });
  it.each(["train", "validation", "test"] as const)("%s", async (set) => {
    for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const [part, column] of [
        ["inputs", "b"],
        ["outputs", "difference"],
      ] as const) {
        const values = data[set]![part].slice();
        values[7] = bad;
        const wrong = { ...data, [set]: { ...data[set]!, [part]: values } };
        await expect(train(model, wrong, { ...quick, patience: 5 })).rejects.toThrow(
          `train: the ${set} set has ${bad} in row 4, column '${column}', expected finite numbers`,
        );
      }
    }
  });

  it("as prepared, in float32 too", async () => {
    const inputs = data.train.inputs.slice();
    inputs[0] = 1e300;
    const raw = { columns: 2, steps: [] };
    const wrong = {
      ...data,
      train: { ...data.train, inputs },
      preparation: { ...data.preparation, inputs: raw },
    };
    await expect(train(model, wrong, quick)).rejects.toThrow("the train set has 1e+300 in row 1, column 'a'");
  });
});

it("ends as diverged where the validation error is never finite, with the parameters it came to", async () => {
  const { train: validation } = problem(9);
  const engine = (config: Model["config"]) => {
    const inner = createEngine(config, { batchSize: 8 });
    return {
      ...inner,
      forward: ((table, visit) =>
        inner.forward(table, (chunk) =>
          visit(table.count === 9 ? { ...chunk, squares: Number.NaN } : chunk),
        )) as typeof inner.forward,
    };
  };
  const lost = await train(model, problem(20, { validation }), { ...quick, patience: 5, engine });
  expect(lost).toMatchObject({ status: "diverged", stoppedEarly: false });
  expect(lost.reason).toMatch("the validation error became NaN in epoch 0");
});

it("evaluates as many rows as there are said to be", () => {
  const { train: samples } = problem(9);
  for (const count of [8, 10]) {
    expect(() => evaluate(model, { ...samples, count })).toThrow(
      `evaluate: 18 values of inputs, expected ${count} rows of 2`,
    );
  }
});

describe("resume takes no other data", () => {
  const data = problem(20, { validation: problem(9).train });
  const changed = (set: "train" | "validation" | "test", part: "inputs" | "outputs") => {
    const values = data[set]![part].slice();
    values[3]! += 1;
    return { ...data, [set]: { ...data[set]!, [part]: values } };
  };
  it.each([
    [changed("train", "inputs"), "the train set"],
    [changed("train", "outputs"), "the train set"],
    [changed("validation", "outputs"), "the validation set"],
    [changed("test", "inputs"), "the test set"],
    [{ ...data, test: undefined }, "the test set"],
    [{ ...data, preparation: { ...data.preparation, outputs: { columns: 2, steps: [] } } }, "preparation"],
  ])("%#", async (other, field) => {
    const { state } = await train(model, data, { ...quick, epochs: 2 });
    const { test, ...rest } = other;
    await expect(
      train(model, test ? { ...rest, test } : rest, { ...quick, epochs: 4, resume: state }),
    ).rejects.toThrow(`train: cannot resume, ${field} was`);
  });
});

describe("misuse in JavaScript is refused by what was given", () => {
  const penalty = { name: "p", weight: 1, bind: () => ({ evaluate: () => {} }) };
  it.each<[object, string]>([
    [{ select: "foo" }, "train: select is 'foo', expected one of final, best"],
    [{ trial: -1 }, "train: trial is -1, expected a whole number of at least 0"],
    [{ trial: 1.5 }, "train: trial is 1.5, expected a whole number"],
    [{ epoch: 3 }, "train: epoch is not an option; did you mean 'epochs'?"],
    [{ plateau: { patiense: 3 } }, "train: plateau.patiense is not an option; did you mean 'patience'?"],
    [{ checkpoint: { every: 1 } }, "train: checkpoint.save is undefined, expected a function"],
    [{ measure: { every: 0, of: () => ({}) } }, "train: measure.every is 0, expected a whole number"],
    [{ threads: 0 }, "train: threads is 0, expected a whole number from 1 to 256"],
    [{ penalty: 1e-3 }, "train: penalty is 0.001, expected an object with name, weight, bind"],
    [{ penalty: { name: "p", weight: -1, bind: () => {} } }, "train: penalty.weight is -1, expected"],
    [
      { penalty },
      "train: penalty 'p' binds to an object without pullbackSlopes, expected evaluate, pullbackSlopes",
    ],
    [{ resume: {} }, "train: resume.fingerprint is undefined, expected an object"],
    [{ anneal: true, plateau: {} }, "train: anneal and plateau are both given, expected one rule"],
  ])("%j", (options, message) =>
    expect(loose(model, problem(), { ...quick, ...options })).rejects.toThrow(message),
  );

  it.each<[unknown[], string]>([
    [[model, problem()], "train: options is undefined, expected an object with epochs"],
    [
      [model, undefined, quick],
      "train: data is undefined, expected an object with inputNames, outputNames, train",
    ],
    [[model, { ...problem(), preparation: undefined }, quick], "train: data.preparation is undefined"],
    [[model, { ...problem(), train: {} }, quick], "train: data.train.count is undefined"],
    [[{}, problem(), quick], "train: model.config is undefined"],
    [[undefined, problem(), quick], "train: model is undefined"],
  ])("%#", (given, message) => expect(loose(...given)).rejects.toThrow(message));

  it("unknown options of models", () => {
    const make = resnet as (options: object) => unknown;
    const shape = { inputs: 1, outputs: 1, width: 2, depth: 1 };
    expect(() => make({ ...shape, widht: 3 })).toThrow(
      "resnet: widht is not an option; did you mean 'width'?",
    );
    expect(() => make({ ...shape, trial: -1 })).toThrow("resnet: trial is -1, expected a whole number");
    expect(() => make({ ...shape, solver: "rk4" })).toThrow("resnet: solver is not an option");
  });
});

describe.each(kernelEngines())("no input reads outside of its arrays: %s", (kernels) => {
  afterEach(() => vi.unstubAllEnvs());
  const started = () => {
    vi.stubEnv("STIFFNET_KERNELS", kernels);
    const engine = createEngine(model.config, { batchSize: 8 });
    expect(engine.kernels.engine).toBe(kernels);
    engine.write({ parameters: model.parameters });
    return { engine, table: engine.table(new Float32Array(20).fill(0.5), new Float32Array(20)) };
  };
  const rows = (...numbers: number[]) => Uint32Array.from(numbers);

  it.each<[Uint32Array, number, number, string]>([
    [rows(0, 10), 0, 2, "engine: order[1] is row 10, expected 0 to 9: the table has 10 rows"],
    [rows(2 ** 31), 0, 1, "engine: order[0] is row 2147483648, expected 0 to 9"],
    [rows(0, 1), 0, 3, "engine: to is 3, expected a whole number from 1 to 2"],
    [rows(0, 1), -1, 1, "engine: from is -1, expected a whole number from 0 to 1"],
    [rows(0, 1), 1, 1, "engine: to is 1, expected a whole number from 2 to 2"],
    [[0, 1] as unknown as Uint32Array, 0, 1, "engine: order is not a Uint32Array"],
  ])("rows %o from %d to %d", (order, from, to, message) => {
    const { engine, table } = started();
    expect(() => engine.lossAndGradient(table, order, from, to)).toThrow(message);
  });

  it("tables, parameters and times", () => {
    const { engine, table } = started();
    const order = rows(0, 1);
    const plain = engine.table(new Float32Array(20));
    expect(() => engine.lossAndGradient(plain, order, 0, 2)).toThrow("the table has no outputs");
    const other = started().table;
    expect(() => engine.lossAndGradient(other, order, 0, 2)).toThrow("not of this engine's own table()");
    expect(() => engine.forward(other, () => {})).toThrow("not of this engine's own table()");
    expect(() => engine.lossAndGradient(table, order, 0, 2, Number.NaN)).toThrow("horizon is NaN");
    expect(() => engine.write({ parameters: new Float32Array(3) })).toThrow("engine: 3 values in parameters");
    const first = new Float32Array(1);
    expect(() => engine.write({ parameters: model.parameters, first })).toThrow("1 values in first");
    expect(() => engine.table(new Float32Array(3))).toThrow("3 input values are not rows of 2 inputs");
    expect(() => engine.forward(table, () => engine.table([1, 2]))).toThrow("during a visit");
    expect(Number.isFinite(engine.lossAndGradient(table, order, 0, 2).loss)).toBe(true);
  });

  it("a table that moves the memory leaves parameters and rows as they were", () => {
    const { engine, table } = started();
    const order = rows(3, 1, 2);
    const { loss } = engine.lossAndGradient(table, order, 0, 3);
    const before = engine.read().parameters;
    engine.table(new Float32Array(2_000_000));
    expect(engine.lossAndGradient(table, order, 0, 3).loss).toBe(loss);
    expect(engine.read().parameters).toEqual(before);
    expect(before).toEqual(model.parameters);
  });
});

it("the result says which kernels ran", async () => {
  const options: TrainOptions = { ...quick, epochs: 1 };
  expect((await train(model, problem(), options)).engine).toBe(`kernels: ${createKernels().engine}`);
});
