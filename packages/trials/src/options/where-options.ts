import { needs, type OptionParser, parser, whole } from "@stiffnet/terminal";
import { type Command, Option } from "commander";
import { isQueueAddress, withoutPassword } from "../queue/address.ts";
import type { Shard } from "../run/shard.ts";

export interface QueueOptions {
  /** Address of a Redis server. */
  readonly queue?: string;
  /** A worker that is silent for so many seconds loses its trial to another worker. */
  readonly lostAfter: number;
}

/** Redis servers as --queue names them. */
export const redisAddress: OptionParser<string> = parser(
  "the address of a Redis server, as redis://host:port or redis://:password@host:port/database",
  "redis://localhost:6379",
  (text) => (isQueueAddress(text) ? text : undefined),
  withoutPassword,
);

export const part: OptionParser<Shard> = parser(
  "a part i/n of a study with i from 1 to n, as in 2/3",
  "2/3",
  (text) => {
    const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text);
    const [index, of] = [Number(match?.[1]), Number(match?.[2])];
    return index >= 1 && index <= of ? { index, of } : undefined;
  },
);

/** Options of what is trained through a queue; what trains here alone conflicts with it. */
export function addQueueOptions(command: Command, conflicts: string[]): Command {
  command
    .addOption(
      new Option(
        "--queue <url>",
        "train on other machines: each 'stiffnet-bench work' takes trainings from this Redis server, as in redis://host:6379",
      )
        .argParser(redisAddress)
        .conflicts(conflicts),
    )
    .option(
      "--lost-after <seconds>",
      "with --queue: a worker that is silent for this time loses its training to another worker",
      whole(2, 3600),
      30,
    );
  return needs(command, "--lost-after", "--queue", "only workers of a queue can be lost");
}

/** Options of a study that is trained on more than one machine. */
export function addWhereOptions(command: Command): Command {
  return addQueueOptions(command, ["shard", "workers"]).option(
    "--shard <i/n>",
    "train part i of n, into OUT/shard-i-of-n; 'stiffnet-bench merge OUT' joins the parts",
    part,
  );
}
