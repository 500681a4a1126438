import {
  addComputing,
  addMore,
  addOut,
  addSeed,
  addWorkers,
  type CommonOptions,
  choice,
  collect,
  given,
  listOf,
  mapped,
  type OptionParser,
  parser,
  unset,
  whole,
} from "@stiffnet/terminal";
import type { Command } from "commander";
import type { StudyConfig, StudyName } from "../configuration/config.ts";
import { type EngineName, engineNames } from "../configuration/fields.ts";
import { type Preset, type PresetName, presets } from "../configuration/presets.ts";
import type { Shard } from "../run/shard.ts";
import { isDataOption } from "./data-options.ts";
import { fieldOptions, type Part } from "./field-options.ts";
import { addWhereOptions, type QueueOptions } from "./where-options.ts";

/** Options of every command that trains. Missing options come from the configuration file or the preset. */
export interface StudyOptions extends CommonOptions, QueueOptions {
  readonly preset?: PresetName;
  readonly config?: string;
  readonly set: readonly Assignment[];
  readonly schema: boolean;
  readonly showConfig: boolean;
  readonly trials?: number;
  readonly plateau: boolean;
  readonly measureEvery?: number;
  readonly engine?: readonly EngineName[];
  readonly threads?: number;
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
  command.optionsGroup("Network and training:");
  addPresets(command, study);
  addFieldOptions(command, study, "network", ["width", "depth", "activation"]);
  command.addOption(
    unset(
      "--trials <n>",
      "number of networks to train, each from its own initial weights",
      usualOf(study, ({ trials }) => trials),
      whole(1),
    ),
  );
  addFieldOptions(command, study, "training", ["epochs"]);
  addSeed(command);
  addMore(command, "about the network and its training");
  addFieldOptions(command, study, "network", ["lift", "horizon", "solver", "weights", "augment"]);
  addFieldOptions(command, study, "training", ["batchSize", "rate", "steer"]);
  addTrainingOptions(command, study);
  addMore(command, "about the configuration");
  addConfigOptions(command);
  addMore(command, "about where it runs");
  addWhereOptions(addComputing(addWorkers(command)));
  command.optionsGroup("Output and help:");
  return addOut(command, `results/${study}`).option(
    "--force",
    "delete an earlier study in the folder and start over, instead of continuing it",
    false,
  );
}

function addPresets(command: Command, study: StudyName): void {
  const names = Object.keys(presets[study]);
  if (names.length > 1)
    command.addOption(unset("--preset <name>", "size of the study", names[0]!, choice(names)));
}

function addConfigOptions(command: Command): void {
  command
    .option("--config <file>", "read settings from this JSON file; --schema lists them")
    .option(
      "--set <path=value>",
      "change one setting, as in training.plateau.patience=20; may be repeated",
      collect(assignment("training.epochs=100")),
      [],
    )
    .option("--schema", "print the JSON schema of the settings and exit", false)
    .option("--show-config", "print the settings that all options together give, and exit", false);
}

/** The options of fields, with what the presets have. */
function addFieldOptions(command: Command, study: StudyName, part: Part, fields: readonly string[]): void {
  for (const { field, flags, words, told, parser } of fieldOptions(part)) {
    if (!fields.includes(field)) continue;
    const usual = (preset: Preset): unknown => (preset[part] as Record<string, unknown>)[field];
    const known = Object.values(presets[study]).every((preset) => usual(preset) !== undefined);
    const shown = field === "epochs" ? epochsInWords : usual;
    command.addOption(unset(flags, words, known ? usualOf(study, shown) : told, parser));
  }
}

function addTrainingOptions(command: Command, study: StudyName): void {
  const usual = (of: (preset: Preset) => unknown): string => usualOf(study, of);
  const kernels = "library that trains: the built-in kernels, or TensorFlow.js if it is installed";
  const engine =
    study === "train"
      ? unset(
          "--engine <name>",
          kernels,
          "kernels",
          mapped(choice(engineNames), (one) => [one]),
        )
      : unset("--engine <list>", `${kernels}; both train each model twice`, "kernels", listOf(engineNames));
  command
    .addOption(unset("--no-plateau", "keep the learning rate constant", usual(rateInWords)))
    .addOption(
      unset(
        "--measure-every <n>",
        "epochs between two measurements of stiffness",
        usual(({ records }) => `${records} measurements`),
        whole(1),
      ),
    )
    .addOption(engine);
}

function rateInWords({ training: { anneal } }: Preset): string {
  return anneal ? "it falls linearly to 0" : "lower it when the loss stops falling";
}

function epochsInWords({ training: { epochs } }: Preset): string {
  if (typeof epochs === "number") return String(epochs);
  const share = Math.round(100 * epochs.patience);
  return `${epochs.steps} steps, fewer if ${share} % of them bring no gain`;
}

/** The presets' values, in the words of help. */
function usualOf(study: StudyName, of: (preset: Preset) => unknown): string {
  const values = Object.entries(presets[study]).map(([name, preset]) => [String(of(preset)), name]);
  const same = values.every(([value]) => value === values[0]![0]);
  return same ? values[0]![0]! : values.map(([value, name]) => `${value} for ${name}`).join(", ");
}

/** The fields of the network or the training that the options set. */
export function fieldsOf<P extends Part>(part: P, options: StudyOptions): Partial<StudyConfig[P]> {
  const said = options as unknown as Record<string, unknown>;
  const fields = Object.fromEntries(fieldOptions(part).map(({ field, name }) => [field, said[name]]));
  return given(fields) as Partial<StudyConfig[P]>;
}

/** The options of the command that set fields of the configuration, and the paths of the fields. */
export function fieldsOfOptions(command: Command): { readonly long: string; readonly field: string }[] {
  const parts = ["network", "training"] as const;
  const named = new Map(
    parts.flatMap((part) => fieldOptions(part).map(({ name, field }) => [name, `${part}.${field}`])),
  );
  const others: Readonly<Record<string, string>> = {
    seed: "seed",
    trials: "trials",
    plateau: "training.plateau",
    measureEvery: "measures.every",
    penalty: "models.0.penalty",
    model: "surrogate",
    refit: "refit",
    engine: "models.0.engine",
  };
  return command.options.flatMap((option) => {
    const name = option.attributeName();
    const field = named.get(name) ?? others[name] ?? (isDataOption(name) ? `data.${name}` : undefined);
    return field === undefined ? [] : [{ long: option.long!, field }];
  });
}
