/** A proxy over all layers and samples, in the unit of the proxy (1/time; squared ones 1/time^2). */
export interface ProxySummary {
  /** How many of the test samples it was computed on. */
  readonly samples: number;
  readonly mean: number;
  /** Sum over layers, mean over samples. */
  readonly sum: number;
  readonly median: number;
  readonly max: number;
  /** Mean of the squares, and their sum over layers. */
  readonly meanSquare: number;
  readonly sumSquare: number;
  /** Mean over samples, layer by layer. */
  readonly layers: readonly number[];
}

/** Record of a trial: one line of trials.jsonl. */
export interface TrialRecord {
  readonly id: string;
  readonly model: string;
  readonly trial: number;
  readonly status: "finished" | "diverged";
  readonly reason?: string;
  /** Epochs trained, and the epoch that the kept parameters are from. */
  readonly epochs: number;
  readonly epoch: number;
  /** RMSE over samples and outputs, on standardised outputs, of the kept parameters. */
  readonly riskTrain: number;
  readonly riskTest: number;
  readonly riskValidation?: number;
  /** Mean of the penalty p in the last epoch, unweighted; 0 without one. */
  readonly penalty: number;
  /** Mean spectral radius of the layers' Jacobians over layers and test samples, in 1/time. */
  readonly stiffness: number;
  readonly proxies: Readonly<Record<string, ProxySummary>>;
  /** On the test set, in the outputs' own units; r2 is null for an output that is constant there. */
  readonly outputs: readonly { readonly name: string; readonly rmse: number; readonly r2: number | null }[];
  /** The engine that trained last: "kernels: native", "kernels: wasm" (both have the same bits), or
   *  "tfjs (wasm backend)". */
  readonly engine: string;
  /** SHA-256 of the kept parameters. */
  readonly digest: string;
  /** Training time over all interruptions: by the clock, and on the processor, which other work on the
   *  machine does not change. */
  readonly seconds: number;
  readonly processorSeconds: number;
}
