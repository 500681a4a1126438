import { readFileSync } from "node:fs";
import { type Commands, runProgram } from "@stiffnet/terminal";

export const commands: Commands = {
  data: {
    group: "Your table:",
    description:
      "Describe a table: ranges, gaps, repeated rows and columns, correlations, what a linear fit explains.",
    load: async () => (await import("./commands/data.ts")).dataCommand,
  },
  train: {
    group: "Your table:",
    description: "Train a surrogate on your own table, to a report and an ONNX file.",
    load: async () =>
      (await import("@stiffnet/trials")).studyCommand((await import("./train/command.ts")).train),
  },
  predict: {
    group: "A trained model:",
    description: "Answer the rows of a table by an exported model, with intervals.",
    load: async () => (await import("./commands/predict.ts")).predictCommand,
  },
  sensitivity: {
    group: "A trained model:",
    description: "Say which inputs a model's outputs depend on: Sobol indices with intervals.",
    load: async () => (await import("./sensitivity/command.ts")).sensitivityCommand,
  },
  calibrate: {
    group: "A trained model:",
    description: "Say which inputs explain observed outputs: their posterior, with a report.",
    load: async () => (await import("./calibrate/command.ts")).calibrateCommand,
  },
  suggest: {
    group: "A trained model:",
    description:
      "Suggest the next simulations to run: where the trials disagree, away from the rows there are.",
    load: async () => (await import("./suggest/command.ts")).suggestCommand,
  },
  stability: {
    group: "A trained model:",
    description:
      "Set a network's eigenvalues, layer by layer, beside the stability disc of explicit Euler: ratio, largest step.",
    load: async () => (await import("./stability/command.ts")).stabilityCommand,
  },
  inspect: {
    group: "A trained model:",
    description:
      "Print what is in an ONNX file: shapes, operators, and what stiffnet wrote about the network.",
    load: async () => (await import("./commands/inspect.ts")).inspectCommand,
  },
  export: {
    group: "A trained model:",
    description:
      "Turn a model into one HTML file to explore it in any browser, or into a graph model of TensorFlow.js.",
    load: async () => (await import("./commands/export.ts")).exportCommand,
  },
};

export function main(argv: readonly string[]): Promise<void> {
  return runProgram(
    {
      name: "stiffnet",
      description: "Train a small network on your own table, see what it says, and export it.",
      version: JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version,
      commands,
      help: "Each command explains itself: stiffnet train --help",
    },
    argv,
  );
}
