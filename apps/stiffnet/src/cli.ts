import { readFileSync } from "node:fs";
import { type Commands, runProgram } from "@stiffnet/terminal";

export const commands: Commands = {
  data: async () => (await import("./commands/data.ts")).dataCommand,
  train: async () =>
    (await import("@stiffnet/trials")).studyCommand((await import("./train/command.ts")).train),
  predict: async () => (await import("./commands/predict.ts")).predictCommand,
  sensitivity: async () => (await import("./sensitivity/command.ts")).sensitivityCommand,
  stability: async () => (await import("./stability/command.ts")).stabilityCommand,
  inspect: async () => (await import("./commands/inspect.ts")).inspectCommand,
  export: async () => (await import("./commands/export.ts")).exportCommand,
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
