import { readFileSync } from "node:fs";
import { type Commands, runProgram } from "@stiffnet/terminal";

const studies = "Studies:";
const comparisons = "Comparisons:";
const machines = "Across machines:";

export const commands: Commands = {
  study: {
    group: studies,
    description:
      "The slides' study: initialisations x models, penalised and not, to a report with every table and figure.",
    load: async () =>
      (await import("@stiffnet/trials")).studyCommand((await import("./studies/study/command.ts")).study),
  },
  question: {
    group: studies,
    description:
      "Does a stiffness penalty make better surrogates? The pre-registered study, or a part of it.",
    load: async () => (await import("./studies/question/command.ts")).questionCommand,
  },
  spectral: {
    group: studies,
    description: "How exact the fast ways to the spectral radius are inside training.",
    load: async () => (await import("./studies/spectral/experiment.ts")).spectral,
  },
  intro: {
    group: studies,
    description:
      "Shows what stiffness is: an explicit method on x' = diag(-1, -100) x keeps small steps after the fast part has died.",
    load: async () => (await import("./studies/intro/experiment.ts")).intro,
  },
  convergence: {
    group: studies,
    description:
      "A ResNet becomes its neural ODE as N grows: a trained one with more and more steps, by every solver.",
    load: async () => (await import("./studies/convergence/experiment.ts")).convergence,
  },
  crossing: {
    group: studies,
    description:
      "Paths of a neural ODE cannot cross: x -> -x is not learnt in one dimension, but with one more, or by large steps.",
    load: async () => (await import("./studies/crossing/experiment.ts")).crossing,
  },
  "stiff-node": {
    group: studies,
    description:
      "A neural ODE learns Robertson's stiff reaction from data, with and without the scalings of Kim et al. 2021.",
    load: async () => (await import("./studies/stiff-node/experiment.ts")).stiffNode,
  },
  gradients: {
    group: studies,
    description:
      "The gradient of a ResNet and of its neural ODE on identical linear layers: both formulas, both sensitivities, their gap.",
    load: async () => (await import("./studies/gradients/experiment.ts")).gradients,
  },
  step: {
    group: comparisons,
    description:
      "Milliseconds per training step, against TensorFlow.js, PyTorch, JAX and TensorFlow on the same model in the same run.",
    load: async () => (await import("./comparisons/step/experiment.ts")).step,
  },
  cost: {
    group: comparisons,
    description: "Time and memory of a study against its trials, epochs, training rows, width and depth.",
    load: async () => (await import("./comparisons/cost/experiment.ts")).cost,
  },
  ode: {
    group: comparisons,
    description:
      "Work and precision of the differential equation solvers against SciPy and SUNDIALS CVODE on standard problems.",
    load: async () => (await import("./comparisons/ode/experiment.ts")).ode,
  },
  "ode-growth": {
    group: comparisons,
    description:
      "Time and memory of the differential equation solvers against the number of unknowns, beside CVODE with KLU.",
    load: async () => (await import("./comparisons/ode-growth/experiment.ts")).odeGrowth,
  },
  load: {
    group: comparisons,
    description:
      "A load test: requests a second and latencies of stiffnet-serve, against a FastAPI service on the same model.",
    load: async () => (await import("./comparisons/load/experiment.ts")).load,
  },
  status: {
    group: machines,
    description: "Show how far a study is, from another terminal or another machine that sees its folder.",
    load: async () => (await import("./commands/status.ts")).statusCommand,
  },
  merge: {
    group: machines,
    description: "Join the shards of a study, to the results of one that ran in one piece.",
    load: async () => (await import("./commands/merge.ts")).mergeCommand,
  },
  work: {
    group: machines,
    description: "Train trials of studies that other machines put on a Redis server with --queue.",
    load: async () => (await import("./commands/work.ts")).workCommand,
  },
};

export function main(argv: readonly string[]): Promise<void> {
  return runProgram(
    {
      name: "stiffnet-bench",
      description: "Repeat the slides' study and its experiments, and compare speeds with other libraries.",
      version: JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version,
      commands,
      help: "Each command explains itself: stiffnet-bench study --help",
    },
    argv,
  );
}
