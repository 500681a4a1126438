import { readFileSync } from "node:fs";
import { type Commands, runProgram } from "@stiffnet/terminal";

const studies = "Studies:";
const comparisons = "Comparisons:";
const machines = "Across machines:";

export const commands: Commands = {
  study: {
    group: studies,
    description:
      "The study of Hudson et al. (2022): many networks, with and without penalty, and a report that compares them.",
    load: async () =>
      (await import("@stiffnet/trials")).studyCommand((await import("./studies/study/command.ts")).study),
  },
  question: {
    group: studies,
    description:
      "Does a stiffness penalty make better surrogates? Repeats the pre-registered study, or a part of it.",
    load: async () => (await import("./studies/question/command.ts")).questionCommand,
  },
  spectral: {
    group: studies,
    description: "How exact are the fast methods for the spectral radius during training?",
    load: async () => (await import("./studies/spectral/experiment.ts")).spectral,
  },
  intro: {
    group: studies,
    description:
      "What is stiffness? An explicit solver needs small steps even after the fast part of the solution is gone.",
    load: async () => (await import("./studies/intro/experiment.ts")).intro,
  },
  convergence: {
    group: studies,
    description:
      "Does a trained network approach its neural ODE when it gets more layers? Measured with every solver.",
    load: async () => (await import("./studies/convergence/experiment.ts")).convergence,
  },
  crossing: {
    group: studies,
    description:
      "Why can a neural ODE not learn x -> -x? Its paths cannot cross, unless the state has another dimension or steps are large.",
    load: async () => (await import("./studies/crossing/experiment.ts")).crossing,
  },
  "stiff-node": {
    group: studies,
    description:
      "A neural ODE learns Robertson's stiff reaction from data, with and without the scaling of Kim et al. (2021).",
    load: async () => (await import("./studies/stiff-node/experiment.ts")).stiffNode,
  },
  gradients: {
    group: studies,
    description:
      "How far apart are the gradients of a residual network and of its neural ODE? Exact formulas on linear layers.",
    load: async () => (await import("./studies/gradients/experiment.ts")).gradients,
  },
  step: {
    group: comparisons,
    description: "Time of a training step, beside TensorFlow.js, PyTorch, JAX and TensorFlow.",
    load: async () => (await import("./comparisons/step/experiment.ts")).step,
  },
  cost: {
    group: comparisons,
    description: "Time and memory of a study as its trials, epochs, rows, width and depth grow.",
    load: async () => (await import("./comparisons/cost/experiment.ts")).cost,
  },
  ode: {
    group: comparisons,
    description: "Time and error of the differential equation solvers, beside SciPy and SUNDIALS CVODE.",
    load: async () => (await import("./comparisons/ode/experiment.ts")).ode,
  },
  "ode-growth": {
    group: comparisons,
    description: "Time and memory of the solvers as the number of unknowns grows, beside CVODE.",
    load: async () => (await import("./comparisons/ode-growth/experiment.ts")).odeGrowth,
  },
  load: {
    group: comparisons,
    description: "Requests per second and latency of stiffnet-serve, beside FastAPI and BentoML.",
    load: async () => (await import("./comparisons/load/experiment.ts")).load,
  },
  status: {
    group: machines,
    description:
      "Show the progress of a study, from another terminal or another machine that sees its folder.",
    load: async () => (await import("./commands/status.ts")).statusCommand,
  },
  merge: {
    group: machines,
    description: "Join the parts of a study that were trained with --shard.",
    load: async () => (await import("./commands/merge.ts")).mergeCommand,
  },
  work: {
    group: machines,
    description: "Train for studies that were started on other machines with --queue.",
    load: async () => (await import("./commands/work.ts")).workCommand,
  },
};

export function main(argv: readonly string[]): Promise<void> {
  return runProgram(
    {
      name: "stiffnet-bench",
      description:
        "Repeat the study of Hudson et al. (2022) and its experiments, and compare speeds with other libraries.",
      version: JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version,
      commands,
      help: "Help on a command: stiffnet-bench study --help",
    },
    argv,
  );
}
