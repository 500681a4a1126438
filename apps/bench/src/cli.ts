import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { alpineCommand } from "./commands/alpine.ts";
import { convergenceCommand } from "./commands/convergence.ts";
import { costCommand } from "./commands/cost.ts";
import { crossingCommand } from "./commands/crossing.ts";
import { dataCommand } from "./commands/data.ts";
import { exportCommand } from "./commands/export.ts";
import { gradientsCommand } from "./commands/gradients.ts";
import { inspectCommand } from "./commands/inspect.ts";
import { introCommand } from "./commands/intro.ts";
import { mergeCommand } from "./commands/merge.ts";
import { odeCommand } from "./commands/ode.ts";
import { serveCommand } from "./commands/serve.ts";
import { spectralCommand } from "./commands/spectral.ts";
import { stabilityCommand } from "./commands/stability.ts";
import { statusCommand } from "./commands/status.ts";
import { stepCommand } from "./commands/step.ts";
import { stiffNodeCommand } from "./commands/stiff_node.ts";
import { studyCommandOf } from "./commands/study.ts";
import { trainCommand } from "./commands/train.ts";
import { workCommand } from "./commands/work.ts";
import { BenchError, isExpected, oneLine } from "./errors.ts";
import { tolerateClosedPipes } from "./output.ts";

/** Exit codes: 0 done; 1 a trial failed or diverged; 2 wrong use or input; 130 interrupted (and resumable). */
export async function main(argv: readonly string[]): Promise<void> {
  tolerateClosedPipes();
  process.exitCode = await run(argv);
}

async function run(argv: readonly string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command("stiffnet")
    .description("Train residual networks, watch their stiffness, compare engines; results go to a folder.")
    .version(version())
    .exitOverride()
    .configureOutput({ outputError: () => {} })
    .showSuggestionAfterError(true)
    .addHelpText(
      "after",
      `
Exit codes: 0 done, 1 a trial failed or diverged, 2 wrong use or input, 130 interrupted.
Each command explains itself: stiffnet alpine --help`,
    );
  const done = (code: number): void => {
    exitCode = code;
  };
  const commands = [
    studyCommandOf(done),
    alpineCommand(done),
    trainCommand(done),
    mergeCommand(done),
    workCommand(done),
    statusCommand(done),
    stepCommand(done),
    spectralCommand(done),
    costCommand(done),
    dataCommand(done),
    stabilityCommand(done),
    serveCommand(done),
    inspectCommand(done),
    exportCommand(done),
    introCommand(done),
    convergenceCommand(done),
    crossingCommand(done),
    stiffNodeCommand(done),
    gradientsCommand(done),
    odeCommand(done),
  ];
  for (const command of commands) {
    command.exitOverride().configureOutput({ outputError: () => {} });
    program.addCommand(command);
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
  process.stderr.write(`stiffnet: ${text}\n`);
}

function version(): string {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;
}
