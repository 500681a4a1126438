import { activations, stepSolvers } from "@stiffnet/core";
import { proxies } from "@stiffnet/stiffness";
import type { StateOf } from "../address.ts";
import { curves } from "./curves.ts";

/** The data sources, with their names. "csv" is the visitor's file. */
export const sources: Readonly<Record<string, string>> = {
  ...Object.fromEntries(Object.entries(curves).map(([name, { label }]) => [name, label])),
  alpine02: "Alpine02, 2 inputs",
  dalec: "DALEC, 15 inputs",
  csv: "a CSV file",
};

/** Ways to penalise, by the names of what they make small. */
export const penalties: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.values(proxies).flatMap(({ label, penalised }) =>
      Object.keys(penalised).map((name, k) => [name, k === 0 ? label : `${label} (${name})`]),
    ),
  ),
  l2: "L2 norm",
};

/** How the weights may depend on the layer. */
export const weightsOverTime: Readonly<Record<string, string>> = {
  perLayer: "of their own",
  constant: "shared",
  linear: "linear in time",
  cubic: "cubic in time",
};

/** The choices in the page, which its address also holds. The defaults are what the first step shows. */
export const trainFields = {
  data: { value: "bump", among: Object.keys(sources), label: "the data" },
  rows: { value: 30, from: 10, to: 20_000, whole: true, label: "the training rows" },
  width: { value: 16, from: 1, to: 100, whole: true, label: "the width" },
  depth: { value: 8, from: 1, to: 64, whole: true, label: "the depth" },
  weights: { value: "constant", among: Object.keys(weightsOverTime), label: "the weights" },
  activation: { value: "tanh", among: activations, label: "the activation" },
  solver: { value: "euler", among: stepSolvers, label: "the solver" },
  penalty: { value: "stiff", among: Object.keys(penalties), label: "the penalty" },
  weight: { value: 0.1, from: 0, to: 100, label: "the penalty's weight" },
  rate: { value: 0.01, from: 1e-6, to: 1, label: "the learning rate" },
  batch: { value: 20, from: 1, to: 1000, whole: true, label: "the batch" },
  epochs: { value: 600, from: 1, to: 100_000, whole: true, label: "the epochs" },
  seed: { value: 1, from: 0, to: 4_294_967_295, whole: true, label: "the seed" },
} as const;

export type TrainConfig = StateOf<typeof trainFields>;

/** Which of the two networks that are trained side by side. */
export const sides = ["plain", "penalised"] as const;
export type Side = (typeof sides)[number];
