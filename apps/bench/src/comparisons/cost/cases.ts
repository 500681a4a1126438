import type { ModelSpec, StudyConfig } from "@stiffnet/trials";

/** The quantities that are varied, one at a time. */
export const costAxes = ["trials", "epochs", "rows", "width", "depth"] as const;
export type CostAxis = (typeof costAxes)[number];

export const costModels: readonly ModelSpec[] = [
  { name: "RES" },
  { name: "RES stiff", penalty: { kind: "stiff", weight: 1e-3 } },
];

/** The sizes that are not varied. With them the largest value of each axis takes about a minute. */
const base = { trials: 1, epochs: 20, rows: 400, width: 20, depth: 8 } as const;

const points = { kind: "function", name: "alpine02", dimension: 15, validation: 0 } as const;

/** A study to run before one is measured, of its network on few rows: the code is compiled meanwhile. */
export function warmUp(config: StudyConfig, epochs: number): StudyConfig {
  return {
    ...config,
    trials: 1,
    data: { ...points, train: base.rows, test: 20 },
    training: { ...config.training, epochs },
    measures: { every: epochs, samples: 1 },
  };
}

/** A study of one model whose size in one direction is `value`. */
export function costCase(axis: CostAxis, value: number, model: ModelSpec, seed: number): StudyConfig {
  const sizes = { ...base, ...(axis === "rows" && { epochs: 1 }), [axis]: value };
  return {
    format: 1,
    command: "study",
    seed,
    trials: sizes.trials,
    data: { ...points, train: sizes.rows, test: 100 },
    network: { width: sizes.width, depth: sizes.depth, activation: "tanh", lift: "tanh", horizon: 1 },
    training: { epochs: sizes.epochs, batchSize: 20, rate: 1e-3, plateau: false },
    keep: "final",
    models: [model],
    // Five times, whatever the length: at a large width the exact proxies take longer than the epochs between
    // them.
    measures: { every: Math.max(1, Math.round(sizes.epochs / 4)), samples: 8 },
  };
}

/** Time and memory of a worker process. */
export interface CostFigures {
  readonly steps: number;
  /** Processor time of the training steps, once their code is compiled. */
  readonly millisecondsPerStep: number;
  /** Processor time of the study, and the most memory that the process ever held. */
  readonly processorSeconds: number;
  readonly peakMiB: number;
}

export interface CostCase extends CostFigures {
  readonly axis: CostAxis;
  readonly value: number;
  readonly model: string;
}
