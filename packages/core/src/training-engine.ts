import { type Check, type Checks, needed, number, positive, whole } from "@stiffnet/base";
import type { Kernels } from "@stiffnet/kernels";
import type { ModelConfig } from "./config.ts";
import type { Penalty, PenaltyEvaluator } from "./penalty.ts";

/** L and what it is made of, over one batch. */
export interface Loss {
  /** L = sqrt((squares + weight * penaltySquares) / count) */
  readonly loss: number;
  /** sum_i |F(x_i) - y_i|^2 */
  readonly squares: number;
  /** sum_i p_i and sum_i p_i^2, unweighted. */
  readonly penaltySum: number;
  readonly penaltySquares: number;
  readonly count: number;
  /** Samples that an implicit solver's Newton iteration gave up: the loss is NaN then. */
  readonly unsolved: number;
}

export interface AdamOptions {
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

export const momentCheck: Check<number> = number(
  "a number from 0 to below 1",
  (beta) => beta >= 0 && beta < 1,
);

export const adamChecks: Checks<AdamOptions> = {
  rate: needed(positive),
  beta1: needed(momentCheck),
  beta2: needed(momentCheck),
  epsilon: needed(positive),
};

/** Rows as the network sees them, held by the engine that made them and of use to it alone. */
export interface Rows {
  readonly count: number;
}

/** One chunk of a forward pass; the arrays are valid during the visit. */
export interface PredictionChunk {
  /** Row of the table of the chunk's first sample. */
  readonly first: number;
  readonly batch: number;
  /** Distance between outputs in `predictions`. */
  readonly stride: number;
  /** F(x): [outputs, stride], the samples innermost. */
  readonly predictions: Float32Array;
  /** sum |F(x) - y|^2, or NaN if the table has no outputs. */
  readonly squares: number;
}

/** State that a run changes in an engine: flat arrays in the order of `Layout`. */
export interface EngineState {
  readonly parameters: Float32Array;
  /** Moments of Adam. */
  readonly first: Float32Array;
  readonly second: Float32Array;
}

/** The interface that `train` uses: loss, exact gradient and Adam of a batch, and forward passes, on one
 *  network. */
export interface TrainingEngine {
  /** Shared by engines of the same bits alone, since a run may be resumed on another of the same name:
   *  "kernels", "tfjs (cpu backend)". */
  readonly name: string;
  /** Which kernels, where there are several of the same bits: "wasm", "native". */
  readonly kernels?: Pick<Kernels, "engine" | "threads"> | undefined;
  readonly config: ModelConfig;
  /** Statistics of the bound penalty, and its state between steps. */
  readonly penalty: Pick<PenaltyEvaluator, "statistics" | "state" | "restore"> | undefined;
  /** Copies. */
  read(): EngineState;
  /** Moments that are not given become 0. */
  write(state: Pick<EngineState, "parameters"> & Partial<EngineState>): void;
  /** Copies rows, already prepared, row-major. */
  table(inputs: ArrayLike<number>, outputs?: ArrayLike<number>): Rows;
  /** L over rows order[from..to) of the table, and its gradient, which `step` and `gradient` use. The same
   *  object may be returned each time. horizon: the end time, that of the configuration by default.
   *
   *  @throws ShapeError where the table has no outputs or not all of these rows. */
  lossAndGradient(table: Rows, order: Uint32Array, from: number, to: number, horizon?: number): Loss;
  /** A copy of dL/d(parameters) of the last `lossAndGradient`; zero where L = 0. */
  gradient(): Float32Array;
  /** Adam's update number `time` (from 1) with the last gradient. */
  step(time: number, options: AdamOptions): void;
  /** Visits the whole table in chunks, forward only. */
  forward(table: Rows, visit: (chunk: PredictionChunk) => void): void;
  /** Mean over the parameter tensors of their Euclidean norm. */
  norm(): number;
  /** Gives back what is not garbage collected; the engine is of no use after. */
  dispose?(): void;
}

export interface EngineOptions {
  /** Most samples of one `lossAndGradient`. */
  readonly batchSize?: number;
  readonly penalty?: Penalty | undefined;
  /** Rows of the training set, for penalties that keep something per sample. */
  readonly rows?: number;
  /** Threads of the native kernels; STIFFNET_THREADS by default, and 1 without. */
  readonly threads?: number | undefined;
}

/** The name of the engine: "kernels: native", "kernels: wasm", "tfjs (cpu backend)". */
export function engineName({
  name,
  kernels,
}: {
  readonly name: string;
  readonly kernels?: Pick<Kernels, "engine"> | undefined;
}): string {
  return kernels ? `${name}: ${kernels.engine}` : name;
}

/** The kernels' limits. */
export const threadsCheck: Check<number> = whole(1, 256);

/** Makes the engine of one run; `createEngine` is one. */
export type EngineFactory = (
  config: ModelConfig,
  options: EngineOptions,
) => TrainingEngine | Promise<TrainingEngine>;
