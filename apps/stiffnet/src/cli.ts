import { readFileSync } from "node:fs";
import { type Commands, runProgram } from "@stiffnet/terminal";

export const commands: Commands = {
  data: {
    group: "Your table:",
    description:
      "Describe a table: ranges, missing values, repeated rows and columns, correlations, and how well a linear fit works.",
    load: async () => (await import("./commands/data.ts")).dataCommand,
  },
  train: {
    group: "Your table:",
    description: "Train a surrogate on your own table. Writes a report and an ONNX file.",
    load: async () =>
      (await import("@stiffnet/trials")).studyCommand((await import("./train/command.ts")).train),
  },
  predict: {
    group: "A trained model:",
    description: "Predict the outputs for each row of a table, with intervals.",
    load: async () => (await import("./commands/predict.ts")).predictCommand,
  },
  sensitivity: {
    group: "A trained model:",
    description: "Find the inputs that the outputs depend on (Sobol indices with intervals).",
    load: async () => (await import("./sensitivity/command.ts")).sensitivityCommand,
  },
  calibrate: {
    group: "A trained model:",
    description: "Find the inputs that explain observed outputs (Bayesian calibration).",
    load: async () => (await import("./calibrate/command.ts")).calibrateCommand,
  },
  suggest: {
    group: "A trained model:",
    description: "Suggest the next simulations to run, where they would teach the model most.",
    load: async () => (await import("./suggest/command.ts")).suggestCommand,
  },
  stability: {
    group: "A trained model:",
    description:
      "Measure how stiff a network is: the eigenvalues of each layer, and the largest stable step.",
    load: async () => (await import("./stability/command.ts")).stabilityCommand,
  },
  inspect: {
    group: "A trained model:",
    description:
      "Print what an ONNX file holds: inputs, outputs, operators and the description that stiffnet wrote.",
    load: async () => (await import("./commands/inspect.ts")).inspectCommand,
  },
  export: {
    group: "A trained model:",
    description:
      "Convert a model: to a web page with sliders, to TensorFlow.js, or from PyTorch to a file to serve.",
    load: async () => (await import("./commands/export.ts")).exportCommand,
  },
};

export function main(argv: readonly string[]): Promise<void> {
  return runProgram(
    {
      name: "stiffnet",
      description:
        "Train a small neural network on a table of simulation runs, and use it instead of the simulation.",
      version: JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version,
      commands,
      help: "Help on a command: stiffnet train --help",
    },
    argv,
  );
}
