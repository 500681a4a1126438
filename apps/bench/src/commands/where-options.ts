import { type Command, InvalidArgumentError, Option } from "commander";
import { whole } from "../options.ts";
import { queueAddress } from "../runner/queue/address.ts";
import type { Shard } from "../runner/shard.ts";

export interface QueueOptions {
  /** Address of a Redis server. */
  readonly queue?: string;
  /** Seconds without a sign of life after which a worker's trial goes to another one. */
  readonly lostAfter: number;
}

/** Options of a study that is trained on more than one machine. */
export function addWhereOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--queue <url>",
        "train on other machines: every 'stiffnet work' on this Redis server takes trials, as in redis://host:6379",
      )
        .argParser(address)
        .conflicts(["shard", "workers"]),
    )
    .addOption(
      new Option(
        "--lost-after <seconds>",
        "with --queue: silence after which a worker's trial goes to another",
      )
        .argParser(whole(2, 3600))
        .default(30),
    )
    .addOption(
      new Option(
        "--shard <i/n>",
        "train only part i of n, into OUT/shard-i-of-n; 'stiffnet merge OUT' joins them",
      ).argParser(shard),
    );
}

/** An address as commander reads one. */
export function address(text: string): string {
  try {
    return queueAddress(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function shard(text: string): Shard {
  const match = /^(\d{1,6})\/(\d{1,6})$/.exec(text.trim());
  const [index, of] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || index < 1 || index > of) {
    throw new InvalidArgumentError(
      `'${text}' is not a part of a study, expected i/n with i from 1 to n, as in 2/3.`,
    );
  }
  return { index, of };
}
