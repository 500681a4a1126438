import { activations, stepSolvers } from "@stiffnet/core";
import type { Command } from "commander";
import { given } from "../given.ts";
import {
  above,
  addCommonOptions,
  addComputing,
  type CommonOptions,
  choice,
  collect,
  listOf,
  type OptionParser,
  parser,
  whole,
} from "../options.ts";
import {
  type EngineName,
  engineNames,
  lifts,
  type NetworkSpec,
  type StudyName,
  type TrainingSpec,
} from "../runner/config.ts";
import type { Shard } from "../runner/shard.ts";
import { type Preset, type PresetName, presetsOf } from "./presets.ts";
import { weightsBasis } from "./weights-option.ts";
import { addWhereOptions, type QueueOptions } from "./where-options.ts";

/** Options of every command that trains. What is not given comes from the configuration file or the
 *  preset. */
export interface StudyOptions
  extends CommonOptions,
    QueueOptions,
    Partial<NetworkSpec>,
    Partial<Pick<TrainingSpec, "epochs" | "rate" | "steer">> {
  readonly preset?: PresetName;
  readonly config?: string;
  readonly set: readonly Assignment[];
  readonly schema: boolean;
  readonly showConfig: boolean;
  readonly trials?: number;
  readonly batch?: number;
  readonly plateau: boolean;
  readonly measureEvery?: number;
  readonly engine?: readonly (EngineName | "auto")[];
  readonly force: boolean;
  readonly shard?: Shard;
}

export interface Assignment {
  readonly name: string;
  readonly value: string;
}

export function assignment(example: string): OptionParser<Assignment> {
  return parser(`a name and a value, as in ${example}`, example, (text) => {
    const at = text.indexOf("=");
    if (at < 1 || at === text.length - 1) return undefined;
    return { name: text.slice(0, at), value: text.slice(at + 1) };
  });
}

/** The options, with the defaults that the study's presets make. */
export function addStudyOptions(command: Command, study: StudyName): Command {
  addConfigOptions(command, study);
  addNetworkOptions(command, study);
  addTrainingOptions(command, study);
  return addWhereOptions(addComputing(addCommonOptions(command, `results/${study}`)))
    .option("--force", "delete what an earlier study left in the folder and start over", false)
    .option("--resume", "go on with what the folder holds (this is the default: it is here to say so)");
}

function addConfigOptions(command: Command, study: StudyName): void {
  const names = Object.keys(presetsOf(study));
  if (names.length > 1)
    command.option("--preset <name>", `size of the study (default: ${names[0]})`, choice(names));
  command
    .option("--config <file>", "JSON file with the configuration, or a part of it (see --schema)")
    .option(
      "--set <path=value>",
      "set any field of the configuration, as in training.plateau.patience=20; may be repeated",
      collect(assignment("training.epochs=100")),
      [],
    )
    .option("--schema", "print the JSON schema of the configuration and end", false)
    .option("--show-config", "print the configuration as it results from all options and end", false);
}

function addNetworkOptions(command: Command, study: StudyName): void {
  const usual = (of: (network: NetworkSpec) => unknown): string =>
    usualOf(study, ({ network }) => of(network));
  command
    .option("--width <n>", `dimension of the state ${usual(({ width }) => width)}`, whole(1))
    .option(
      "--depth <n>",
      `number of residual blocks, or of a solver's steps ${usual(({ depth }) => depth)}`,
      whole(1),
    )
    .option(
      "--activation <name>",
      `activation of the blocks ${usual(({ activation }) => activation)}`,
      choice(activations),
    )
    .option("--lift <name>", `activation of the first layer ${usual(({ lift }) => lift)}`, choice(lifts))
    .option("--horizon <x>", `T: a block advances by T / depth ${usual(({ horizon }) => horizon)}`, above(0))
    .option(
      "--solver <name>",
      "train a neural ODE through this solver (default: a residual network, which is euler)",
      choice(stepSolvers),
    )
    .option(
      "--weights <basis>",
      "train a neural ODE whose weights depend on time so: perLayer, constant, linear, quadratic, cubic, polynomial:5, piecewiseLinear:9, perLayer:4 (default: a layer for each step)",
      weightsBasis,
    )
    .option("--augment <n>", "zeros appended to the state (default: 0)", whole(0));
}

function addTrainingOptions(command: Command, study: StudyName): void {
  const usual = (of: (preset: Preset) => unknown): string => usualOf(study, of);
  command
    .option("--trials <n>", `initialisations to train ${usual(({ trials }) => trials)}`, whole(1))
    .option("--epochs <n>", `passes over the training set ${usual(epochsInWords)}`, whole(1))
    .option("--batch <n>", `samples a step ${usual((p) => p.training.batchSize)}`, whole(1))
    .option("--steer <x>", "draw each batch's end time from T - x to T + x (default: it is T)", above(0))
    .option("--rate <x>", `initial rate of Adam ${usual((p) => p.training.rate)}`, above(0))
    .option("--no-plateau", "keep the rate instead of reducing it")
    .option(
      "--measure-every <n>",
      `epochs between two records of the proxies ${usual(({ records }) => `${records} records a trial`)}`,
      whole(1),
    )
    .option(
      "--engine <list>",
      "what trains: wasm, or tfjs, TensorFlow.js where it is installed; wasm,tfjs trains every model on both; auto is the one that is faster for its width and batch (default: wasm)",
      listOf([...engineNames, "auto"]),
    );
}

function epochsInWords({ training: { epochs } }: Preset): string {
  if (typeof epochs === "number") return String(epochs);
  const share = Math.round(100 * epochs.patience);
  return `as many as take ${epochs.steps} steps; a trial ends before where its validation risk has not fallen for ${share} % of them`;
}

/** What the presets of a study have, as help says it. */
function usualOf(study: StudyName, of: (preset: Preset) => unknown): string {
  const values = Object.entries(presetsOf(study)).map(([name, preset]) => [String(of(preset)), name]);
  const same = values.every(([value]) => value === values[0]![0]);
  const shown = same ? values[0]![0] : values.map(([value, name]) => `${value} for ${name}`).join(", ");
  return `(default: ${shown})`;
}

/** What the options say of the network. */
export function networkOf(options: StudyOptions): Partial<NetworkSpec> {
  const { width, depth, activation, lift, horizon, solver, weights, augment } = options;
  return given({ width, depth, activation, lift, horizon, solver, weights, augment });
}

export function trainingOf({ epochs, batch, rate, plateau, steer }: StudyOptions): Partial<TrainingSpec> {
  return given({ epochs, batchSize: batch, rate, plateau: plateau ? undefined : false, steer });
}
