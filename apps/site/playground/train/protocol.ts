import type { Side, TrainConfig } from "./config.ts";

/** The chosen columns of a dropped file, as they cross to the worker: `values` of the inputs, then of the
 *  outputs, all of one length. */
export interface TableColumns {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly values: readonly Float64Array[];
}

/** How a network is drawn. */
export interface Shown {
  /** Layers that it is evaluated with, whatever it was trained with. */
  readonly layers: number;
  /** Number of the output, from 0. */
  readonly output: number;
}

export type ToWorker =
  | {
      readonly kind: "start";
      readonly side: Side;
      readonly config: TrainConfig;
      readonly shown: Shown;
      readonly table?: TableColumns | undefined;
    }
  | { readonly kind: "show"; readonly shown: Shown }
  | { readonly kind: "go" }
  | { readonly kind: "pause" }
  | { readonly kind: "step" }
  | { readonly kind: "onnx" };

/** Data to draw a network after an epoch. */
export interface View {
  readonly epoch: number;
  readonly errorTrain: number;
  readonly errorTest: number;
  /** Test error with the layers of `shown`. */
  readonly errorShown: number;
  readonly shown: Shown;
  /** Spectral radius of the layers' Jacobians, mean over layers and test samples, 1/time. */
  readonly radius: number;
  /** Eigenvalues times the step, layer after layer, `perLayer` of each. */
  readonly re: Float32Array;
  readonly im: Float32Array;
  readonly perLayer: number;
  readonly learnt: Learnt;
}

/** One output where it is drawn: along one input, or in the test rows. */
export interface Learnt {
  readonly kind: "curve" | "points";
  /** The input, of a curve. */
  readonly x: Float64Array;
  readonly truth: Float64Array;
  /** With all layers, and with the layers that are shown. */
  readonly trained: Float64Array;
  readonly values: Float64Array;
  /** The training rows of a curve. */
  readonly rows: { readonly x: Float64Array; readonly y: Float64Array };
  /** The readout of the state before the first layer and after each layer, and the truth. */
  readonly paths: readonly { readonly y: Float64Array; readonly truth: number }[];
}

export type FromWorker =
  | {
      readonly kind: "ready";
      readonly rows: number;
      readonly parameters: number;
      readonly outputs: readonly string[];
    }
  | { readonly kind: "view"; readonly view: View }
  | { readonly kind: "paused" }
  | {
      readonly kind: "ended";
      readonly status: "finished" | "diverged";
      readonly reason: string;
      readonly digest: string;
      readonly seconds: number;
    }
  | { readonly kind: "onnx"; readonly bytes: Uint8Array }
  | { readonly kind: "failed"; readonly reason: string };
