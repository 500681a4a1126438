import { readFileSync } from "node:fs";
import { type Commands, runProgram } from "@stiffnet/terminal";

export const commands: Commands = {
  study: async () =>
    (await import("@stiffnet/trials")).studyCommand((await import("./studies/study/command.ts")).study),
  alpine: async () =>
    (await import("@stiffnet/trials")).studyCommand((await import("./studies/alpine/command.ts")).alpine),
  merge: async () => (await import("./commands/merge.ts")).mergeCommand,
  work: async () => (await import("./commands/work.ts")).workCommand,
  status: async () => (await import("./commands/status.ts")).statusCommand,
  question: async () => (await import("./studies/question/command.ts")).questionCommand,
  spectral: async () => (await import("./studies/spectral/command.ts")).spectralCommand,
  intro: async () => (await import("./studies/intro/command.ts")).introCommand,
  convergence: async () => (await import("./studies/convergence/command.ts")).convergenceCommand,
  crossing: async () => (await import("./studies/crossing/command.ts")).crossingCommand,
  "stiff-node": async () => (await import("./studies/stiff-node/command.ts")).stiffNodeCommand,
  gradients: async () => (await import("./studies/gradients/command.ts")).gradientsCommand,
  step: async () => (await import("./comparisons/step/command.ts")).stepCommand,
  cost: async () => (await import("./comparisons/cost/command.ts")).costCommand,
  ode: async () => (await import("./comparisons/ode/command.ts")).odeCommand,
  "ode-growth": async () => (await import("./comparisons/ode-growth/command.ts")).odeGrowthCommand,
  serve: async () => (await import("./comparisons/serve/command.ts")).serveCommand,
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
