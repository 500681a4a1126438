import { BenchError, type CommandDefinition, calledAs, given, isGiven } from "@stiffnet/terminal";
import type { Command } from "commander";
import { onEngines } from "../configuration/config.ts";
import { assign, checked, readStudyFile, studyConfig } from "../configuration/configure.ts";
import { presetOf } from "../configuration/presets.ts";
import { type StudyFile, studySchema } from "../configuration/schema.ts";
import { addStudyOptions, fieldsOf, fieldsOfOptions, type StudyOptions } from "../options/study-options.ts";
import type { StudyKind } from "./kind.ts";
import { runStudyCommand } from "./run.ts";

export function studyCommand(kind: StudyKind): CommandDefinition<StudyOptions> {
  const { name } = kind;
  return {
    help: `${kind.help}

An option overrides the configuration file, which overrides the ${name === "train" ? "defaults" : "preset"}. Ctrl-C saves the trainings; the same
command continues them.`,
    declare(command) {
      kind.addOptions(command);
      addStudyOptions(command, name);
    },
    async run(options, _, command) {
      if (options.schema) return { data: JSON.stringify(studySchema(`${calledAs()[0]} ${name}`), null, 2) };
      const file = fileOf(kind, command, options);
      const asked = await studyConfig(kind, file);
      const { config } = asked;
      if (Number(options.threads) > 1 && config.models.every(({ engine }) => engine === "tfjs")) {
        throw new BenchError(
          `--threads: is ${options.threads}, expected 1: TensorFlow.js trains on one thread`,
        );
      }
      if (options.showConfig) return { data: JSON.stringify(config, null, 2) };
      const chosen = await kind.choose?.({ ...asked, file, options });
      if (chosen === undefined) return runStudyCommand(config, options, kind, asked.data);
      if ("interrupted" in chosen) return chosen.interrupted;
      return runStudyCommand(chosen.config, { ...options, force: false }, kind, asked.data);
    },
  };
}

/** The configuration file, overlaid by the options that were given. */
function fileOf(kind: StudyKind, command: Command, options: StudyOptions): StudyFile {
  const file = options.config === undefined ? {} : readStudyFile(options.config);
  const { seed, trials, measureEvery } = options;
  const engine = options.engine;
  const preset = options.preset ?? file.preset;
  const base = presetOf(kind.name, preset);
  const { models, ...own } = kind.configured({ command, options, file: { ...base, ...file } });
  const compared = models ?? file.models ?? base.models;
  const over: StudyFile = {
    ...file,
    ...own,
    ...given({ preset, trials }),
    ...(command.getOptionValueSource("seed") === "cli" && { seed }),
    ...((models ?? engine) !== undefined && { models: onEngines(compared, engine ?? ["kernels"]) }),
    network: { ...file.network, ...fieldsOf("network", options) },
    training: {
      ...file.training,
      ...fieldsOf("training", options),
      ...(!options.plateau && { plateau: false }),
    },
    ...(measureEvery !== undefined && { measures: { ...file.measures, every: measureEvery } }),
  };
  refuseTwice(command, options);
  // Whatever the file and the other options gave is right by now: a sweep is all that may be wrong.
  return assign(checked(over, "--sweep"), options.set, base);
}

/** A field that is set twice, or set beside an option of its own, would have one of the values alone. */
function refuseTwice(command: Command, { set }: StudyOptions): void {
  set.forEach(({ name }, k) => {
    if (set.findIndex((other) => other.name === name) < k) {
      throw new BenchError(`--set ${name}: is given twice, expected once`);
    }
    const within = ({ field }: { field: string }): boolean => name === field || name.startsWith(`${field}.`);
    const option = fieldsOfOptions(command).find((one) => within(one) && isGiven(command, one.long));
    if (option !== undefined) {
      throw new BenchError(`--set ${name}: is given with ${option.long}, expected one of them`);
    }
  });
}
