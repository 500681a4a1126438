import { existsSync, readFileSync } from "node:fs";
import { writeWhole } from "@stiffnet/base/files";
import type { Redis } from "ioredis";
import { Checkpoint } from "../run/checkpoint.ts";
import { checkpointKey, lifetimeSeconds } from "./wire.ts";

export interface SharedCheckpoints {
  /** Puts a folder's checkpoint into Redis; returns its epoch and its size in bytes, zeros where there is
   *  none. */
  push(trial: string): Promise<{ epoch: number; bytes: number }>;
  /** Brings a checkpoint from Redis to the folder where it is further than the one there; returns the
   *  folder's epoch then. */
  pull(trial: string): Promise<number>;
  drop(trial: string): Promise<void>;
}

/** Copies checkpoints between Redis and the results folder of the study or worker. A trial's state and
 *  history are one hash, which is replaced as a whole, so that a reader can always resume from it. */
export function sharedCheckpoints(redis: Redis, study: string, results: string): SharedCheckpoints {
  const folder = `${results}/checkpoints`;
  const of = (trial: string): Checkpoint => new Checkpoint(folder, trial);
  return {
    async push(trial) {
      const own = of(trial);
      if (!existsSync(own.state) || !existsSync(own.history)) return { epoch: 0, bytes: 0 };
      const epoch = own.epoch();
      // The state first: a history may be ahead of its state, not behind.
      const content = { state: readFileSync(own.state), history: readFileSync(own.history) };
      const key = checkpointKey(study, trial);
      await redis
        .multi()
        .del(key)
        .hset(key, { epoch: String(epoch), ...content })
        .expire(key, lifetimeSeconds)
        .exec();
      return { epoch, bytes: content.state.length + content.history.length };
    },
    async pull(trial) {
      const own = of(trial);
      const here = own.epoch();
      const key = checkpointKey(study, trial);
      const there = Number(await redis.hget(key, "epoch"));
      if (there <= here) return here;
      const { state, history } = await redis.hgetallBuffer(key);
      if (state === undefined || history === undefined) return here;
      writeWhole(own.history, history);
      writeWhole(own.state, state);
      return own.epoch();
    },
    async drop(trial) {
      await redis.unlink(checkpointKey(study, trial));
    },
  };
}
