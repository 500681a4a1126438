import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { type CommandDefinition, makeCommand } from "./command.ts";
import { BenchError, isExpected, oneLine } from "./errors.ts";
import { note, tolerateClosedPipes } from "./output.ts";
import type { StudyName } from "./runner/config.ts";

/** The commands by their names. Only the one that is called is loaded: all of them take longer to load than a
 *  wrong option to refuse. */
export const commands: Readonly<Record<string, () => Promise<CommandDefinition>>> = {
  study: () => trains("study"),
  alpine: () => trains("alpine"),
  train: () => trains("train"),
  merge: async () => (await import("./commands/merge.ts")).mergeCommand,
  work: async () => (await import("./commands/work.ts")).workCommand,
  status: async () => (await import("./commands/status.ts")).statusCommand,
  step: async () => (await import("./experiments/step/command.ts")).stepCommand,
  spectral: async () => (await import("./experiments/spectral/command.ts")).spectralCommand,
  question: async () => (await import("./experiments/question/command.ts")).questionCommand,
  cost: async () => (await import("./experiments/cost/command.ts")).costCommand,
  data: async () => (await import("./commands/data.ts")).dataCommand,
  predict: async () => (await import("./commands/predict.ts")).predictCommand,
  sensitivity: async () => (await import("./experiments/sensitivity/command.ts")).sensitivityCommand,
  stability: async () => (await import("./experiments/stability/command.ts")).stabilityCommand,
  serve: async () => (await import("./experiments/serve/command.ts")).serveCommand,
  inspect: async () => (await import("./commands/inspect.ts")).inspectCommand,
  export: async () => (await import("./commands/export.ts")).exportCommand,
  intro: async () => (await import("./experiments/intro/command.ts")).introCommand,
  convergence: async () => (await import("./experiments/convergence/command.ts")).convergenceCommand,
  crossing: async () => (await import("./experiments/crossing/command.ts")).crossingCommand,
  "stiff-node": async () => (await import("./experiments/stiff-node/command.ts")).stiffNodeCommand,
  gradients: async () => (await import("./experiments/gradients/command.ts")).gradientsCommand,
  ode: async () => (await import("./experiments/ode/command.ts")).odeCommand,
  "ode-growth": async () => (await import("./experiments/ode-growth/command.ts")).odeGrowthCommand,
};

async function trains(study: StudyName): Promise<CommandDefinition> {
  return (await import("./study/command.ts")).studyCommand(study);
}

/** Exit codes: 0 done; 1 a trial failed or diverged; 2 wrong use or input; 130 interrupted (and
 *  resumable). */
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
  note(`stiffnet: ${text}`);
}

function version(): string {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;
}
