import {
  type Activation,
  activations,
  type StepSolver,
  stepSolvers,
  type WeightsOption,
} from "@stiffnet/core";
import { penalisedProxies } from "@stiffnet/stiffness";
import { type Command, Option } from "commander";
import {
  above,
  addCommonOptions,
  type CommonOptions,
  choice,
  list,
  listOf,
  mapped,
  type OptionParser,
  parser,
  whole,
} from "../options.ts";
import {
  aggregates,
  type EngineName,
  engineNames,
  type Lift,
  lifts,
  type ModelSpec,
  type NetworkSpec,
  type PenaltyKind,
  type PenaltySpec,
  penaltyKinds,
  type StudyConfig,
  type TrainingSpec,
} from "../runner/config.ts";
import type { Shard } from "../runner/shard.ts";
import { weightsBasis } from "./weights-option.ts";
import { addWhereOptions, type QueueOptions } from "./where-options.ts";

/** Options of every command that trains. */
export interface StudyOptions extends CommonOptions, QueueOptions {
  readonly trials: number;
  readonly epochs: number;
  readonly width: number;
  readonly depth: number;
  readonly activation: Activation;
  readonly lift: Lift;
  readonly horizon: number;
  readonly solver?: StepSolver;
  readonly weights?: WeightsOption;
  readonly augment?: number;
  readonly steer?: number;
  readonly batch: number;
  readonly rate: number;
  readonly plateau: boolean;
  readonly measureEvery?: number;
  readonly engine: readonly EngineName[];
  readonly force: boolean;
  readonly shard?: Shard;
}

export interface StudyDefaults {
  readonly out: string;
  readonly trials: number | string;
  readonly epochs: number | string;
  readonly width: number | string;
  readonly depth: number | string;
  readonly activation: Activation;
  readonly lift: Lift;
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
    .addOption(counted("--width <n>", "dimension of the state", defaults.width))
    .addOption(counted("--depth <n>", "number of residual blocks, or of a solver's steps", defaults.depth))
    .option("--activation <name>", "activation of the blocks", choice(activations), defaults.activation)
    .option("--lift <name>", "activation of the first layer", choice(lifts), defaults.lift)
    .option("--batch <n>", "samples a step", whole(1), defaults.batch)
    .option("--horizon <x>", "T: a block advances by T / depth", above(0), 1)
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
    .option("--augment <n>", "zeros appended to the state (default: 0)", whole(0))
    .option("--steer <x>", "draw each batch's end time from T - x to T + x (default: it is T)", above(0))
    .option("--rate <x>", "initial rate of Adam", above(0), 1e-3)
    .option("--no-plateau", "keep the rate instead of reducing it on plateaus")
    .option(
      "--measure-every <n>",
      "epochs between two records of the proxies (default: 40 records a trial)",
      whole(1),
    )
    .option(
      "--engine <list>",
      "what trains: wasm, or tfjs, TensorFlow.js where it is installed; wasm,tfjs trains every model on both",
      listOf(engineNames),
      ["wasm"],
    );
  return addWhereOptions(addCommonOptions(command, defaults))
    .option("--force", "delete what an earlier study left in the folder and start over", false)
    .option("--resume", "go on with what the folder holds (this is the default: it is here to say so)");
}

/** The name of a penalised model. */
function penalisedName(kind: PenaltyKind): string {
  return `RES ${kind === "l2" ? "L2" : penalisedProxies[kind].label}`;
}

/** "l2=1e-5", "stiff=1e-3", "stiff:sum=1e-3" or another kind. */
export const penalty: OptionParser<PenaltySpec> = parser(
  `a penalty, one of ${penaltyKinds.map((known) => `${known}=WEIGHT`).join(", ")} with a weight of at least 0, with :sum or :max for another aggregate than the mean, and :all or a share as :0.4 for how many of a batch's samples are evaluated`,
  "stiff:sum=1e-3",
  (text) => {
    const [name = "", given = "", ...rest] = text.split("=");
    const [word, ...how] = name.split(":");
    const kind = penaltyKinds.find((known) => known === word);
    const weight = above(0, true).read(given);
    const aggregate = aggregates.find((known) => how.includes(known));
    const [share, ...others] = how.filter((part) => part !== aggregate);
    const subset = share === "all" ? 1 : share === undefined ? undefined : above(0).read(share);
    const misread = others.length > 0 || (share !== undefined && !(subset !== undefined && subset <= 1));
    if (kind === undefined || weight === undefined || misread || rest.length > 0) return undefined;
    if (kind === "l2" && how.length > 0) return undefined;
    return {
      ...{ kind, weight },
      ...(aggregate !== undefined && { aggregate }),
      ...(subset !== undefined && { subset }),
    };
  },
);

export function penaltyHelp(what: string): string {
  const proxies = Object.entries(penalisedProxies).map(
    ([name, { weight, description }]) => `${name}=${weight} (${description})`,
  );
  return `${what}: l2=1e-5, ${proxies.join(", ")}; of the mean over the layers, or of their sum or maximum as in stiff:sum=1e-3; stiff of a fifth of each batch's samples, of others as in stiff:0.4=1e-3 or stiff:sum:all=1e-3`;
}

const plainOrPenalised: OptionParser<PenaltySpec | "res"> = parser(
  `res or ${penalty.expected}`,
  "res",
  (text) => (text === "res" ? text : penalty.read(text)),
);

/** "res,l2=1e-5,stiff=1e-3": the plain model and penalised ones. */
export const comparedModels: OptionParser<ModelSpec[]> = mapped(list(plainOrPenalised), (models) =>
  modelsOf(models.map((one) => (one === "res" ? undefined : one))),
);

/** A model of each penalty, or plain without. Two of a kind are told apart by their weights. */
export function modelsOf(penalties: readonly (PenaltySpec | undefined)[]): ModelSpec[] {
  return penalties.map((penalty) => {
    if (penalty === undefined) return { name: "RES" };
    const name = penalisedName(penalty.kind);
    const alone = penalties.filter((other) => other?.kind === penalty.kind).length === 1;
    const { weight, subset } = penalty;
    const share = subset === undefined ? "" : ` subset ${subset}`;
    return { name: alone ? name : `${name} ${weight}${share}`, penalty };
  });
}

export function networkOf(options: StudyOptions): NetworkSpec {
  const { width, depth, activation, lift, horizon, solver, weights, augment } = options;
  return {
    ...{ width, depth, activation, lift, horizon },
    ...(solver !== undefined && { solver }),
    ...(weights !== undefined && { weights }),
    ...(augment !== undefined && augment > 0 && { augment }),
  };
}

export function trainingOf({ epochs, batch, rate, plateau, steer }: StudyOptions): TrainingSpec {
  return {
    epochs,
    batchSize: batch,
    rate,
    plateau: plateau ? { factor: 0.95, patience: 10, cooldown: 100, threshold: 1e-4 } : false,
    ...(steer !== undefined && { steer }),
  };
}

export function measuresOf({ measureEvery, epochs }: StudyOptions, samples: number): StudyConfig["measures"] {
  return { every: measureEvery ?? Math.max(1, Math.round(epochs / 40)), samples };
}
