import { auto, dopri5, type FullyImplicitSolver, radau, solve, tsit5 } from "@stiffnet/integrators";
import { rober } from "@stiffnet/integrators/problems";
import { describe, expect, it } from "vitest";
import {
  simulate,
  type TrainTrajectoryOptions,
  type Trajectory,
  trainTrajectory,
  trajectoryModel,
} from "../src/index.ts";

/** Two decaying modes, 1 and 20 times, mixed; two runs. */
function decay(): Trajectory[] {
  const times = [0.05, 0.1, 0.2, 0.4, 0.8, 1.2];
  return [
    [1, 0],
    [0.2, 1],
  ].map((start) => {
    const [slow, fast] = [(start[0]! + start[1]!) / 2, (start[0]! - start[1]!) / 2];
    const states = times.flatMap((t) => {
      const [a, b] = [slow * Math.exp(-t), fast * Math.exp(-20 * t)];
      return [a + b, a - b];
    });
    return { start, times, states };
  });
}
const model = trajectoryModel({ variables: ["a", "b"], width: 6, layers: 2, seed: 3 });
const quick: TrainTrajectoryOptions = { epochs: 60, rate: 1e-2 };

it("learns a field, of which new trajectories can be taken by any solver", async () => {
  const {
    status,
    history,
    model: learnt,
    epoch,
  } = await trainTrajectory(model, decay(), {
    ...quick,
    epochs: 600,
    loss: "rmse",
    plateau: { factor: 0.5, patience: 50, cooldown: 0 },
  });
  expect(status).toBe("finished");
  expect(history).toHaveLength(600);
  expect(history[epoch]!.loss).toBe(Math.min(...history.map(({ loss }) => loss)));
  expect(history[epoch]!.loss).toBeLessThan(0.02);
  expect(history.at(-1)!.rate).toBeLessThan(1e-2);
  // A start between those of the data, with e^-t twice as large as the other mode at t = 0.
  const times = [0.1, 1];
  for (const solver of [dopri5, radau]) {
    const { status: ended, states } = await simulate(learnt, { start: [0.9, 0.3], times }, { solver });
    expect(ended).toBe("finished");
    times.forEach((t, k) => {
      const [a, b] = [0.6 * Math.exp(-t), 0.3 * Math.exp(-20 * t)];
      expect(Math.abs(states[2 * k]! - a - b)).toBeLessThan(0.05);
      expect(Math.abs(states[2 * k + 1]! - a + b)).toBeLessThan(0.05);
    });
  }
});

it("an option of undefined counts as not given, inside of others too", async () => {
  const none = undefined as never;
  const plain = await trainTrajectory(model, decay(), { ...quick, epochs: 8, plateau: { cooldown: 0 } });
  const same = await trainTrajectory(model, decay(), {
    ...quick,
    epochs: 8,
    scaling: { loss: none, inputs: none, equation: none },
    plateau: { cooldown: 0, factor: none, patience: none },
  });
  expect(same.digest).toBe(plain.digest);
  expect(same.state.fingerprint).toEqual(plain.state.fingerprint);
  const run = { start: [0.9, 0.3], times: [1] };
  expect(await simulate(same.model, run, { atol: none })).toEqual(await simulate(plain.model, run));
});

it.each(["mae", "rmse"] as const)("%s is what it says, of the model's own trajectories", async (loss) => {
  const [only] = decay();
  const run = await trainTrajectory(model, [only!], { ...quick, epochs: 3, loss, rtol: 1e-9, atol: 1e-11 });
  const last = await trainTrajectory(model, [only!], { ...quick, epochs: 4, loss, rtol: 1e-9, atol: 1e-11 });
  const state = { ...run.model, parameters: run.state.parameters };
  const { states } = await simulate(state, only!, { rtol: 1e-11, atol: 1e-13 });
  const residuals = Array.from(states, (v, i) => (v - (only!.states[i] as number)) / run.model.sizes[i % 2]!);
  const mean = (f: (r: number) => number) => residuals.reduce((sum, r) => sum + f(r), 0) / residuals.length;
  const expected = loss === "mae" ? mean(Math.abs) : Math.sqrt(mean((r) => r * r));
  expect(last.history[3]!.loss).toBeCloseTo(expected, 8);
  const errors = last.history[3]!.errors;
  expect((errors[0]! + errors[1]!) / 2).toBeCloseTo(mean(Math.abs), 8);
});

it("is a function of its configuration, and resumes to the same bits", async () => {
  const [whole, again, other] = await Promise.all([
    trainTrajectory(model, decay(), quick),
    trainTrajectory(model, decay(), quick),
    trainTrajectory(trajectoryModel({ ...model.config, seed: 3, trial: 1 }), decay(), quick),
  ]);
  expect(again!.digest).toBe(whole!.digest);
  expect(other!.digest).not.toBe(whole!.digest);
  const part = await trainTrajectory(model, decay(), { ...quick, epochs: 25 });
  const rest = await trainTrajectory(model, decay(), { ...quick, resume: part.state });
  expect(rest.digest).toBe(whole!.digest);
  expect(rest.history).toEqual(whole!.history);
  await expect(trainTrajectory(model, decay(), { ...quick, rate: 1e-3, resume: part.state })).rejects.toThrow(
    "trainTrajectory: cannot resume, rate was 0.01 and is now 0.001",
  );
  const control = new AbortController();
  control.abort();
  const none = await trainTrajectory(model, decay(), { ...quick, signal: control.signal });
  expect([none.status, none.reason]).toEqual(["interrupted", "stopped in epoch 1 of 60"]);
});

it("resumes with no other solver of the same name", async () => {
  const options = { ...quick, rtol: 1e-8 };
  const { state } = await trainTrajectory(model, decay(), { ...options, epochs: 1, solver: auto() });
  // At this tolerance auto() takes explicit steps by dop853.
  const other = auto({ nonStiff: tsit5 });
  expect(other.name).toBe(auto().name);
  await expect(trainTrajectory(model, decay(), { ...options, solver: other, resume: state })).rejects.toThrow(
    'trainTrajectory: cannot resume, solver was "auto(tsit5, rodas5P), checksum',
  );
  const same = { ...options, epochs: 2, solver: auto(), resume: state };
  expect((await trainTrajectory(model, decay(), same)).status).toBe("finished");
});

it("a field that cannot be solved ends the training, saying so", async () => {
  const wild = trajectoryModel({ variables: ["a", "b"], activation: "gelu", layers: 1 });
  wild.parameters.fill(40);
  const run = await trainTrajectory(wild, decay(), quick);
  expect(run.status).toBe("diverged");
  expect(run.reason).toMatch(/^epoch 1: the field could not be solved: .+; scale equation and loss/);
  expect(run.model.parameters).toEqual(wild.parameters);
  const { status, states } = await simulate(run.model, { start: [1, 1], times: [0.0001, 1000] });
  expect(status).not.toBe("finished");
  expect(Number.isNaN(states[3])).toBe(true);
});

it("a gradient that is not finite ends the training before it is used", async () => {
  // u' = 7e-4 relu(1000 u): e^700 is finite, but not the derivative by 7e-4, which is 1e6 e^700.
  const steep = trajectoryModel({ variables: ["u"], width: 1, layers: 1, activation: "relu" });
  steep.parameters.set([1000, 0, 7e-4, 0]);
  const scaling = { equation: false, loss: false, inputs: false } as const;
  const options: TrainTrajectoryOptions = { epochs: 1, solver: tsit5, atol: 1e-6, scaling };
  const run = await trainTrajectory(steep, [{ start: [1], times: [1000], states: [2] }], options);
  expect(run.status).toBe("diverged");
  expect(run.reason).toMatch(/^epoch 1: the loss is .+e\+303, but its gradient could not be computed;/);
  expect([run.state.parameters, run.history]).toEqual([steep.parameters, []]);
});

it("a gradient ends the training where Newton's iteration fails as steps are taken again", async () => {
  let made = 0;
  const solver: FullyImplicitSolver = {
    ...radau,
    createStepper(system, settings) {
      const stepper = radau.createStepper(system, settings);
      return ++made === 1 ? stepper : Object.assign(stepper, { attempt: () => 1 });
    },
  };
  const failed = await trainTrajectory(model, decay().slice(1), { ...quick, solver });
  expect(failed.reason).toMatch(/^epoch 1: the loss is 0\.\d+, but its gradient could not be computed;/);
});

/** Robertson's reaction over ten decades of time, as Kim et al. 2021 take it. */
function robertson(): Trajectory {
  const times = Array.from({ length: 21 }, (_, i) => 10 ** (-5 + i / 2));
  const run = solve(
    { ...rober, tSpan: [0, times.at(-1)!] },
    { solver: radau, rtol: 1e-9, atol: [1e-12, 1e-16, 1e-12], saveAt: times },
  );
  return { start: [1, 0, 0], times, states: run.y };
}

it("Robertson's problem: all three species with the scalings, not the radical without", async () => {
  const fresh = trajectoryModel({ variables: ["y1", "y2", "y3"] });
  const scaled = await trainTrajectory(fresh, [robertson()], { epochs: 200 });
  expect(scaled.status).toBe("finished");
  // Mean distance to the data, relative to each species' range.
  expect(Math.max(...scaled.history[scaled.epoch]!.errors)).toBeLessThan(0.2);
  const bare = await trainTrajectory(fresh, [robertson()], {
    epochs: 200,
    scaling: { equation: false, loss: false, inputs: false },
  });
  expect(bare.history[bare.epoch]!.errors[1]).toBeGreaterThan(1);
});

it.each([
  [{ variables: [] }, "variables is a list of 0, expected a list of at least 1, each a text"],
  [{ variables: ["a"], width: 0 }, "width is 0"],
  [{ variables: ["a", "b", "a"] }, "trajectoryModel: variables name 'a' twice, expected different names"],
  [{ variables: ["a"], activation: "step" as "tanh" }, "activation is 'step', expected one of tanh, relu"],
])("misuse of the model: %j", (options, message) => {
  expect(() => trajectoryModel(options)).toThrow(message);
});

it.each([
  [{ rate: -1 }, {}, "rate is -1, expected a positive number"],
  [{ epochs: 0.5 }, {}, "epochs is 0.5, expected a whole number"],
  [{ loss: "max" as "mae" }, {}, "loss is 'max', expected one of mae, rmse"],
  [
    { scaling: { equation: "width" as "own" } },
    {},
    "scaling.equation is 'width', expected one of own, length, false",
  ],
  [{}, { start: [1] }, "trajectory 1: the start has 1 numbers, expected 2 (a, b)"],
  [{}, { times: [1, 1, 2, 3, 4, 5] }, "times[1] is 1 after 1, expected ascending times"],
  [{}, { states: [1, 2] }, "trajectory 1: 2 states, expected 12 (times x variables)"],
  [{}, { states: new Array(12).fill(Number.NaN) }, "states[0] is NaN, expected a finite number"],
  [{}, { start: [Number.NaN, 1] }, "trajectory 1: start[0] is NaN, expected a finite number"],
  [
    {},
    { start: [0, 0], states: new Array(12).fill(0) },
    "'a' has the range 0 in the data, expected a positive",
  ],
])("misuse of training: %j %j", async (options, data, message) => {
  const trajectory = { ...decay()[0]!, ...data };
  await expect(trainTrajectory(model, [trajectory], { ...quick, ...options })).rejects.toThrow(message);
});

describe("misuse in JavaScript names the field", () => {
  const none = undefined as never;
  const [run] = decay();
  const without = (field: string) => ({ ...run!, [field]: none });
  const cut = { ...model, parameters: model.parameters.slice(1) };
  const training = (given: unknown, data: unknown, more: object = {}) =>
    trainTrajectory(given as typeof model, data as Trajectory[], { ...quick, ...more });
  const simulation = (given: unknown, one: unknown) => simulate(given as typeof model, one as Trajectory);
  it.each<[() => Promise<unknown>, string]>([
    [() => training(none, [run]), "trainTrajectory: model is undefined, expected an object with config"],
    [() => training({}, [run]), "trainTrajectory: model.config is undefined, expected an object with"],
    [() => training({ ...model, sizes: none }, [run]), "trainTrajectory: model.sizes is undefined, expected"],
    [() => training(cut, [run]), "trainTrajectory: model.parameters has 73 numbers, expected 74"],
    [() => training(model, none), "trainTrajectory: trajectories is undefined, expected a list"],
    [
      () => training(model, []),
      "trainTrajectory: trajectories is a list of 0, expected a list of at least 1",
    ],
    [() => training(model, [none]), "trainTrajectory: trajectories[0] is undefined, expected an object with"],
    [() => training(model, [run, without("start")]), "trajectories[1].start is undefined, expected numbers"],
    [() => training(model, [without("times")]), "trajectories[0].times is undefined, expected numbers"],
    [() => training(model, [without("states")]), "trajectories[0].states is undefined, expected numbers"],
    [
      () => training(model, [{ ...run, from: null }]),
      "trajectories[0].from is null, expected a finite number",
    ],
    [() => training(model, [run], { resume: {} }), "trainTrajectory: resume.fingerprint is undefined"],
    [() => simulation(none, run), "simulate: model is undefined, expected an object with config"],
    [() => simulation(cut, run), "simulate: model.parameters has 73 numbers, expected 74"],
    [() => simulation(model, none), "simulate: run is undefined, expected an object with start, from, times"],
    [() => simulation(model, without("times")), "simulate: run.times is undefined, expected numbers"],
    [() => simulation(model, { ...run, start: [1, "2"] }), "simulate: run.start is a list of 2, expected"],
  ])("%#", (misuse, message) => expect(misuse()).rejects.toThrow(message));
});
