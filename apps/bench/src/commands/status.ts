import { resolve } from "node:path";
import { above, type CommandDefinition, formatDuration, formatNumber, textTable } from "@stiffnet/terminal";
import { type StudyStatus, studyStatus, type TrialStatus } from "@stiffnet/trials";
import { Option } from "commander";

interface StatusOptions {
  readonly watch: boolean;
  readonly once: boolean;
  readonly interval: number;
  readonly json: boolean;
}

export const statusCommand: CommandDefinition<StatusOptions> = {
  help: `The command only reads the folder. For a study on a queue, it shows the checkpoints that the workers have sent back.

Examples:
  $ stiffnet-bench status results/study
  $ stiffnet-bench status results/study --once --json
  $ stiffnet-bench status results/study --watch --interval 30 >> study.log`,
  declare(command) {
    command
      .argument("<folder>", "results folder of a study, or one with shards")
      .addOption(
        new Option("--watch", "show it again until the study ends (the default in a terminal)").default(
          false,
        ),
      )
      .addOption(new Option("--once", "show it once").default(false).conflicts("watch"))
      .option("--interval <seconds>", "time between two updates of --watch", above(0), 2)
      .option(
        "--json",
        "print the result as one JSON document; with --watch, one document on each line",
        false,
      );
  },
  async run(options, [folder]) {
    const path = resolve(folder!);
    const terminal = process.stdout.isTTY === true;
    if (options.watch || (terminal && !options.once && !options.json)) {
      await watch(path, options, terminal);
      return {};
    }
    const status = studyStatus(path);
    return { document: status, text: described(status) };
  },
};

/** Until nobody trains any more. */
async function watch(path: string, { interval, json }: StatusOptions, terminal: boolean): Promise<void> {
  let before = "";
  for (;;) {
    const status = studyStatus(path);
    const over = status.state !== "running";
    const text = json ? JSON.stringify(status) : terminal || over ? described(status) : oneLineOf(status);
    // A terminal is cleared and written again; other readers get new lines.
    if (terminal && !json) process.stdout.write(`\x1b[H\x1b[2J${text}\n`);
    else if (text !== before) process.stdout.write(`${text}\n`);
    before = text;
    if (over) return;
    await new Promise((resolve) => setTimeout(resolve, 1000 * interval));
  }
}

function oneLineOf(status: StudyStatus): string {
  const { command, state, epochs, secondsLeft, trials } = status;
  const ended = trials.filter((trial) => trial.state === "finished" || trial.state === "diverged").length;
  const risks = trials
    .filter((trial) => trial.state === "training")
    .map(({ riskTrain }) => formatNumber(riskTrain));
  return [
    `${command}: ${state}`,
    `${Math.floor((100 * epochs.done) / epochs.total)} %`,
    `${ended} of ${trials.length} trials`,
    risks.length > 0 ? `training error ${risks.join(" ")}` : "",
    state === "running" && secondsLeft !== null ? `${formatDuration(secondsLeft)} left` : "",
  ]
    .filter(Boolean)
    .join(", ");
}

function described(status: StudyStatus): string {
  const { folder, trials, runBy } = status;
  const models = [...new Set(trials.map(({ model }) => model))];
  const states = ["finished", "diverged", "training", "paused", "waiting"] as const;
  const counts = models.map((model) => {
    const own = trials.filter((trial) => trial.model === model);
    return [model, ...states.map((state) => String(own.filter((trial) => trial.state === state).length))];
  });
  const begun = trials.filter(({ state }) => state === "training" || state === "paused");
  return [
    oneLineOf(status),
    folder,
    ...runBy.map(
      (owner) =>
        `run by process ${owner.pid} on ${owner.host}${owner.folder === folder ? "" : ` in ${owner.folder}`}`,
    ),
    "",
    textTable(["model", ...states], counts),
    ...(begun.length === 0
      ? []
      : ["", textTable(["trial", "epoch", "training error", "test error", "state"], begun.map(row))]),
  ].join("\n");
}

function row({ id, epoch, epochs, riskTrain, riskTest, state }: TrialStatus): string[] {
  return [id, `${epoch} of ${epochs}`, formatNumber(riskTrain), formatNumber(riskTest), state];
}
