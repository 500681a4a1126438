import { Command, CommanderError } from "commander";
import { type CommandDefinition, makeCommand } from "./command.ts";
import { BenchError, isExpected, oneLine } from "./errors.ts";
import { callAs, calledAs, note, tolerateClosedPipes } from "./output.ts";

/** Commands by their names. Only the one that is called is loaded: all of them take longer to load than a
 *  wrong option to refuse. */
export type Commands = Readonly<Record<string, () => Promise<CommandDefinition>>>;

export interface Program {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly commands: Commands;
  /** The last line of its help. */
  readonly help: string;
}

/** Exit codes: 0 done; 1 a trial failed or diverged; 2 wrong use or input; 130 interrupted (and
 *  resumable). */
export async function runProgram(program: Program, argv: readonly string[]): Promise<void> {
  tolerateClosedPipes();
  callAs([program.name, ...argv.slice(2)]);
  process.exitCode = await run(program, argv);
}

async function run(
  { name, description, version, commands, help }: Program,
  argv: readonly string[],
): Promise<number> {
  let exitCode = 0;
  const program = new Command(name)
    .description(description)
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError(true)
    .addHelpText(
      "after",
      `
Exit codes: 0 done, 1 a trial failed or diverged, 2 wrong use or input, 130 interrupted.
${help}`,
    );
  const [, , called = ""] = argv;
  const names = Object.hasOwn(commands, called) ? [called] : Object.keys(commands);
  const definitions = await Promise.all(names.map((name) => commands[name]!()));
  for (const [i, definition] of definitions.entries()) {
    const command = makeCommand(names[i]!, definition, (code) => {
      exitCode = code;
    });
    program.addCommand(command.exitOverride().configureOutput({ outputError: () => {} }));
  }
  try {
    if (argv.length <= 2) {
      process.stdout.write(program.helpInformation());
      return 2;
    }
    await program.parseAsync([...argv]);
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0;
      if (error.code !== "commander.help")
        complain(error.message.replace(/^error: /, "").replace(/\s*\n\s*/g, " "));
      return 2;
    }
    if (isExpected(error)) {
      complain(oneLine(error));
      return error instanceof BenchError ? error.exitCode : 2;
    }
    complain(`unexpected: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return 1;
  }
}

function complain(text: string): void {
  note(`${calledAs()[0]}: ${text}`);
}
