import { digestOf, fields, instanceOf, listOf, needed, text, whole } from "@stiffnet/base";
import type { Samples, TrainingData } from "@stiffnet/preparation";
import { preparedColumns } from "@stiffnet/preparation";
import type { ModelConfig } from "./config.ts";
import { createEngine } from "./engine.ts";
import { ConfigError, requireOptions, ShapeError } from "./errors.ts";
import type { EpochRecord } from "./history.ts";
import { interruption } from "./interruption.ts";
import { type Model, preparationCheck, requireModel, requireRows } from "./model.ts";
import { type TrainOptions, type TrainSettings, trainSettings } from "./options.ts";
import { Run } from "./run.ts";
import type { TrainingState } from "./state.ts";
import { engineName, type TrainingEngine } from "./training-engine.ts";

export interface TrainResult<C extends ModelConfig = ModelConfig> {
  /** "diverged": a loss was not finite; the model is that of the last finished epoch. */
  readonly status: "finished" | "diverged" | "interrupted";
  /** The reason and a remedy, unless finished. */
  readonly reason?: string;
  readonly model: Model<C>;
  readonly history: readonly EpochRecord[];
  /** Epoch the model's parameters are from. */
  readonly epoch: number;
  /** Whether `patience` ended the run before its last epoch. */
  readonly stoppedEarly: boolean;
  /** SHA-256 of the model's parameters. */
  readonly digest: string;
  /** The engine at the end of the run, such as "kernels: native" or "kernels: wasm". All kernels give
   *  the same bits. */
  readonly engine: string;
  /** Time spent training, over all resumptions and without `measure`, by the clock and on the processor.
   *  Processor time does not depend on what else the machine does. */
  readonly seconds: number;
  readonly processorSeconds: number;
  readonly state: TrainingState;
}

/** Trains a copy of `model` on `data` by Adam, minimising L batch by batch:
 *
 *      L = sqrt( 1/|S| sum_i ( |F(x_i) - y_i|^2 + weight p_i^2 ) )
 *
 *  On the default engine the result depends only on model, data and options, to the bit. Misuse throws before
 *  training. A loss that is not finite ends the run with status "diverged". */
export async function train<C extends ModelConfig>(
  model: Model<C>,
  data: TrainingData,
  options: TrainOptions,
): Promise<TrainResult<C>> {
  const settings = trainSettings(options);
  requireData(model, data);
  requireSteer(model.config, settings.steer);
  if (settings.patience !== undefined && !data.validation) {
    throw new ConfigError(`train: patience is ${settings.patience}, which needs a validation set`);
  }
  if (options.select === "best" && !data.validation) {
    throw new ConfigError("train: select is 'best', which needs a validation set");
  }
  requireOneThread(model.config, options.threads);
  const engine = await (options.engine ?? createEngine)(model.config, {
    batchSize: settings.batchSize,
    penalty: options.penalty,
    rows: data.train.count,
    threads: options.threads,
  });
  try {
    requireOneThread(model.config, engine.kernels?.threads);
    return await trainOn(engine, model, data, settings, options);
  } finally {
    engine.dispose?.();
  }
}

async function trainOn<C extends ModelConfig>(
  engine: TrainingEngine,
  model: Model<C>,
  data: TrainingData,
  settings: TrainSettings,
  options: TrainOptions,
): Promise<TrainResult<C>> {
  const run = new Run(engine, model, data, settings, options);
  const { every = 0, live = false, save } = options.checkpoint ?? {};
  const interrupted = interruption(options.signal);
  let status: TrainResult["status"] = "finished";
  let reason: string | undefined;

  while (run.lostValidation === undefined && run.finished < settings.epochs && !run.outOfPatience) {
    const outcome = (await interrupted()) ? "interrupted" : await run.epoch(interrupted);
    if (outcome !== "done") {
      const at = `epoch ${run.finished + 1}`;
      status = outcome;
      reason =
        outcome === "diverged"
          ? divergence(run, model.config.depth, at)
          : `stopped in ${at} of ${settings.epochs}`;
      break;
    }
    options.onEpoch?.(run.history.at(-1)!);
    if (save && every > 0 && run.finished % every === 0 && run.finished < settings.epochs)
      await save(run.state({ live }));
  }
  if (run.lostValidation !== undefined) {
    status = "diverged";
    reason = `the validation error became ${run.lostValidation} in epoch ${run.finished}; a smaller rate or penalty weight may help`;
  }
  const state = run.last();
  if (save) await save(state);
  // Without a finite validation error no epoch is the best.
  const best =
    Number.isFinite(state.best.risk) && (options.select ?? (data.validation ? "best" : "final")) === "best";
  const trained = run.modelWith(best ? state.arrays.best : state.arrays.parameters);
  return {
    status,
    ...(reason === undefined ? {} : { reason }),
    model: trained,
    history: state.history,
    epoch: best ? state.best.epoch : state.epoch,
    stoppedEarly: status === "finished" && run.finished < settings.epochs,
    digest: digestOf(trained.parameters),
    engine: engineName(engine),
    seconds: state.seconds,
    processorSeconds: state.processorSeconds,
    state,
  };
}

function divergence(
  { lastLoss, lastUnsolved }: { lastLoss: number; lastUnsolved: number },
  depth: number,
  at: string,
): string {
  if (lastUnsolved === 0) {
    return `the loss became ${lastLoss} in ${at}; a smaller rate or penalty weight may help`;
  }
  return `Newton's iteration failed for ${lastUnsolved} samples of a batch in ${at}; a depth above ${depth} (smaller steps), a smaller rate or a penalty on the weights may help`;
}

/** The passes of the other solvers are not cut into parts for threads. */
function requireOneThread(config: ModelConfig, threads: number | undefined): void {
  if (config.kind === "resnet" || config.solver === "euler" || threads === undefined || threads === 1) return;
  throw new ConfigError(
    `train: threads is ${threads} with the solver ${config.solver}, expected 1: only networks with explicit Euler steps train on several threads`,
  );
}

function requireSteer(config: ModelConfig, steer: number | undefined): void {
  if (steer === undefined) return;
  if (config.kind === "resnet" && config.skip === false) {
    throw new ConfigError("train: steer is given, but the model has no skip connections and so no end time");
  }
  if (!(steer > 0 && steer < config.horizon)) {
    throw new ConfigError(
      `train: steer is ${steer}, expected a number above 0 and below the horizon ${config.horizon}`,
    );
  }
}

const float64 = instanceOf(Float64Array);
const samples = fields<Samples>(
  { count: needed(whole(0)), inputs: needed(float64), outputs: needed(float64) },
  { others: true },
);
const dataCheck = fields<TrainingData>(
  {
    inputNames: needed(listOf(text)),
    outputNames: needed(listOf(text)),
    train: needed(samples),
    test: samples,
    validation: samples,
    preparation: needed(preparationCheck),
  },
  { others: true },
);

function requireData(model: Model, data: TrainingData): void {
  requireModel("train", model);
  requireOptions("train", { data }, { data: needed(dataCheck) });
  const { inputs, outputs } = data.preparation;
  const network: [string, number, number][] = [
    ["inputs", preparedColumns(inputs), model.config.inputs],
    ["outputs", preparedColumns(outputs), model.config.outputs],
  ];
  for (const [what, prepared, expected] of network) {
    if (prepared !== expected) {
      throw new ShapeError(
        `train: the data has ${prepared} ${what} as prepared, expected ${expected} as in the model`,
      );
    }
  }
  for (const [set, samples] of Object.entries({
    train: data.train,
    test: data.test,
    validation: data.validation,
  })) {
    if (!samples) continue;
    if (samples.count < 1) throw new ShapeError(`train: the ${set} set has no rows`);
    requireRows(`train: the ${set} set has`, samples, data.preparation);
  }
}
