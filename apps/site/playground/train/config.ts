import { activations, stepSolvers } from "@stiffnet/core";
import { penalisedProxies } from "@stiffnet/stiffness";
import type { StateOf } from "../address.ts";

/** What can be learnt; "csv" is a file that the visitor drops. */
export const sources = ["alpine02", "flip", "dalec", "csv"] as const;

export const penaltyNames: readonly string[] = ["l2", ...Object.keys(penalisedProxies)];

/** What is chosen in the page and stands in its address. */
export const trainFields = {
  data: { value: "alpine02", among: sources, label: "the data" },
  rows: { value: 400, from: 10, to: 20_000, whole: true, label: "the training rows" },
  width: { value: 20, from: 1, to: 100, whole: true, label: "the width" },
  depth: { value: 5, from: 1, to: 64, whole: true, label: "the depth" },
  activation: { value: "tanh", among: activations, label: "the activation" },
  solver: { value: "euler", among: stepSolvers, label: "the solver" },
  penalty: { value: "stiff", among: penaltyNames, label: "the penalty" },
  weight: { value: 0.01, from: 0, to: 100, label: "the penalty's weight" },
  rate: { value: 0.003, from: 1e-6, to: 1, label: "the learning rate" },
  batch: { value: 20, from: 1, to: 1000, whole: true, label: "the batch" },
  epochs: { value: 1000, from: 1, to: 100_000, whole: true, label: "the epochs" },
  seed: { value: 1, from: 0, to: 4_294_967_295, whole: true, label: "the seed" },
} as const;

export type TrainConfig = StateOf<typeof trainFields>;

/** Which of the two networks that are trained side by side. */
export type Side = "plain" | "penalised";
