import { readFileSync } from "node:fs";
import { digestOf, randomStream } from "@stiffnet/base";
import { identity, principalComponents, standardise } from "@stiffnet/preparation";
import { describe, expect, it } from "vitest";
import {
  createEngine,
  decodeState,
  defaultPlateau,
  type EngineFactory,
  encodeState,
  evaluate,
  l2Penalty,
  type Penalty,
  plateauStep,
  predict,
  readStateHeader,
  resnet,
  stateParts,
  type TrainingData,
  type TrainingState,
  train,
} from "../src/index.ts";

/** y = x1 x2 / 2 and 1e-9 (x1 - x2) on a few points: quick to learn, with outputs of very different size. */
function problem(count = 61, extra: Partial<TrainingData> = {}): TrainingData {
  const random = randomStream(11, 0);
  const draw = (rows: number) => {
    const inputs = Float64Array.from({ length: 2 * rows }, () => 4 * random.uniform() - 2);
    const outputs = new Float64Array(2 * rows);
    for (let i = 0; i < rows; i++) {
      outputs[2 * i] = (inputs[2 * i]! * inputs[2 * i + 1]!) / 2;
      outputs[2 * i + 1] = 1e-9 * (inputs[2 * i]! - inputs[2 * i + 1]!);
    }
    return { count: rows, inputs, outputs };
  };
  const names = { inputNames: ["a", "b"], outputNames: ["product", "difference"] };
  const set = draw(count);
  const preparation = {
    inputs: standardise(set.inputs, names.inputNames),
    outputs: standardise(set.outputs, names.outputNames),
  };
  return { ...names, train: set, test: draw(20), preparation, ...extra };
}

const model = resnet({ inputs: 2, outputs: 2, width: 8, depth: 3, seed: 4 });
const quick = { epochs: 30, batchSize: 8, rate: 5e-3 };

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

it("resumes to the same bits, wherever it was stopped", async () => {
  const data = problem(61, { validation: problem(25).train });
  const options = { ...quick, penalty: l2Penalty(1e-3) };
  const whole = await train(model, data, options);
  for (const stop of [1, 7, 29]) {
    const control = new AbortController();
    let saved: Uint8Array | undefined;
    const part = await train(model, data, {
      ...options,
      signal: control.signal,
      checkpoint: {
        every: 1000,
        save: (state) => {
          saved = encodeState(state);
        },
      },
      onEpoch: ({ epoch }) => epoch === stop && control.abort(),
    });
    expect(part.status).toBe("interrupted");
    expect(part.reason).toBe(`stopped in epoch ${stop + 1} of 30`);
    const rest = await train(model, data, { ...options, resume: decodeState(saved!, "checkpoint") });
    expect(rest.digest).toBe(whole.digest);
    expect(rest.history).toEqual(whole.history);
  }
});

it("leaves an epoch half done when it is stopped inside, and repeats it", async () => {
  const data = problem(400);
  const control = new AbortController();
  let batches = 0;
  /** Costs a millisecond a batch, and stops the run inside its first epoch as Ctrl-C does, from outside. */
  const penalty: Penalty = {
    name: "nothing",
    weight: 0,
    bind: () => ({
      evaluate(_, p) {
        if (++batches === 1) setImmediate(() => control.abort());
        for (const until = performance.now() + 1; performance.now() < until && !control.signal.aborted; );
        p.fill(0);
      },
      pullback: () => {},
    }),
  };
  const options = { ...quick, epochs: 3, batchSize: 1, penalty };
  const part = await train(model, data, { ...options, signal: control.signal });
  expect(part.status).toBe("interrupted");
  expect(part.reason).toBe("stopped in epoch 1 of 3");
  expect(batches).toBeLessThan(400);
  expect(part.model.parameters).toEqual(model.parameters);
  const whole = await train(model, data, options);
  const rest = await train(model, data, { ...options, resume: part.state });
  expect(rest.digest).toBe(whole.digest);
  expect(rest.history).toEqual(whole.history);
});

it("refuses to resume another run, naming the field", async () => {
  const { state } = await train(model, problem(), { ...quick, epochs: 2 });
  const resume = (options: object) =>
    train(model, problem(), { ...quick, epochs: 4, resume: state, ...options });
  await expect(resume({ rate: 1e-2 })).rejects.toThrow("cannot resume, rate was 0.005 and is now 0.01");
  await expect(resume({ penalty: l2Penalty(1) })).rejects.toThrow('penalty was "none" and is now "l2 1"');
  expect((await resume({})).status).toBe("finished");
});

it("refuses damaged checkpoints", async () => {
  const { state } = await train(model, problem(), { ...quick, epochs: 1 });
  const bytes = encodeState(state);
  expect(decodeState(bytes, "c")).toEqual(state);
  // One bit anywhere, and any length but the right one.
  for (let at = 0; at < bytes.length; at += 7) {
    const damaged = Uint8Array.from(bytes);
    damaged[at]! ^= 1;
    const complaint = at < 22 ? "is not a stiffnet checkpoint" : "is damaged";
    expect(() => decodeState(damaged, "run/3.state"), `${at}`).toThrow(`run/3.state: ${complaint}`);
    const part = bytes.subarray(0, at);
    expect(() => decodeState(part, "run/3.state"), `${at}`).toThrow(`run/3.state: ${complaint}`);
  }
  expect(() => decodeState(Buffer.concat([bytes, bytes]), "run/3.state")).toThrow("is damaged");
});

it("gives a state in parts that are its own arrays, and its header without them", async () => {
  const { state } = await train(model, problem(), { ...quick, epochs: 2 });
  const parts = stateParts(state);
  expect(Buffer.concat(parts)).toEqual(Buffer.from(encodeState(state)));
  for (const { buffer } of Object.values(state.arrays))
    expect(parts.map((part) => part.buffer)).toContain(buffer);
  const bytes = encodeState(state);
  let read = 0;
  const source = {
    size: bytes.length,
    read(into: Uint8Array) {
      into.set(bytes.subarray(read, read + into.length));
      read += into.length;
    },
  };
  const { arrays, ...header } = state;
  expect(readStateHeader(source, "c")).toEqual(header);
  expect(bytes.length - read).toBe(4 * Object.values(arrays).reduce((sum, array) => sum + array.length, 0));
});

describe("what a penalty keeps for every sample", () => {
  /** Counts how often it has seen each sample. */
  const counting = () => {
    let seen = new Float32Array(0);
    const penalty: Penalty = {
      name: "counting",
      weight: 0,
      bind({ rows }) {
        seen = new Float32Array(rows);
        return {
          evaluate({ indices }, p) {
            for (const i of indices) seen[i]!++;
            p.fill(0);
          },
          pullback: () => {},
          state: () => seen,
          restore: (saved) => seen.set(saved),
        };
      },
    };
    return { penalty, seen: () => seen };
  };
  const data = problem(40);

  it("is copied for a checkpoint, unless that is saved at once", async () => {
    for (const live of [false, true]) {
      const { penalty, seen } = counting();
      const saved: Float32Array[] = [];
      const histories: TrainingState["history"][] = [];
      const { state } = await train(model, data, {
        ...quick,
        ...{ epochs: 3, penalty },
        checkpoint: {
          every: 1,
          live,
          save(state) {
            saved.push(state.arrays.penalty);
            histories.push(state.history);
          },
        },
      });
      expect(histories.map(({ length }) => length)).toEqual(live ? [4, 4, 4] : [2, 3, 4]);
      const [first, second, last] = saved;
      expect(first === seen()).toBe(live);
      expect(second === seen()).toBe(live);
      if (!live) expect([first![0], second![0]]).toEqual([1, 2]);
      // Of the end there is one state, which nothing changes any more.
      expect(last).toBe(state.arrays.penalty);
      expect(last).toEqual(new Float32Array(40).fill(3));
    }
  });

  it("is what it was where an epoch is left half done", async () => {
    const { penalty } = counting();
    const control = new AbortController();
    let batches = 0;
    const stopping: Penalty = {
      ...penalty,
      bind(context) {
        const bound = penalty.bind(context);
        return {
          ...bound,
          evaluate(chunk, p) {
            if (++batches === 3) control.abort();
            bound.evaluate(chunk, p);
          },
        };
      },
    };
    const part = await train(model, data, { ...quick, penalty: stopping, signal: control.signal });
    expect([part.status, batches]).toEqual(["interrupted", 3]);
    expect(part.state.arrays.penalty).toEqual(new Float32Array(40));
  });
});

it("ends with status diverged, keeping the last good parameters and the history", async () => {
  const wild: Penalty = {
    name: "wild",
    weight: 1,
    bind: () => {
      let calls = 0;
      return {
        evaluate: (_, values) => void values.fill(++calls > 20 ? Number.POSITIVE_INFINITY : 0),
        pullback: () => undefined,
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

it("returns the parameters of the best validation risk when there is a validation set", async () => {
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
});

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
    await expect(train(model, short, quick)).rejects.toThrow("the train set has");
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

it("keeps the state's arrays apart from the running engine", async () => {
  const states: TrainingState[] = [];
  await train(model, problem(), {
    ...quick,
    epochs: 4,
    checkpoint: { every: 1, save: (s) => void states.push(s) },
  });
  expect(states.map((s) => s.epoch)).toEqual([1, 2, 3, 4]);
  expect(states[0]!.arrays.parameters).not.toEqual(states[3]!.arrays.parameters);
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
  expect([run.engine, usual.engine]).toEqual(["counting", "wasm"]);
  expect(run.digest).toBe(usual.digest);
  await expect(train(model, data, { ...quick, epochs: 2, engine, resume: usual.state })).rejects.toThrow(
    'train: cannot resume, engine was "wasm" and is now "counting"',
  );
  expect(seen.at(-1)).toBe("dispose");
});
