import { type MeasuresSpec, proxyNames, type StudyConfig } from "../runner/config.ts";

type Preset = Omit<StudyConfig, "format" | "command" | "measures"> & {
  readonly measures: Omit<MeasuresSpec, "every">;
};

/** The slides' study: 25 initialisations of three models on an ensemble of 15 inputs and 10 outputs. */
const paper: Preset = {
  seed: 1,
  trials: 25,
  data: { kind: "dalec", ensemble: "site", train: 1996, test: 500, validation: 0 },
  network: { width: 50, depth: 16, activation: "tanh", lift: "tanh", horizon: 1 },
  training: {
    epochs: 1000,
    batchSize: 20,
    rate: 1e-3,
    plateau: { factor: 0.95, patience: 10, cooldown: 100, threshold: 1e-4 },
  },
  keep: "final",
  models: [
    { name: "RES" },
    { name: "RES L2", penalty: { kind: "l2", weight: 1e-5 } },
    // The slides sum over the layers (page 9).
    { name: "RES stiff", penalty: { kind: "stiff", weight: 1e-3, aggregate: "sum" } },
  ],
  measures: {
    samples: 8,
    proxies: proxyNames,
  },
};

/** The same at a size that takes a minute or two. */
const quick: Preset = {
  ...paper,
  trials: 5,
  network: { ...paper.network, width: 20, depth: 8 },
  training: { ...paper.training, epochs: 400 },
};

export const presetNames = ["quick", "paper"] as const;
export type PresetName = (typeof presetNames)[number];
export const presets: Readonly<Record<PresetName, Preset>> = { quick: quick, paper: paper };
