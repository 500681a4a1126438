import { decodeState, encodeState, kernelsName, l2Penalty, resnet, train } from "@stiffnet/core";
import { spectralRadius, stiffnessPenalty } from "@stiffnet/stiffness";
import { beforeAll, expect, it } from "vitest";
import {
  startTensorFlow,
  type TensorFlow,
  type TfjsBackend,
  tensorPenalty,
  tfjsEngine,
} from "../src/index.ts";
import { describeBackends, difference, product } from "./problem.ts";

const data = product();
const model = resnet({ inputs: 2, outputs: 1, width: 8, depth: 3, seed: 4 });
// 45 rows in batches of 8: the last one is ragged.
const options = {
  epochs: 20,
  batchSize: 8,
  rate: 5e-3,
  plateau: { patience: 1, cooldown: 2, threshold: 0.5 },
};
const stiff = (proxy = spectralRadius()) => stiffnessPenalty(proxy, { weight: 0.05 });

describeBackends("in training", trainingTests, ["tensorflow", "wasm"]);

function trainingTests(backend: TfjsBackend): void {
  const engine = tfjsEngine({ backend });
  let tf: TensorFlow;
  beforeAll(async () => {
    ({ tf } = await startTensorFlow({ backend }));
  });

  // Adam divides by the gradient's size, which enlarges the rounding of small gradients to 1e-4 after 120
  // steps. Iterated eigenvalues agree for 5 epochs. Later, rounding decides which eigenvalue becomes the
  // largest (on one engine, changing one parameter by 1e-7 has the same effect). In Arnoldi rounding also
  // decides the phase of a complex pair, so only the first digits agree (1e-2).
  it.each([
    ["no penalty", undefined, 20, 1e-4],
    ["l2", l2Penalty(0.01), 20, 1e-4],
    ["the spectral radius by Gelfand's formula", stiff(spectralRadius({ method: "gelfand" })), 5, 1e-5],
    [
      "the spectral radius by the power method, with its own memory",
      stiff(spectralRadius({ method: "power" })),
      5,
      1e-5,
    ],
    ["the spectral radius, with its own memory", stiff(spectralRadius({ fewest: 8, most: 8 })), 5, 1e-2],
  ] as const)("trains as the kernels' engine does: %s", async (_, penalty, epochs, tolerance) => {
    const with_ = penalty ? { penalty } : {};
    const expected = await train(model, data, { ...options, ...with_, epochs });
    const actual = await train(model, data, { ...options, ...with_, epochs, engine });
    expect([expected.engine, actual.engine]).toEqual([kernelsName(), `tfjs (${backend} backend)`]);
    expect(actual.status).toBe("finished");
    expect(actual.history).toHaveLength(epochs + 1);
    actual.history.forEach((record, epoch) => {
      const wanted = expected.history[epoch]!;
      // The rate fell in both at the same epochs: the plateau saw the same losses.
      expect(record.rate).toBe(wanted.rate);
      for (const figure of ["riskTrain", "riskTest", "total", "norm", "penalty"] as const)
        expect(Math.abs(record[figure]! - wanted[figure]!), figure).toBeLessThan(
          tolerance * (wanted[figure]! || 1),
        );
      expect(Object.keys(record.statistics ?? {})).toEqual(Object.keys(wanted.statistics ?? {}));
    });
    expect(actual.history.at(-1)!.rate).toBeLessThan(options.rate);
    expect(actual.history.at(-1)!.riskTrain).toBeLessThan(actual.history[0]!.riskTrain);
  });

  it("draws STEER's end times as the kernels' engine does", async () => {
    const steered = { ...options, steer: 0.5 };
    const expected = await train(model, data, steered);
    const actual = await train(model, data, { ...steered, engine });
    const usual = await train(model, data, { ...options, engine });
    const distance = (other: typeof expected) => difference(actual.model.parameters, other.model.parameters);
    expect(distance(expected)).toBeLessThan(1e-4);
    expect(distance(usual)).toBeGreaterThan(1e-2);
  });

  it("goes on from a checkpoint to the same bits, and only on the engine it was started on", async () => {
    const penalised = { ...options, penalty: stiff() };
    const whole = await train(model, data, { ...penalised, engine });
    const half = await train(model, data, { ...penalised, engine, epochs: 9 });
    const resume = decodeState(encodeState(half.state), "memory");
    const resumed = await train(model, data, { ...penalised, engine, resume });
    expect(resumed.digest).toBe(whole.digest);
    expect(resumed.history).toEqual(whole.history);
    await expect(train(model, data, { ...penalised, resume })).rejects.toThrow(
      `train: cannot resume, engine was "tfjs (${backend} backend)" and is now "kernels"`,
    );
  });

  it("keeps no tensors, over epochs or after a run, with any penalty", async () => {
    const divergence = tensorPenalty({
      name: "sum of squares",
      weight: 0.1,
      of: (tf, { weights }) => tf.sum(tf.square(weights)),
    });
    for (const penalty of [undefined, stiff(), divergence]) {
      const before = tf.memory().numTensors;
      const during: number[] = [];
      await train(model, data, {
        ...options,
        ...(penalty ? { penalty } : {}),
        engine,
        epochs: 4,
        onEpoch: () => during.push(tf.memory().numTensors - before),
      });
      // Parameters, two moments, the gradient; inputs and outputs of two tables.
      expect(during).toEqual([8, 8, 8, 8]);
      expect(tf.memory().numTensors).toBe(before);
    }
  });

  it("keeps no tensors of a run that failed", async () => {
    const before = tf.memory().numTensors;
    const diverged = await train(model, data, { ...options, rate: 1e30, engine });
    expect(diverged.status).toBe("diverged");
    expect([...diverged.model.parameters].every(Number.isFinite)).toBe(true);
    const broken = tensorPenalty({ name: "wide", weight: 1, of: (_, { slopes }) => slopes });
    await expect(train(model, data, { ...options, penalty: broken, engine })).rejects.toThrow(
      "tensorPenalty 'wide': of returned the shape [3,8,8], expected [8] (a value a sample) or a scalar",
    );
    const own = tensorPenalty({
      name: "own",
      weight: 1,
      of: () => {
        throw new RangeError("the user's own");
      },
    });
    await expect(train(model, data, { ...options, penalty: own, engine })).rejects.toThrow("the user's own");
    expect(tf.memory().numTensors).toBe(before);
  });

  it("stops at once when it is told to, and goes on", async () => {
    const controller = new AbortController();
    const stopped = await train(model, data, {
      ...options,
      engine,
      signal: controller.signal,
      onEpoch: ({ epoch }) => epoch === 3 && controller.abort(),
    });
    expect([stopped.status, stopped.state.epoch]).toEqual(["interrupted", 3]);
    const { digest } = await train(model, data, { ...options, engine, resume: stopped.state });
    expect(digest).toBe((await train(model, data, { ...options, engine })).digest);
  });
}
