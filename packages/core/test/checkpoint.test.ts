import { describe, expect, it } from "vitest";
import {
  decodeState,
  encodeState,
  l2Penalty,
  type Penalty,
  readStateHeader,
  stateParts,
  type TrainingState,
  train,
} from "../src/index.ts";
import { model, problem, quick } from "./product-problem.ts";

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
      pullbackSlopes: () => {},
      pullbackWeights: () => {},
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
  await expect(resume({ epochs: 1 })).rejects.toThrow(
    "train: epochs is 1, expected at least the 2 of the state to resume",
  );
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
          pullbackSlopes: () => {},
          pullbackWeights: () => {},
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
        epochs: 3,
        penalty,
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
      // The state at the end is final, so both share one array.
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
