import {
  addComputing,
  addWorkers,
  type CommandDefinition,
  note,
  stopOnSignals,
  whole,
} from "@stiffnet/terminal";
import { redisAddress } from "@stiffnet/trials";

interface WorkCommandOptions {
  readonly queue: string;
  readonly workers: number;
  readonly exitWhenIdle?: number;
}

export const workCommand: CommandDefinition<WorkCommandOptions> = {
  help: `One on each machine, before or after the study begins. Each needs the same version of stiffnet, and a table that the
study trains on under the same path. What a worker that dies has trained goes on elsewhere from its last checkpoint;
a worker that is told to end (Ctrl-C, SIGTERM) hands its trials back within seconds and exits with code 0.

Examples:
  $ stiffnet-bench work --queue redis://10.0.0.1:6379
  $ stiffnet-bench work --queue redis://:password@10.0.0.1:6379/2 --workers 8 --exit-when-idle 60
  $ stiffnet-bench study --preset paper --queue redis://10.0.0.1:6379        anywhere else`,
  declare(command) {
    command
      .requiredOption("--queue <url>", "the Redis server, as in redis://host:6379", redisAddress)
      .option(
        "--exit-when-idle <seconds>",
        "end when no study has been on the queue for so long (default: wait for the next one)",
        whole(0, 1e6),
      );
    addComputing(addWorkers(command));
  },
  async run({ queue: url, ...options }) {
    const { signal } = stopOnSignals();
    const { serveQueue } = await import("@stiffnet/trials/queue");
    try {
      const finished = await serveQueue({ url, ...options, signal, note });
      note(`work: ends; trained ${finished} ${finished === 1 ? "trial" : "trials"} to the end`);
      return { document: { command: "work", finished } };
    } finally {
      // A server that does not answer keeps a connection open for ever.
      setTimeout(() => process.exit(), 500).unref();
    }
  },
};
