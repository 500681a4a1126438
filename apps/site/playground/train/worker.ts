import { evaluate, type Model, type TrainingState, type TrainResult, train, withDepth } from "@stiffnet/core";
import { encodeOnnx } from "@stiffnet/onnx";
import { stability } from "@stiffnet/stiffness";
import { tableOf } from "@stiffnet/tables";
import { sentence } from "../sentence.ts";
import { learntBy, questionOf } from "./learnt.ts";
import type { FromWorker, Shown, TableColumns, ToWorker } from "./protocol.ts";
import { dataOf, modelOf, type PlaygroundData, penaltyOf, settingsOf } from "./setup.ts";

/** Views of a whole training. */
const views = 100;
/** Test samples whose eigenvalues are shown, of every layer. */
const examined = 12;

const say = (message: FromWorker): void => postMessage(message);

type Start = Extract<ToWorker, { kind: "start" }>;

/** One network: its data, where its training stands, and what it is told meanwhile. */
class Training {
  readonly #start: Start;
  readonly #data: PlaygroundData;
  readonly #question: ReturnType<typeof questionOf>;
  readonly #fresh: Model;
  #state: TrainingState | undefined;
  #model: Model;
  #epoch = 0;
  #shown: Shown;
  #stop: AbortController | undefined;

  constructor(start: Start) {
    this.#start = start;
    this.#data = dataOf(start.config, start.table && chosen(start.table));
    this.#fresh = modelOf(start.config, this.#data);
    this.#model = this.#fresh;
    this.#question = questionOf(start.config, this.#data);
    this.#shown = start.shown;
    const { train, outputNames: outputs } = this.#data;
    say({ kind: "ready", rows: train.count, parameters: this.#fresh.parameters.length, outputs });
    this.#look(this.#fresh, 0).catch(failed);
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
    try {
      const {
        state,
        model,
        status,
        reason = "",
        digest,
        seconds,
        epoch,
      } = await this.#train(stop.signal, epochs);
      this.#state = state;
      await this.#look(model, epoch);
      if (status === "interrupted") say({ kind: "paused" });
      else say({ kind: "ended", status, reason, digest, seconds });
    } finally {
      this.#stop = undefined;
    }
  }

  #train(signal: AbortSignal, epochs: number): Promise<TrainResult> {
    const { config, side } = this.#start;
    const penalty = penaltyOf(config, side);
    let left = epochs;
    return train(this.#fresh, this.#data, {
      ...settingsOf(config),
      ...(penalty && { penalty }),
      ...(this.#state && { resume: this.#state }),
      signal,
      select: "final",
      measure: {
        // Every epoch at first, and a hundredth of all of them later.
        every: (epoch) => epoch % Math.max(1, Math.floor(Math.min(epoch / 10, config.epochs / views))) === 0,
        of: (model) => {
          this.#model = model;
          return {};
        },
      },
      onEpoch: ({ epoch, measures }) => {
        if (measures) this.#look(this.#model, epoch).catch(failed);
        left -= 1;
        if (left <= 0) this.pause();
      },
    });
  }

  async show(shown: Shown): Promise<void> {
    this.#shown = shown;
    await this.#look(this.#model, this.#epoch);
  }

  async #look(model: Model, epoch: number): Promise<void> {
    this.#model = model;
    this.#epoch = epoch;
    const shown = this.#shown;
    const { train, test } = this.#data;
    const { spectra, alpha } = stability(model, test, { most: examined });
    const { re, im, depth, samples, width } = spectra;
    let radii = 0;
    for (let at = 0; at < re.length; at += width) radii += Math.hypot(re[at]!, im[at]!);
    const view = {
      epoch,
      errorTrain: evaluate(model, train).risk,
      errorTest: evaluate(model, test).risk,
      errorShown: evaluate(withDepth(model, shown.layers), test).risk,
      shown,
      radius: radii / (depth * samples),
      re: Float32Array.from(re, (value) => alpha * value),
      im: Float32Array.from(im, (value) => alpha * value),
      perLayer: samples * width,
      learnt: await learntBy(model, this.#question, shown),
    };
    say({ kind: "view", view });
  }
}

function chosen({ name, values, inputs, outputs }: TableColumns) {
  const count = values[0]?.length ?? 0;
  const rows = Array.from({ length: count }, (_, i) => values.map((column) => column[i]!));
  return { table: tableOf([...inputs, ...outputs], rows, name), inputs, outputs };
}

let training: Training | undefined;

async function obey(message: ToWorker): Promise<void> {
  switch (message.kind) {
    case "start":
      training = new Training(message);
      return;
    case "show":
      return training?.show(message.shown);
    case "go":
      return training?.go();
    case "step":
      return training?.go(1);
    case "pause":
      return training?.pause();
    case "onnx":
      return training && say({ kind: "onnx", bytes: encodeOnnx(training.model) });
  }
}

const failed = (error: unknown): void => say({ kind: "failed", reason: sentence(error) });

addEventListener("message", ({ data }: MessageEvent<ToWorker>) => {
  obey(data).catch(failed);
});
