import { kernelEngines } from "@stiffnet/kernels";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  activations,
  decodeState,
  encodeState,
  l2Penalty,
  type Model,
  neuralOde,
  resnet,
  stepSolvers,
  type TrainOptions,
  train,
} from "../src/index.ts";
import { problem } from "./product-problem.ts";

const shape = { inputs: 2, outputs: 2, width: 33, depth: 3, seed: 5 };
const data = problem(70, { validation: problem(9).train });
const quick: TrainOptions = { epochs: 2, batchSize: 40, rate: 5e-3, penalty: l2Penalty(1e-4) };

afterEach(() => vi.unstubAllEnvs());

function trainedOn(kernels: string, model: Model, threads: number) {
  vi.stubEnv("STIFFNET_KERNELS", kernels);
  return train(model, data, { ...quick, threads });
}

describe.each(activations)("activation x engine x threads: %s", (activation) => {
  it.each([
    resnet({ ...shape, activation }),
    resnet({ ...shape, activation, skip: false }),
    neuralOde({ ...shape, activation, weights: "quadratic" }),
  ])("has the same bits everywhere: $config.kind %#", async (model) => {
    const expected = await trainedOn("wasm", model, 1);
    expect(expected).toMatchObject({ status: "finished", engine: "kernels: wasm" });
    for (const kernels of kernelEngines().filter((name) => name !== "wasm")) {
      for (const threads of [1, 2, 3]) {
        const { digest, history, engine } = await trainedOn(kernels, model, threads);
        expect([engine, threads, digest]).toEqual([`kernels: ${kernels}`, threads, expected.digest]);
        expect(history).toEqual(expected.history);
      }
    }
  });

  it.each(stepSolvers)(
    "of %s: the same bits on every engine, and more threads are refused",
    async (solver) => {
      const model = neuralOde({ ...shape, width: 6, activation, solver });
      const expected = await trainedOn("wasm", model, 1);
      for (const kernels of kernelEngines()) {
        expect((await trainedOn(kernels, model, 1)).digest).toBe(expected.digest);
        const several = trainedOn(kernels, model, 2);
        if (solver !== "euler")
          await expect(several).rejects.toThrow(`train: threads is 2 with the solver ${solver}, expected 1`);
        else if (kernels === "wasm") await expect(several).rejects.toThrow("WebAssembly has one thread");
        else expect((await several).digest).toBe(expected.digest);
        if (solver === "euler" || kernels === "wasm") continue;
        vi.stubEnv("STIFFNET_THREADS", "2");
        vi.stubEnv("STIFFNET_KERNELS", kernels);
        await expect(train(model, data, quick)).rejects.toThrow(`threads is 2 with the solver ${solver}`);
        vi.unstubAllEnvs();
      }
    },
  );
});

describe("checkpoint x option that decides a result", () => {
  const model = resnet({ ...shape, width: 6 });
  const plain: TrainOptions = { ...quick, epochs: 6 };
  const whole = { ...plain, patience: 50, plateau: { patience: 0, cooldown: 1 } };
  /** Another value of each option that decides what is trained; undefined: it decides nothing. */
  const others: Record<Exclude<keyof TrainOptions, "resume">, Partial<TrainOptions> | undefined> = {
    batchSize: { batchSize: 7 },
    rate: { rate: 1e-3 },
    beta1: { beta1: 0.5 },
    beta2: { beta2: 0.9 },
    epsilon: { epsilon: 1e-3 },
    plateau: { plateau: false },
    anneal: { anneal: true, plateau: false },
    patience: { patience: 60 },
    penalty: { penalty: l2Penalty(1e-3) },
    steer: { steer: 0.5 },
    seed: { seed: 2 },
    trial: { trial: 1 },
    epochs: undefined,
    engine: undefined,
    threads: undefined,
    select: undefined,
    measure: undefined,
    onEpoch: undefined,
    signal: undefined,
    checkpoint: undefined,
  };
  const deciding = Object.entries(others).filter(([, other]) => other !== undefined) as [
    string,
    Partial<TrainOptions>,
  ][];

  it.each(deciding)("%s", async (name, other) => {
    for (const from of [whole, { ...whole, ...other }]) {
      const full = await train(model, data, from);
      const half = await train(model, data, from.anneal ? interruptedAt(3, from) : { ...from, epochs: 3 });
      expect(half.state.epoch).toBe(3);
      const resume = decodeState(encodeState(half.state), "checkpoint");
      const rest = await train(model, data, { ...from, resume });
      expect([rest.digest, rest.history]).toEqual([full.digest, full.history]);
      const to = from === whole ? { ...whole, ...other } : whole;
      // Annealing takes the plateau rule's place.
      const field = name === "anneal" ? "plateau" : name;
      await expect(train(model, data, { ...to, resume })).rejects.toThrow(`cannot resume, ${field} was`);
    }
  });

  it.each([
    { threads: 2 },
    { select: "final" },
    { measure: { every: 2, of: () => ({ one: 1 }) } },
    { onEpoch: () => {} },
    { signal: new AbortController().signal },
    { checkpoint: { every: 1, save: () => {} } },
  ] satisfies Partial<TrainOptions>[])("and %o decides nothing that is kept", async (other) => {
    const half = await train(model, data, { ...whole, epochs: 3 });
    const rest = await train(model, data, { ...whole, ...other, resume: half.state });
    const full = await train(model, data, whole);
    expect(rest.state.arrays).toEqual(full.state.arrays);
  });
});

function interruptedAt(epoch: number, options: TrainOptions): TrainOptions {
  const control = new AbortController();
  return {
    ...options,
    signal: control.signal,
    onEpoch: (record) => record.epoch === epoch && control.abort(),
  };
}
