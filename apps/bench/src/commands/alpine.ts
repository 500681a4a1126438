import { Command } from "commander";
import { choice, collect, whole } from "../options.ts";
import { onEngines, type PenaltySpec, type StudyConfig } from "../runner/config.ts";
import { type AlpineSummary, printAlpine } from "./alpine-words.ts";
import { type StudySteps, studyCommand } from "./study-command.ts";
import {
  addStudyOptions,
  measuresOf,
  modelsOf,
  networkOf,
  penalty,
  penaltyHelp,
  type StudyOptions,
  trainingOf,
} from "./study-options.ts";

const presets = {
  quick: { trials: 4, epochs: 4000 },
  paper: { trials: 5, epochs: 10_000 },
} as const;

interface AlpineOptions extends StudyOptions {
  readonly preset: keyof typeof presets;
  readonly trainPoints: number;
  readonly testPoints: number;
  readonly penalty: readonly PenaltySpec[];
}

export const alpineSteps: StudySteps<AlpineSummary> = {
  // Only now: plotting and the ONNX runtime take a moment to load.
  conclude: async (results) => (await import("./alpine-report.ts")).concludeAlpine(results),
  print: printAlpine,
};

export function alpineCommand(done: (exitCode: number) => void): Command {
  const command = new Command("alpine")
    .description(
      "The slides' study of Alpine02: train, watch three stiffness proxies, compare with the slide.",
    )
    .option("--preset <name>", "size of the study", choice(["quick", "paper"]), "quick")
    .option("--train-points <n>", "training points", whole(1), 900)
    .option("--test-points <n>", "test points", whole(1), 100)
    .option(
      "--penalty <kind=weight>",
      penaltyHelp("train a penalised model beside the plain one; may be repeated"),
      collect(penalty),
      [],
    );
  addStudyOptions(command, {
    out: "results/alpine",
    trials: "4 for quick, 5 for paper",
    epochs: "4000 for quick, 10000 for paper",
    width: 20,
    depth: 10,
    activation: "tanh",
    lift: "tanh",
    batch: 45,
  });
  return command
    .addHelpText(
      "after",
      `
Examples:
  $ stiffnet alpine                                 less than a minute on two cores
  $ stiffnet alpine --preset paper --trials 1       the slide: 10,000 epochs
  $ stiffnet alpine --penalty l2=1e-5 --penalty stiff=1e-3 --out results/penalised
  $ stiffnet alpine --json > alpine.json

Ctrl-C saves; the same command goes on from there.`,
    )
    .action(async (given: AlpineOptions) => {
      const config = alpineConfig({ ...presets[given.preset], ...given });
      done(await studyCommand(config, given, alpineSteps));
    });
}

function alpineConfig(options: AlpineOptions): StudyConfig {
  return {
    format: 1,
    command: "alpine",
    seed: options.seed,
    trials: options.trials,
    data: {
      ...{ kind: "function", name: "alpine02", dimension: 2, validation: 0 },
      ...{ train: options.trainPoints, test: options.testPoints },
    },
    network: networkOf(options),
    training: trainingOf(options),
    keep: "final",
    models: onEngines(modelsOf([undefined, ...options.penalty]), options.engine),
    measures: measuresOf(options, 20),
  };
}
