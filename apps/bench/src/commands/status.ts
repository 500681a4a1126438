import { resolve } from "node:path";
import { counted } from "@stiffnet/base";
import { type CommandDefinition, formatDuration, formatNumber, textTable } from "@stiffnet/terminal";
import { type StudyStatus, studyStatus, type TrialStatus } from "@stiffnet/trials";

interface StatusOptions {
  readonly watch: boolean;
  readonly json: boolean;
}

const secondsBetween = 2;

export const statusCommand: CommandDefinition<StatusOptions> = {
  help: `The command only reads the folder. For a study on a queue, it shows the checkpoints that the workers have sent back.

Examples:
  $ stiffnet-bench status results/study
  $ stiffnet-bench status results/study --json
  $ stiffnet-bench status results/study --watch`,
  declare(command) {
    command
      .argument("<folder>", "results folder of a study, or one with shards")
      .option("--watch", `show it again every ${secondsBetween} seconds, until the study ends`, false)
      .option(
        "--json",
        "print the result as one JSON document; with --watch, one document on each line",
        false,
      );
  },
  async run({ watch, json }, [folder]) {
    const path = resolve(folder!);
    for (;;) {
      const status = studyStatus(path);
      if (!watch) return { document: status, text: described(status) };
      const text = json ? JSON.stringify(status) : described(status);
      // A terminal is cleared and written again; other readers get new lines.
      process.stdout.write(`${process.stdout.isTTY && !json ? "\x1b[H\x1b[2J" : ""}${text}\n`);
      if (status.state !== "running") return {};
      await new Promise((resolve) => setTimeout(resolve, 1000 * secondsBetween));
    }
  },
};

function oneLineOf(status: StudyStatus): string {
  const { command, state, epochs, secondsLeft, trials } = status;
  const ended = trials.filter((trial) => trial.state === "finished" || trial.state === "diverged").length;
  return [
    `${command}: ${state}`,
    `${Math.floor((100 * epochs.done) / epochs.total)} %`,
    `${ended} of ${counted(trials.length, "trial")}`,
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
