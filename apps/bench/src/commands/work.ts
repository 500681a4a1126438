import { counted } from "@stiffnet/base";
import {
  addComputing,
  addWorkers,
  type CommandDefinition,
  note,
  stopOnSignals,
  unset,
  whole,
} from "@stiffnet/terminal";
import { redisAddress } from "@stiffnet/trials";

interface WorkCommandOptions {
  readonly queue: string;
  readonly workers: number;
  readonly exitWhenIdle?: number;
}

export const workCommand: CommandDefinition<WorkCommandOptions> = {
  help: `Start this command on each machine, before or after the study starts. Every machine needs the same version of stiffnet, and the
table under the same path. If a worker dies, another one continues its trainings from the last checkpoint. After Ctrl-C or SIGTERM,
a worker returns its trainings within seconds and exits with code 0.

Examples:
  $ stiffnet-bench work --queue redis://10.0.0.1:6379
  $ stiffnet-bench work --queue redis://:password@10.0.0.1:6379/2 --workers 8 --exit-when-idle 60
  $ stiffnet-bench study --preset paper --queue redis://10.0.0.1:6379        anywhere else`,
  declare(command) {
    command
      .requiredOption("--queue <url>", "the Redis server, as in redis://host:6379", redisAddress)
      .addOption(
        unset(
          "--exit-when-idle <seconds>",
          "exit when the queue has been empty for this time",
          "wait for ever",
          whole(0, 1e6),
        ),
      );
    addComputing(addWorkers(command));
  },
  async run({ queue: url, ...options }) {
    const { signal } = stopOnSignals();
    const { serveQueue } = await import("@stiffnet/trials/queue");
    try {
      const finished = await serveQueue({ url, ...options, signal, note });
      note(`work: ends; trained ${counted(finished, "trial")} to the end`);
      return { document: { command: "work", finished } };
    } finally {
      // A server that does not answer keeps a connection open for ever.
      setTimeout(() => process.exit(), 500).unref();
    }
  },
};
