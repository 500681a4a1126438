import { Command } from "commander";
import { withHabits } from "./options.ts";

export interface Outcome {
  /** The result for programs: printed with --json, as one document. */
  readonly document?: object;
  /** The result for readers: printed without --json, or where there is no document. */
  readonly text?: string;
  /** 0 where not given. */
  readonly exitCode?: number;
}

/** A command: what it says of itself, what it takes and what it does. Its name is that of its row in the
 *  table. */
export interface CommandDefinition<Options = object> {
  readonly description: string;
  /** What its help ends with: notes and examples. */
  readonly help: string;
  /** Adds its arguments and options. Every command has --json beside them. */
  declare(command: Command): void;
  /** `words` are the arguments. Standard output is for what it returns: what happens meanwhile is noted. */
  run(options: Options, words: readonly string[], command: Command): Promise<Outcome>;
}

/** The command, with the habits that all share; `done` is told its exit code. */
export function makeCommand(
  name: string,
  definition: CommandDefinition,
  done: (exitCode: number) => void,
): Command {
  const command = new Command(name).description(definition.description);
  definition.declare(command);
  const json = "print one JSON document on standard output, progress on standard error";
  if (!command.options.some(({ long }) => long === "--json")) command.option("--json", json, false);
  command.addHelpText("after", `\n${definition.help}`).action(async () => {
    const options: { json: boolean } = command.opts();
    const { document, text, exitCode = 0 } = await definition.run(options, command.args, command);
    const shown = options.json && document !== undefined ? JSON.stringify(document, null, 2) : text;
    if (shown !== undefined) process.stdout.write(`${shown}\n`);
    done(exitCode);
  });
  return withHabits(command);
}
