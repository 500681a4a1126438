import type { Side, TrainConfig } from "./config.ts";

/** The chosen columns of a dropped file, as they cross to the worker: `values` of the inputs, then of the
 *  outputs, all of one length. */
export interface TableColumns {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly values: readonly Float64Array[];
}

export type ToWorker =
  | {
      readonly kind: "start";
      readonly side: Side;
      readonly config: TrainConfig;
      readonly table?: TableColumns;
    }
  | { readonly kind: "go" }
  | { readonly kind: "pause" }
  | { readonly kind: "step" }
  | { readonly kind: "onnx" };

export interface Risks {
  readonly epoch: number;
  readonly riskTrain: number;
  readonly riskTest: number;
}

/** What is drawn of a network, a few times a second. */
export interface View extends Risks {
  /** Some of the epochs since the last view. */
  readonly passed: readonly Risks[];
  /** Spectral radius of the layers' Jacobians, mean over layers and test samples, 1/time. */
  readonly stiffness: number;
  /** Eigenvalues times the step, layer after layer, `perLayer` of each. */
  readonly re: Float32Array;
  readonly im: Float32Array;
  readonly perLayer: number;
  /** Share of them that a step of the solver makes grow though their mode decays. */
  readonly unstable: number;
  /** The first output on a grid over two inputs, or predicted (and true) values of the test rows. */
  readonly learnt: Learnt;
}

export type Learnt =
  | { readonly kind: "surface"; readonly side: number; readonly values: Float32Array }
  | { readonly kind: "curve"; readonly x: Float32Array; readonly values: Float32Array }
  | { readonly kind: "points"; readonly truth: Float32Array; readonly values: Float32Array };

export type FromWorker =
  | {
      readonly kind: "ready";
      readonly rows: number;
      readonly testRows: number;
      readonly parameters: number;
      readonly output: string;
      /** What is to be learnt, in the form of what is learnt. */
      readonly truth: Learnt;
    }
  | { readonly kind: "view"; readonly view: View }
  | { readonly kind: "paused"; readonly epoch: number }
  | {
      readonly kind: "ended";
      readonly status: "finished" | "diverged";
      readonly reason: string;
      readonly digest: string;
      readonly seconds: number;
      readonly epochs: number;
    }
  | { readonly kind: "onnx"; readonly bytes: Uint8Array }
  | { readonly kind: "failed"; readonly reason: string };
