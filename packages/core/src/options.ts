import {
  type Checks,
  callback,
  check,
  either,
  fields,
  flag,
  needed,
  object,
  oneOf,
  positive,
  whole,
  withDefaults,
} from "@stiffnet/base";
import { startChecks } from "./config.ts";
import { ConfigError, requireOptions } from "./errors.ts";
import type { EpochRecord } from "./history.ts";
import type { Model } from "./model.ts";
import { type Penalty, penaltyCheck } from "./penalty.ts";
import { defaultPlateau, type PlateauOptions, plateauCheck } from "./plateau.ts";
import type { TrainingState } from "./state.ts";
import { type AdamOptions, type EngineFactory, momentCheck, threadsCheck } from "./training-engine.ts";

/** Options that `train` and `trainTrajectory` share. */
export interface RunOptions<Epoch, State> {
  readonly epochs: number;
  /** Adam's initial rate. Default 1e-3, and 5e-3 of `trainTrajectory`. */
  readonly rate?: number;
  readonly onEpoch?: (record: Epoch) => void;
  /** Ends the run at once, with status "interrupted" and a state to resume from. */
  readonly signal?: AbortSignal;
  /** Goes on from here; model, data and options must be the same but for `epochs`. */
  readonly resume?: State;
}

// biome-ignore lint/suspicious/noExplicitAny: records and states are those of either training
export const runChecks: Checks<RunOptions<any, any>> = {
  epochs: needed(whole(0)),
  rate: positive,
  onEpoch: callback,
  signal: check("an AbortSignal", (value) => typeof (value as AbortSignal | null)?.aborted === "boolean"),
  resume: fields<{ fingerprint: object }>({ fingerprint: needed(object) }, { others: true }),
};

/** Refuses to resume a run that is past its end. */
export function requireEpochs(
  who: string,
  { epochs, resume }: RunOptions<never, { readonly epoch: number }>,
): void {
  if (!resume || resume.epoch <= epochs) return;
  throw new ConfigError(
    `${who}: epochs is ${epochs}, expected at least the ${resume.epoch} of the state to resume`,
  );
}

export interface TrainOptions extends RunOptions<EpochRecord, TrainingState> {
  /** Samples a step; the last batch of an epoch may be smaller. Default 20. */
  readonly batchSize?: number;
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Reduce-on-plateau on the training loss; false keeps the rate. */
  readonly plateau?: Partial<PlateauOptions> | false;
  /** Instead of the plateau rule: epoch e of E is trained with the rate times 1 - (e - 1) / E. A run is then
   *  no longer the beginning of one of more epochs. */
  readonly anneal?: boolean;
  /** Ends the run after this many epochs without a smaller validation error. Not given: all are trained. */
  readonly patience?: number;
  readonly penalty?: Penalty;
  /** STEER: training draws the end time of each batch from U(T - steer, T + steer), where T is the model's
   *  horizon. Evaluation uses T. Between 0 and T. W(t) is read at the times of the longer or shorter steps
   *  (perLayer: by layer number). Ghosh, Behl, Dupont, Torr and Namboodiri, NeurIPS 2020. */
  readonly steer?: number;
  /** The engine, `createEngine` by default. */
  readonly engine?: EngineFactory;
  /** Threads that train this one network, from 1 to 256: of native kernels alone, WebAssembly has one.
   *  Residual networks and neural ODEs of the solver euler are trained on several; other solvers are refused
   *  with more than one. The result does not depend on it. STIFFNET_THREADS by default, and 1 without. */
  readonly threads?: number;
  /** The order of the samples is a function of (seed, trial). Defaults 1 and 0. */
  readonly seed?: number;
  readonly trial?: number;
  /** Returns the parameters after the last epoch, or those of the epoch with the smallest validation error.
   *  The latter is the default with a validation set. */
  readonly select?: "final" | "best";
  /** Called on the untrained network, every `every` epochs or after those that it says yes to, and after the
   *  last. */
  readonly measure?: {
    readonly every: number | ((epoch: number) => boolean);
    of(model: Model): Record<string, number>;
  };
  /** `save` is given the state every `every` epochs, and once more at the end. With `live` the history, and
   *  what a penalty keeps for every sample, are not copied. They are valid only until `save` returns or its
   *  promise settles. */
  readonly checkpoint?: {
    readonly every: number;
    readonly live?: boolean;
    save(state: TrainingState): void | Promise<void>;
  };
}

/** The options that decide the result, complete. */
export interface TrainSettings extends AdamOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly plateau: PlateauOptions | false;
  readonly seed: number;
  readonly trial: number;
  /** Absent: the plateau rule decides. */
  readonly anneal?: true;
  readonly patience?: number;
  /** Absent: the end time is the horizon. */
  readonly steer?: number;
}

const checks: Checks<TrainOptions> = {
  ...runChecks,
  batchSize: whole(1),
  beta1: momentCheck,
  beta2: momentCheck,
  epsilon: positive,
  plateau: either(plateauCheck, oneOf(false)),
  anneal: flag,
  patience: whole(1),
  penalty: penaltyCheck,
  steer: positive,
  engine: callback,
  threads: threadsCheck,
  ...startChecks,
  select: oneOf("final", "best"),
  measure: fields<NonNullable<TrainOptions["measure"]>>({
    every: needed(either(whole(1), callback)),
    of: needed(callback),
  }),
  checkpoint: fields<NonNullable<TrainOptions["checkpoint"]>>({
    every: needed(whole(1)),
    live: flag,
    save: needed(callback),
  }),
};

export function trainSettings(options: TrainOptions): TrainSettings {
  requireOptions("train", options, checks, { excludes: [["anneal", "plateau", "one rule for the rate"]] });
  requireEpochs("train", options);
  const { epochs, batchSize = 20, rate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  const { seed = 1, trial = 0, anneal = false, patience, steer } = options;
  const plateau = anneal || options.plateau === false ? false : withDefaults(defaultPlateau, options.plateau);
  const settings: TrainSettings = { epochs, batchSize, rate, beta1, beta2, epsilon, plateau, seed, trial };
  return {
    ...settings,
    ...(anneal && { anneal }),
    ...(patience !== undefined && { patience }),
    ...(steer !== undefined && { steer }),
  };
}
