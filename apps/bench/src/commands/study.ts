import { Command } from "commander";
import { addDataOptions, type DataOptions, dataOf } from "../data/options.ts";
import { BenchError } from "../errors.ts";
import { choice, collect, type OptionParser, parser } from "../options.ts";
import { createOutput } from "../output.ts";
import { onEngines } from "../runner/config.ts";
import { assign, checked, readStudyFile, studyConfig } from "../study/configure.ts";
import { type PresetName, presetNames, presets } from "../study/presets.ts";
import { type StudyFile, type Sweep, studySchema } from "../study/schema.ts";
import { type StudySteps, studyCommand } from "./study-command.ts";
import {
  addStudyOptions,
  comparedModels,
  networkOf,
  penaltyHelp,
  type StudyOptions,
  trainingOf,
} from "./study-options.ts";
import type { StudySummary } from "./study-tables.ts";
import { printStudy } from "./study-words.ts";

interface StudyCommandOptions extends StudyOptions, DataOptions {
  readonly preset: PresetName;
  readonly config?: string;
  readonly data?: readonly string[];
  readonly models?: StudyFile["models"];
  readonly sweep: readonly Assignment[];
  readonly set: readonly Assignment[];
  readonly schema: boolean;
  readonly showConfig: boolean;
}

interface Assignment {
  readonly name: string;
  readonly value: string;
}

export const studySteps: StudySteps<StudySummary> = {
  conclude: async (results) => (await import("./study-report.ts")).concludeStudy(results),
  print: printStudy,
};

export function studyCommandOf(done: (exitCode: number) => void): Command {
  const command = new Command("study")
    .description(
      "The slides' study: initialisations x models, penalised and not, to a report with every table and figure.",
    )
    .option("--preset <name>", "size of the study", choice(presetNames), "paper")
    .option("--config <file>", "JSON file with the configuration, or a part of it (see --schema)")
    .option(
      "--data <words...>",
      "dalec:site (the default) or dalec:global, ensembles of the DALEC land model, a test function as function:ishigami or function:ackley:5, or files of your own with --inputs and --outputs",
    )
    .option(
      "--models <list>",
      `${penaltyHelp("what is compared, the first being what the others are compared with: res, or penalised")} (default: res,l2=1e-5,stiff:sum=1e-3)`,
      comparedModels,
    )
    .option(
      "--sweep <field=values>",
      "make a model of each of these values: lambda=1e-4,1e-3 width=20,50 depth=8,16 trainRows=500,1996 solver=euler,rk4; may be repeated",
      collect(assignment("lambda=1e-4,1e-3")),
      [],
    )
    .option(
      "--set <path=value>",
      "set any field of the configuration, as in training.plateau.patience=20; may be repeated",
      collect(assignment("training.epochs=100")),
      [],
    )
    .option("--schema", "print the JSON schema of the configuration and end", false)
    .option("--show-config", "print the configuration as it results from all options and end", false);
  addDataOptions(command, { validation: 0 });
  addStudyOptions(command, {
    out: "results/study",
    trials: "25 for paper, 5 for quick",
    epochs: "1000 for paper, 400 for quick",
    width: "50 for paper, 20 for quick",
    depth: "16 for paper, 8 for quick",
    activation: "tanh",
    lift: "tanh",
    batch: 20,
  });
  return command
    .addHelpText(
      "after",
      `
What is not given comes from the preset; the configuration file goes over that, and options over the file.

Examples:
  $ stiffnet study --preset quick                         two minutes on two cores
  $ stiffnet study                                        the slides' sizes: 75 networks, about an hour
  $ stiffnet study --data ensemble.csv --inputs 1-15 --outputs 16-25 --trials 10
  $ stiffnet study --preset quick --models stiff=1e-3 --sweep lambda=1e-4,1e-3,1e-2 --out results/lambda
  $ stiffnet study --preset quick --sweep trainRows=200,1000 --sweep width=10,20 --out results/sizes
  $ stiffnet study --preset quick --models res --weights cubic --sweep solver=euler,rk4,implicitMidpoint --out results/ode
  $ stiffnet study --config study.json --set training.rate=3e-3 --show-config
  $ stiffnet study --json > study.json
  $ stiffnet study --queue redis://10.0.0.1:6379          trained by 'stiffnet work' on other machines
  $ stiffnet study --shard 2/8; stiffnet merge results/study

Ctrl-C saves; the same command goes on from there.`,
    )
    .action(async (options: StudyCommandOptions) => {
      if (options.schema) {
        process.stdout.write(`${JSON.stringify(studySchema(), null, 2)}\n`);
        return;
      }
      const { config, data } = await studyConfig(fileOf(command, options), options.preset);
      if (options.showConfig) {
        createOutput(true).document(config);
        return;
      }
      done(await studyCommand(config, options, studySteps, data));
    });
}

/** The configuration file, overlaid by the options that were given. */
function fileOf(command: Command, options: StudyCommandOptions): StudyFile {
  const given = (name: keyof StudyCommandOptions): boolean => command.getOptionValueSource(name) === "cli";
  const only = <T extends object>(
    all: T,
    names: Partial<Record<keyof T, keyof StudyCommandOptions>>,
  ): Partial<T> =>
    Object.fromEntries(
      Object.entries(all).filter(([field]) => {
        const name = names[field as keyof T];
        return name !== undefined && given(name);
      }),
    ) as Partial<T>;
  const file = options.config === undefined ? {} : readStudyFile(options.config);
  const { preset, seed, trials, models, measureEvery } = options;
  const base = given("preset") ? preset : (file.preset ?? preset);
  const compared = models ?? file.models ?? presets[base].models;
  const over: StudyFile = {
    ...file,
    ...(given("preset") && { preset }),
    ...(given("seed") && { seed }),
    ...(given("trials") && { trials }),
    ...((models !== undefined || given("engine")) && { models: onEngines(compared, options.engine) }),
    ...(options.data !== undefined && { data: dataOf(options.data, options) }),
    network: {
      ...file.network,
      ...only(networkOf(options), {
        width: "width",
        depth: "depth",
        activation: "activation",
        lift: "lift",
        horizon: "horizon",
        solver: "solver",
        weights: "weights",
        augment: "augment",
      }),
    },
    training: {
      ...file.training,
      ...only(trainingOf(options), {
        epochs: "epochs",
        batchSize: "batch",
        rate: "rate",
        plateau: "plateau",
        steer: "steer",
      }),
    },
    ...(measureEvery !== undefined && { measures: { ...file.measures, every: measureEvery } }),
    ...(options.sweep.length > 0 && { sweep: { ...file.sweep, ...sweepOf(options.sweep) } }),
  };
  const stray = dataFields.find((name) => given(name));
  if (options.data === undefined && stray !== undefined) {
    throw new BenchError(`--${stray}: goes with --data, expected both`, { code: "wrong_use" });
  }
  // Whatever the file and the other options gave is right by now: a sweep is all that may be wrong.
  return assign(checked(over, "--sweep"), options.set, options.preset);
}

const dataFields = ["inputs", "outputs", "test", "validation", "missing", "header", "arrays"] as const;

/** What is not a number is left for the schema to refuse. */
function sweepOf(assignments: readonly Assignment[]): Sweep {
  const numberOrText = (text: string): number =>
    text.trim() === "" || Number.isNaN(Number(text)) ? (text as unknown as number) : Number(text);
  return Object.fromEntries(assignments.map(({ name, value }) => [name, value.split(",").map(numberOrText)]));
}

function assignment(example: string): OptionParser<Assignment> {
  return parser(`a name and a value, as in ${example}`, example, (text) => {
    const at = text.indexOf("=");
    if (at < 1 || at === text.length - 1) return undefined;
    return { name: text.slice(0, at), value: text.slice(at + 1) };
  });
}
