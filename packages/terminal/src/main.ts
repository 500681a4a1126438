import { Command, CommanderError } from "commander";
import { type CommandRow, makeCommand } from "./command.ts";
import { BenchError, isExpected, oneLine } from "./errors.ts";
import { callAs, calledAs, note, tolerateClosedPipes, writeAllOutput } from "./output.ts";
import { asComplaint, heading, width, withColours, wrapped } from "./width.ts";

/** Commands by their names. Only the called command is loaded, because loading all of them would delay help
 *  and complaints. */
export type Commands = Readonly<Record<string, CommandRow>>;

export interface Program {
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly commands: Commands;
  /** The last line of its help. */
  readonly help: string;
}

/** Complaints are printed below, on one line. */
const output = { outputError: () => {}, getOutHelpWidth: width };

/** Exit codes: 0 for success, 1 if a trial failed or diverged, 2 for wrong use or input, 130 if
 *  interrupted. */
export async function runProgram(program: Program, argv: readonly string[]): Promise<void> {
  tolerateClosedPipes();
  writeAllOutput();
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
    .version(version, "-V, --version", "print the version")
    .helpOption("-h, --help", "show this help")
    .helpCommand(false)
    .exitOverride()
    .configureHelp({ styleTitle: heading })
    .configureOutput(output)
    .showSuggestionAfterError(true)
    .addHelpText(
      "after",
      () => `
${wrapped(`Exit codes: 0 finished, 1 a training failed or diverged, 2 wrong option or input, 130 interrupted.
${help}`)}`,
    );
  const [, , called = ""] = argv;
  for (const [name, row] of Object.entries(commands)) {
    if (name !== called) {
      program.command(name).description(row.description).helpGroup(row.group);
      continue;
    }
    const command = makeCommand(name, row, await row.load(), (text, code) => {
      if (text !== undefined) process.stdout.write(`${withColours(text)}\n`);
      exitCode = code;
    });
    program.addCommand(command.exitOverride().configureOutput(output));
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
  note(`${asComplaint(`${calledAs()[0]}:`)} ${text}`);
}
