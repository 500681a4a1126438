import {
  type EpochRecord,
  evaluate,
  type Model,
  type TrainingState,
  type TrainResult,
  train,
} from "@stiffnet/core";
import { encodeOnnx } from "@stiffnet/onnx";
import { stability } from "@stiffnet/stiffness";
import { tableOf } from "@stiffnet/tables";
import { sentence } from "../sentence.ts";
import { type Question, questionOf } from "./learnt.ts";
import type { FromWorker, Risks, TableColumns, ToWorker } from "./protocol.ts";
import { dataOf, modelOf, type PlaygroundData, penaltyOf, settingsOf } from "./setup.ts";

/** Milliseconds between two views. */
const between = 150;
/** Epochs between two views whose risks are told. */
const mostPassed = 8;
/** Test samples whose eigenvalues are shown, of every layer. */
const examined = 12;

const say = (message: FromWorker): void => postMessage(message);

const risksOf = ({ epoch, riskTrain, riskTest }: EpochRecord): Risks => ({
  epoch,
  riskTrain,
  riskTest: riskTest!,
});

type Start = Extract<ToWorker, { kind: "start" }>;

/** One network: its data, where its training stands, and what it is told meanwhile. */
class Training {
  readonly #start: Start;
  readonly #data: PlaygroundData;
  readonly #question: Question;
  readonly #fresh: Model;
  #state: TrainingState | undefined;
  #model: Model;
  #stop: AbortController | undefined;
  #next = Number.NEGATIVE_INFINITY;
  #passed: Risks[] = [];
  #steps = Number.POSITIVE_INFINITY;

  constructor(start: Start) {
    this.#start = start;
    this.#data = dataOf(start.config, start.table && chosen(start.table));
    this.#fresh = modelOf(start.config, this.#data);
    this.#model = this.#fresh;
    this.#question = questionOf(start.config, this.#data);
    say({
      kind: "ready",
      rows: this.#data.train.count,
      testRows: this.#data.test.count,
      parameters: this.#fresh.parameters.length,
      output: this.#data.outputNames[0]!,
      truth: this.#question.truth,
    });
    const [riskTrain, riskTest] = [this.#data.train, this.#data.test].map(
      (samples) => evaluate(this.#fresh, samples).risk,
    );
    this.#show({ epoch: 0, riskTrain: riskTrain!, riskTest: riskTest! });
  }

  get model(): Model {
    return this.#model;
  }

  pause(): void {
    this.#stop?.abort();
  }

  /** Trains to the end, or to the next pause, or for some epochs. */
  async go(epochs = Number.POSITIVE_INFINITY): Promise<void> {
    if (this.#stop !== undefined) return;
    const stop = new AbortController();
    this.#stop = stop;
    this.#steps = epochs;
    try {
      const result = await this.#train(stop.signal);
      this.#state = result.state;
      this.#model = result.model;
      this.#show(risksOf(result.history.at(-1)!));
      this.#report(result);
    } finally {
      this.#stop = undefined;
    }
  }

  #train(signal: AbortSignal): Promise<TrainResult> {
    const penalty = penaltyOf(this.#start.config, this.#start.side);
    let left = this.#steps;
    return train(this.#fresh, this.#data, {
      ...settingsOf(this.#start.config),
      ...(penalty && { penalty }),
      ...(this.#state && { resume: this.#state }),
      signal,
      select: "final",
      measure: {
        every: () => performance.now() >= this.#next,
        of: (model) => {
          this.#model = model;
          return {};
        },
      },
      onEpoch: (record) => {
        if (record.measures) this.#show(risksOf(record));
        else this.#passed.push(risksOf(record));
        left -= 1;
        if (left <= 0) this.pause();
      },
    });
  }

  #report({ status, reason = "", digest, seconds, epoch }: TrainResult): void {
    if (status === "interrupted") say({ kind: "paused", epoch });
    else say({ kind: "ended", status, reason, digest, seconds, epochs: epoch });
  }

  #show(risks: Risks): void {
    const every = Math.ceil(this.#passed.length / mostPassed);
    const passed = this.#passed.filter((_, k) => k % every === 0);
    this.#passed = [];
    const began = performance.now();
    const model = this.#model;
    const { spectra, alpha, unstable } = stability(model, this.#data.test, { most: examined });
    const { re, im, depth, samples, width } = spectra;
    let radii = 0;
    for (let at = 0; at < re.length; at += width) radii += Math.hypot(re[at]!, im[at]!);
    say({
      kind: "view",
      view: {
        ...risks,
        passed,
        stiffness: radii / (depth * samples),
        re: Float32Array.from(re, (value) => alpha * value),
        im: Float32Array.from(im, (value) => alpha * value),
        perLayer: samples * width,
        unstable,
        learnt: this.#question.answer(model),
      },
    });
    // Looking takes a twentieth of the time at most.
    const ended = performance.now();
    this.#next = ended + Math.max(between, 19 * (ended - began));
  }
}

function chosen({ name, values, inputs, outputs }: TableColumns) {
  const count = values[0]?.length ?? 0;
  const rows = Array.from({ length: count }, (_, i) => values.map((column) => column[i]!));
  return { table: tableOf([...inputs, ...outputs], rows, name), inputs, outputs };
}

let training: Training | undefined;

async function obey(message: ToWorker): Promise<void> {
  if (message.kind === "start") {
    training = new Training(message);
    return;
  }
  if (training === undefined) return;
  switch (message.kind) {
    case "go":
      return training.go();
    case "step":
      return training.go(1);
    case "pause":
      return training.pause();
    case "onnx":
      return say({ kind: "onnx", bytes: encodeOnnx(training.model) });
  }
}

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  obey(data).catch((error: unknown) => say({ kind: "failed", reason: sentence(error) }));
});
