import { readFileSync } from "node:fs";
import { type Commands, runProgram } from "@stiffnet/terminal";

export const commands: Commands = {
  study: {
    group: "Studies:",
    description:
      "The slides' study: initialisations x models, penalised and not, to a report with every table and figure.",
    load: async () =>
      (await import("@stiffnet/trials")).studyCommand((await import("./studies/study/command.ts")).study),
  },
  alpine: {
    group: "Studies:",
    description:
      "The slides' study of Alpine02: train, watch three stiffness proxies, compare with the slide.",
    load: async () =>
      (await import("@stiffnet/trials")).studyCommand((await import("./studies/alpine/command.ts")).alpine),
  },
  question: {
    group: "Studies:",
    description:
      "Does a stiffness penalty make better surrogates? The pre-registered study, or a part of it.",
    load: async () => (await import("./studies/question/command.ts")).questionCommand,
  },
  spectral: {
    group: "Studies:",
    description:
      "How exact the fast ways to the spectral radius are inside training, or (--cost) what a step with them costs.",
    load: async () => (await import("./studies/spectral/command.ts")).spectralCommand,
  },
  intro: {
    group: "Studies:",
    description:
      "What stiffness is: x' = diag(-1, -100) x, where an explicit method's step stays small long after the fast part died.",
    load: async () => (await import("./studies/intro/command.ts")).introCommand,
  },
  convergence: {
    group: "Studies:",
    description:
      "A ResNet becomes its neural ODE as N grows: a trained one with more and more steps, by every solver.",
    load: async () => (await import("./studies/convergence/command.ts")).convergenceCommand,
  },
  crossing: {
    group: "Studies:",
    description:
      "Paths of a neural ODE cannot cross: x -> -x is not learnt in one dimension, but with one more, or by large steps.",
    load: async () => (await import("./studies/crossing/command.ts")).crossingCommand,
  },
  "stiff-node": {
    group: "Studies:",
    description:
      "A neural ODE learns Robertson's stiff reaction from data, with and without the scalings of Kim et al. 2021.",
    load: async () => (await import("./studies/stiff-node/command.ts")).stiffNodeCommand,
  },
  gradients: {
    group: "Studies:",
    description:
      "The gradient of a ResNet and of its neural ODE on identical linear layers: both formulas, both sensitivities, their gap.",
    load: async () => (await import("./studies/gradients/command.ts")).gradientsCommand,
  },
  step: {
    group: "Comparisons:",
    description:
      "Milliseconds per training step, against TensorFlow.js, PyTorch, JAX and TensorFlow on the same model in the same run.",
    load: async () => (await import("./comparisons/step/command.ts")).stepCommand,
  },
  cost: {
    group: "Comparisons:",
    description: "Time and memory of a study against its trials, epochs, training rows, width and depth.",
    load: async () => (await import("./comparisons/cost/command.ts")).costCommand,
  },
  ode: {
    group: "Comparisons:",
    description:
      "Work and precision of the differential equation solvers against SciPy and SUNDIALS CVODE on standard problems.",
    load: async () => (await import("./comparisons/ode/command.ts")).odeCommand,
  },
  "ode-growth": {
    group: "Comparisons:",
    description:
      "Time and memory of the differential equation solvers against the number of unknowns, beside CVODE with KLU.",
    load: async () => (await import("./comparisons/ode-growth/command.ts")).odeGrowthCommand,
  },
  serve: {
    group: "Comparisons:",
    description:
      "Requests a second and latencies of stiffnet-serve, against a FastAPI service on the same model in the same run.",
    load: async () => (await import("./comparisons/serve/command.ts")).serveCommand,
  },
  status: {
    group: "Across machines:",
    description: "Show how far a study is, from another terminal or another machine that sees its folder.",
    load: async () => (await import("./commands/status.ts")).statusCommand,
  },
  merge: {
    group: "Across machines:",
    description: "Join the shards of a study, to the results of one that ran in one piece.",
    load: async () => (await import("./commands/merge.ts")).mergeCommand,
  },
  work: {
    group: "Across machines:",
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
