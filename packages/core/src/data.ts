import type { Preparation } from "@stiffnet/preparation";

/** Rows in physical units: inputs row-major [count, inputs], outputs row-major [count, outputs]. */
export interface Samples {
  readonly count: number;
  readonly inputs: Float64Array;
  readonly outputs: Float64Array;
}

/** What a network is trained on. `@stiffnet/datasets` makes these; any object of this shape will do. */
export interface TrainingData {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly train: Samples;
  readonly test?: Samples;
  readonly validation?: Samples;
  /** Fitted on `train` alone. */
  readonly preparation: { readonly inputs: Preparation; readonly outputs: Preparation };
}
