import { readFileSync } from "node:fs";
import { digestOf, randomStream } from "@stiffnet/base";
import { createKernels } from "@stiffnet/kernels";
import { identity, principalComponents, standardise } from "@stiffnet/preparation";
import { expect, it } from "vitest";
import {
  createEngine,
  type EngineFactory,
  evaluate,
  type Penalty,
  predict,
  resnet,
  train,
} from "../src/index.ts";
import { defaultPlateau, plateauStep } from "../src/plateau.ts";
import { model, problem, quick } from "./product-problem.ts";

it("learns, in physical units of any size", async () => {
  const data = problem(200);
  const { status, model: trained, history } = await train(model, data, { ...quick, epochs: 200 });
  expect(status).toBe("finished");
  expect(history).toHaveLength(201);
  const { risk, outputs } = evaluate(trained, data.test!);
  expect(risk).toBeCloseTo(history.at(-1)!.riskTest!, 6);
  expect(risk).toBeLessThan(0.1);
  expect(Math.min(...outputs.map((o) => o.r2))).toBeGreaterThan(0.98);
  expect(outputs[1]!.rmse).toBeLessThan(2e-10);
});

it("is a function of its configuration, to the bit", async () => {
  const data = problem();
  const once = await train(model, data, quick);
  const again = await train(model, data, quick);
  expect(again.digest).toBe(once.digest);
  expect(again.history).toEqual(once.history);
  const other = await train(model, data, { ...quick, trial: 1 });
  expect(other.digest).not.toBe(once.digest);
  // The digest of this configuration on every machine; it changes only with the arithmetic, which is then
  // said.
  expect(once.digest).toBe(digestOf(once.model.parameters));
  expect(once.digest).toMatchInlineSnapshot(
    `"989add86e50e53e2aceaf4671cd100ac0664a872ee3a96fe0d2e183da87d24f1"`,
  );
});

it("ends with status diverged if the last step of all left no finite parameters", async () => {
  const steep: Penalty = {
    name: "steep",
    weight: 1,
    bind: () => ({
      evaluate: (_, values) => void values.fill(0),
      pullbackSlopes: () => undefined,
      pullbackWeights: ({ weights }) => void weights.fill(Number.POSITIVE_INFINITY),
    }),
  };
  const run = await train(model, problem(8), { epochs: 1, batchSize: 8, penalty: steep });
  expect([run.status, run.epoch]).toEqual(["diverged", 0]);
  expect(run.reason).toBe("the loss became NaN in epoch 1; a smaller rate or penalty weight may help");
  expect(run.model.parameters).toEqual(model.parameters);
});

it("ends with status diverged, keeping the last good parameters and the history", async () => {
  const wild: Penalty = {
    name: "wild",
    weight: 1,
    bind: () => {
      let calls = 0;
      return {
        evaluate: (_, values) => void values.fill(++calls > 20 ? Number.POSITIVE_INFINITY : 0),
        pullbackSlopes: () => undefined,
        pullbackWeights: () => undefined,
      };
    },
  };
  const run = await train(model, problem(), { ...quick, penalty: wild });
  expect(run.status).toBe("diverged");
  expect(run.reason).toContain("the loss became Infinity in epoch 3");
  expect(run.history.map((r) => r.epoch)).toEqual([0, 1, 2]);
  expect(run.model.parameters.every(Number.isFinite)).toBe(true);
  const two = await train(model, problem(), { ...quick, epochs: 2 });
  expect(run.digest).toBe(two.digest);
});

it("returns the parameters of the best validation error when there is a validation set", async () => {
  const data = problem(12, { validation: problem(40).test! });
  const run = await train(model, data, { ...quick, epochs: 300, rate: 2e-2 });
  const risks = run.history.map((r) => r.riskValidation!);
  expect(run.epoch).toBe(risks.indexOf(Math.min(...risks)));
  expect(evaluate(run.model, data.validation!).risk).toBeCloseTo(Math.min(...risks), 6);
  const final = await train(model, data, { ...quick, epochs: 300, rate: 2e-2, select: "final" });
  expect(final.epoch).toBe(300);
});

it("records what is asked for, when it is asked for", async () => {
  const run = await train(model, problem(), {
    ...quick,
    epochs: 7,
    measure: { every: 3, of: ({ parameters }) => ({ first: parameters[0]! }) },
  });
  expect(run.history.filter((r) => r.measures).map((r) => r.epoch)).toEqual([0, 3, 6, 7]);
  expect(run.history[7]!.measures!.first).toBe(run.model.parameters[0]);
  const asked: number[] = [];
  const every = (epoch: number): boolean => asked.push(epoch) % 4 === 2;
  const other = await train(model, problem(), { ...quick, epochs: 7, measure: { every, of: () => ({}) } });
  expect(asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(other.history.filter((r) => r.measures).map((r) => r.epoch)).toEqual([1, 5, 7]);
});

it("steps the rate like PyTorch's ReduceLROnPlateau", () => {
  const { plateau }: { plateau: { losses: number[]; rates: number[] } } = JSON.parse(
    readFileSync(new URL("./reference/network.json", import.meta.url), "utf8"),
  );
  const options = { ...defaultPlateau, factor: 0.5, patience: 3, cooldown: 5 };
  let state = { rate: 1e-3, best: Number.POSITIVE_INFINITY, bad: 0, cooling: 0 };
  const rates = plateau.losses.map((loss) => {
    state = plateauStep(state, loss, options);
    return state.rate;
  });
  expect(rates).toEqual(plateau.rates);
  expect(new Set(rates).size).toBeGreaterThan(3);
});

it("keeps a rate above 0 however often it is halved", () => {
  const options = { ...defaultPlateau, factor: 0.5, patience: 0, cooldown: 0 };
  let state = { rate: 1e-3, best: 0, bad: 0, cooling: 0 };
  for (let epoch = 0; epoch < 2000; epoch++) state = plateauStep(state, 1, options);
  expect(state.rate).toBe(Number.MIN_VALUE);
});

it("anneals the rate, and ends where the validation error has not fallen for long enough", async () => {
  const data = problem(12, { validation: problem(40).test! });
  const options = { ...quick, epochs: 2000, rate: 2e-2, anneal: true, patience: 30, plateau: false } as const;
  const run = await train(model, data, options);
  const ended = run.history.length - 1;
  expect(run).toMatchObject({ status: "finished", stoppedEarly: true, epoch: ended - 30 });
  const risks = run.history.map((record) => record.riskValidation!);
  expect(risks.indexOf(Math.min(...risks))).toBe(ended - 30);
  run.history.slice(1).forEach(({ rate }, e) => {
    expect(rate).toBeCloseTo(2e-2 * (1 - e / 2000), 12);
  });
  const half = await train(model, data, { ...options, signal: AbortSignal.abort() });
  const resumed = await train(model, data, { ...options, resume: half.state });
  expect(resumed.digest).toBe(run.digest);
  const again = await train(model, data, { ...options, resume: run.state });
  expect(again.history).toEqual(run.history);
  await expect(train(model, data, { ...options, epochs: 9, resume: half.state })).rejects.toThrow(
    "cannot resume, epochs was 2000 and is now 9",
  );
  await expect(train(model, problem(), options)).rejects.toThrow(
    "patience is 30, which needs a validation set",
  );
  await expect(train(model, data, { ...options, plateau: {} })).rejects.toThrow("expected one rule");
});

it("predicts NaN for a row with NaN, and leaves the other rows alone", () => {
  const plain = { ...model, preparation: { inputs: identity(2), outputs: identity(2) } };
  const predicted = predict(plain, Float64Array.of(Number.NaN, 1, 1, 1));
  expect([...predicted].map(Number.isNaN)).toEqual([true, true, false, false]);
});

it("trains on principal components of many outputs, and predicts and evaluates the outputs themselves", async () => {
  const random = randomStream(5, 0);
  const inputs = Float64Array.from({ length: 120 }, () => 2 * random.uniform() - 1);
  // Twelve outputs that two components carry.
  const outputs = Float64Array.from({ length: 60 * 12 }, (_, k) => {
    const [row, o] = [Math.floor(k / 12), k % 12];
    return (o + 1) * inputs[2 * row]! + (12 - o) * inputs[2 * row + 1]!;
  });
  const names = Array.from({ length: 12 }, (_, o) => `y${o}`);
  const preparation = {
    inputs: standardise(inputs, ["a", "b"]),
    outputs: principalComponents(outputs, names, { keep: 2 }),
  };
  const data = {
    inputNames: ["a", "b"],
    outputNames: names,
    train: { count: 60, inputs, outputs },
    preparation,
  };
  const small = resnet({ inputs: 2, outputs: 2, width: 8, depth: 3 });
  const { model: trained } = await train(small, data, { ...quick, epochs: 200 });
  expect(predict(trained, inputs)).toHaveLength(60 * 12);
  const { outputs: each } = evaluate(trained, data.train);
  expect(each.map((o) => o.name)).toEqual(names);
  expect(Math.min(...each.map((o) => o.r2))).toBeGreaterThan(0.95);
});

it("trains on the engine it is given, records its name and gives it back", async () => {
  const seen: string[] = [];
  const engine: EngineFactory = async (config, given) => {
    seen.push(`${given.batchSize} of ${given.rows}`);
    const inner = createEngine(config, given);
    return {
      ...inner,
      name: "counting",
      step(time, options) {
        seen.push(`step ${time}`);
        inner.step(time, options);
      },
      dispose: () => seen.push("dispose"),
    };
  };
  const data = problem(10);
  const run = await train(model, data, { ...quick, epochs: 1, engine });
  expect(seen).toEqual(["8 of 10", "step 1", "step 2", "dispose"]);
  const usual = await train(model, data, { ...quick, epochs: 1 });
  const { engine: kernels } = createKernels();
  expect([run.engine, usual.engine]).toEqual([`counting: ${kernels}`, `kernels: ${kernels}`]);
  expect(run.digest).toBe(usual.digest);
  await expect(train(model, data, { ...quick, epochs: 2, engine, resume: usual.state })).rejects.toThrow(
    'train: cannot resume, engine was "kernels" and is now "counting"',
  );
  expect(seen.at(-1)).toBe("dispose");
});
