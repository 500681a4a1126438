import { forgetInputs } from "@stiffnet/base/files";
import { Command, type Option } from "commander";
import { requireRules } from "./option-rules.ts";
import { parserOf, withHabits } from "./options.ts";
import { heading, wrapped } from "./width.ts";

export interface Outcome {
  /** The result for programs: printed with --json, as one document. */
  readonly document?: object;
  /** The result for readers: printed without --json, or where there is no document. */
  readonly text?: string;
  /** The result as rows or JSON, in the place of `text`: printed as it is, whatever fits the terminal. */
  readonly data?: string;
  /** 0 where not given. */
  readonly exitCode?: number;
}

/** A command: what it takes and what it does. Its name and what it is for stand in its program's table. */
export interface CommandDefinition<Options = object> {
  /** Notes and examples, which end its help. */
  readonly help: string;
  /** Adds its arguments and options. Every command has --json beside them. */
  declare(command: Command): void;
  /** `words` are the arguments. Standard output is for what it returns: what happens meanwhile is noted. */
  run(options: Options, words: readonly string[], command: Command): Promise<Outcome>;
}

export interface CommandRow {
  /** The heading that it stands under in its program's help. */
  readonly group: string;
  readonly description: string;
  load(): Promise<CommandDefinition>;
}

const moreOptions = /^More\b/;

/** Begins a group of options that --help leaves out and --help-all shows. */
export function addMore(command: Command, about: string): Command {
  return command.optionsGroup(`More ${about}:`);
}

const isMore = ({ helpGroupHeading }: Option): boolean => moreOptions.test(helpGroupHeading ?? "");

/** Its description, its possible values and its default, as --help prints them. */
function describedOption(option: Option): string {
  const { description, defaultValue, defaultValueDescription } = option;
  const { members } = parserOf(option) ?? {};
  const usual = defaultValueDescription ?? valueInWords(defaultValue, members);
  const notes = [members?.join(", "), usual && `default: ${usual}`].filter(Boolean);
  return notes.length > 0 ? `${description} (${notes.join("; ")})` : description;
}

/** Nothing for a switch that is off and for an empty list. */
function valueInWords(value: unknown, members: readonly string[] = []): string {
  if (value === undefined || value === false) return "";
  if (!Array.isArray(value)) return String(value);
  return value.length > 0 && value.length === members.length ? "all" : value.join(", ");
}

/** The command, with the habits that all share; `shown` is given what it printed, and its exit code. */
export function makeCommand(
  name: string,
  { group, description }: Omit<CommandRow, "load">,
  definition: CommandDefinition,
  shown: (text: string | undefined, exitCode: number) => void,
): Command {
  const command = new Command(name).description(description).helpGroup(group);
  command.optionsGroup("Options:");
  definition.declare(command);
  command.optionsGroup("Output and help:");
  const json = "print the result as one JSON document";
  if (!command.options.some(({ long }) => long === "--json")) command.option("--json", json, false);
  command.helpOption("-h, --help", "show this help");
  let all = true;
  if (command.options.some(isMore)) {
    all = false;
    command.option("--help-all", "show all options").on("option:help-all", () => {
      all = true;
      command.help();
    });
  }
  const { visibleOptions } = command.createHelp();
  command.configureHelp({
    styleTitle: heading,
    visibleOptions(of) {
      return visibleOptions.call(this, of).filter((option) => all || !isMore(option));
    },
    optionDescription: describedOption,
  });
  command
    .addHelpText("after", () => `\n${wrapped(definition.help.trim().replace(/(?<=^\S.*)\n(?=\S)/gm, " "))}`)
    .action(async () => {
      requireRules(command);
      forgetInputs();
      const options: { json: boolean } = command.opts();
      const { document, text, data, exitCode = 0 } = await definition.run(options, command.args, command);
      const json = options.json && document !== undefined;
      shown(json ? JSON.stringify(document, null, 2) : (data ?? (text && wrapped(text))), exitCode);
    });
  return withHabits(command);
}
