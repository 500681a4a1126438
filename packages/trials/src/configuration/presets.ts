import { BenchError } from "@stiffnet/terminal";
import type { DataSpec } from "../data/kinds.ts";
import type { MeasuresSpec, StudyConfig, StudyName, TrainingSpec } from "./config.ts";
import { proxyNames } from "./fields.ts";

/** The fields that a configuration leaves out. */
export type Preset = Omit<StudyConfig, "format" | "command" | "data" | "keep" | "measures" | "training"> & {
  readonly training: Omit<TrainingSpec, "epochs"> & { readonly epochs: number | AutomaticEpochs };
  /** Absent: the user's own. */
  readonly data?: DataSpec;
  /** Absent: the best epoch where there are validation rows to find it by, else the last. */
  readonly keep?: StudyConfig["keep"];
  readonly measures: Omit<MeasuresSpec, "every">;
  /** Records of the proxies a trial, whatever its length: enough for a curve. */
  readonly records: number;
};

/** Epochs that make this number of steps, so that small tables are trained as long as large ones. A trial
 *  ends early if its validation error has not fallen for this share of the epochs. */
export interface AutomaticEpochs {
  readonly steps: number;
  readonly least: number;
  readonly patience: number;
}

const plateau = { factor: 0.95, patience: 10, cooldown: 100, threshold: 1e-4 };

/** The slides' study: 25 initialisations of three models on an ensemble of 15 inputs and 10 outputs. */
const study: Preset = {
  seed: 1,
  trials: 25,
  data: { kind: "dalec", ensemble: "site", train: 1996, test: 500, validation: 0 },
  network: { width: 50, depth: 16, activation: "tanh", lift: "tanh", horizon: 1 },
  training: { epochs: 1000, batchSize: 20, rate: 1e-3, plateau },
  keep: "final",
  models: [
    { name: "RES" },
    { name: "RES L2", penalty: { kind: "l2", weight: 1e-5 } },
    // The slides sum over the layers (page 9).
    { name: "RES stiff", penalty: { kind: "stiff", weight: 1e-3, aggregate: "sum" } },
  ],
  measures: { samples: 8, proxies: proxyNames },
  records: 25,
};

/** The slides' test case: Alpine 02, one function of two inputs. */
const alpine: Preset = {
  seed: 1,
  trials: 5,
  data: { kind: "function", name: "alpine02", dimension: 2, train: 900, test: 100, validation: 0 },
  network: { width: 20, depth: 10, activation: "tanh", lift: "tanh", horizon: 1 },
  training: { epochs: 10_000, batchSize: 45, rate: 1e-3, plateau },
  keep: "final",
  models: [{ name: "RES" }],
  measures: { samples: 20 },
  records: 40,
};

/** A surrogate of the user's own table. */
const train: Preset = {
  seed: 1,
  trials: 8,
  network: { width: 40, depth: 4, activation: "softplus", lift: "identity", horizon: 1 },
  training: {
    epochs: { steps: 30_000, least: 20, patience: 0.4 },
    batchSize: 20,
    rate: 1e-2,
    plateau: false,
    anneal: true,
  },
  models: [{ name: "RES" }],
  measures: { samples: 20 },
  records: 40,
};

export const presetNames = ["quick", "paper", "alpine"] as const;
export type PresetName = (typeof presetNames)[number];

/** The sizes of each study by their names; the first is the usual one. */
export const presets: Readonly<Record<StudyName, Readonly<Record<string, Preset>>>> = {
  study: {
    paper: study,
    quick: {
      ...study,
      trials: 5,
      network: { ...study.network, width: 20, depth: 8 },
      training: { ...study.training, epochs: 400 },
    },
    alpine,
  },
  train: { usual: train },
};

export function presetOf(study: StudyName, name?: PresetName): Preset {
  const known = presets[study];
  const [usual] = Object.keys(known);
  const found = known[name ?? usual!];
  if (found !== undefined) return found;
  throw new BenchError(`preset: is '${name}', expected none, because '${study}' has only one size`);
}
