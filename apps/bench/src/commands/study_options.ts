import { type Activation, activations } from "@stiffnet/core";
import { type Command, InvalidArgumentError, Option } from "commander";
import { above, addCommonOptions, type CommonOptions, whole } from "../options.ts";
import type { ModelSpec, NetworkSpec, StudyConfig, TrainingSpec } from "../runner/config.ts";

/** Options of every command that trains. */
export interface StudyOptions extends CommonOptions {
  readonly trials: number;
  readonly epochs: number;
  readonly width: number;
  readonly depth: number;
  readonly activation: Activation;
  readonly lift: "tanh" | "identity";
  readonly horizon: number;
  readonly batch: number;
  readonly rate: number;
  readonly plateau: boolean;
  readonly measureEvery?: number;
  readonly force: boolean;
}

export interface StudyDefaults {
  readonly out: string;
  readonly trials: number | string;
  readonly epochs: number | string;
  readonly width: number;
  readonly depth: number;
  readonly activation: Activation;
  readonly lift: "tanh" | "identity";
  readonly batch: number;
}

/** A default given as text depends on the preset: it is shown, and filled in later. */
export function addStudyOptions(command: Command, defaults: StudyDefaults): Command {
  const counted = (flags: string, what: string, value: number | string): Option => {
    const option = new Option(flags, typeof value === "string" ? `${what} (default: ${value})` : what);
    option.argParser(whole(1));
    return typeof value === "string" ? option : option.default(value);
  };
  command
    .addOption(counted("--trials <n>", "initialisations to train", defaults.trials))
    .addOption(counted("--epochs <n>", "passes over the training set", defaults.epochs))
    .option("--width <n>", "dimension of the state", whole(1), defaults.width)
    .option("--depth <n>", "number of residual blocks", whole(1), defaults.depth)
    .addOption(
      new Option("--activation <name>", "activation of the blocks")
        .choices(activations)
        .default(defaults.activation),
    )
    .addOption(
      new Option("--lift <name>", "activation of the first layer")
        .choices(["tanh", "identity"])
        .default(defaults.lift),
    )
    .option("--batch <n>", "samples a step", whole(1), defaults.batch)
    .option("--horizon <x>", "T: a block advances by T / depth", above(0), 1)
    .option("--rate <x>", "initial rate of Adam", above(0), 1e-3)
    .option("--no-plateau", "keep the rate instead of reducing it on plateaus")
    .option(
      "--measure-every <n>",
      "epochs between two records of the proxies (default: 40 records a trial)",
      whole(1),
    );
  return addCommonOptions(command, defaults)
    .option("--force", "delete what an earlier study left in the folder and start over", false)
    .option("--resume", "go on with what the folder holds (this is the default: it is here to say so)");
}

/** Names of the penalised models. */
const penalisedNames = { l2: "RES L2", stiff: "RES stiff", gelfand: "RES stiff (gelfand)" } as const;

/** "l2=1e-5", "stiff=1e-3" or "gelfand=1e-3". */
export function parsePenalty(text: string): NonNullable<ModelSpec["penalty"]> {
  const [kind, weight, ...rest] = text.split("=");
  if ((kind !== "l2" && kind !== "stiff" && kind !== "gelfand") || rest.length > 0) {
    throw new InvalidArgumentError(
      `'${text}' is not a penalty, expected l2=WEIGHT, stiff=WEIGHT or gelfand=WEIGHT.`,
    );
  }
  return { kind, weight: above(0, true)(weight ?? "") };
}

export function modelOf(penalty: ModelSpec["penalty"]): ModelSpec {
  if (penalty === undefined) return { name: "RES" };
  return { name: penalisedNames[penalty.kind], penalty };
}

export function networkOf({ width, depth, activation, lift, horizon }: StudyOptions): NetworkSpec {
  return { width, depth, activation, lift, horizon };
}

export function trainingOf({ epochs, batch, rate, plateau }: StudyOptions): TrainingSpec {
  return {
    epochs,
    batchSize: batch,
    rate,
    plateau: plateau ? { factor: 0.95, patience: 10, cooldown: 100, threshold: 1e-4 } : false,
  };
}

export function measuresOf({ measureEvery, epochs }: StudyOptions, samples: number): StudyConfig["measures"] {
  return { every: measureEvery ?? Math.max(1, Math.round(epochs / 40)), samples };
}
