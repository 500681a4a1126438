import { existsSync, readFileSync } from "node:fs";
import { writeWhole } from "@stiffnet/base/files";
import type { Redis } from "ioredis";
import { Checkpoint } from "../run/checkpoint.ts";
import { checkpointKey, lifetimeSeconds } from "./wire.ts";

/** Copies checkpoints between folders through Redis. A trial's state and history are one hash, which is
 *  replaced as a whole, so that a reader can always resume from it. */
export class SharedCheckpoints {
  readonly #redis: Redis;
  readonly #study: string;
  /** The results folder of the study or worker. */
  readonly #folder: string;

  constructor(redis: Redis, study: string, folder: string) {
    this.#redis = redis;
    this.#study = study;
    this.#folder = `${folder}/checkpoints`;
  }

  /** Puts a folder's checkpoint into Redis; returns its epoch and its size in bytes, zeros where there is
   *  none. */
  async push(trial: string): Promise<{ epoch: number; bytes: number }> {
    const { state, history } = this.#files(trial);
    if (!existsSync(state) || !existsSync(history)) return { epoch: 0, bytes: 0 };
    const epoch = new Checkpoint(this.#folder, trial).epoch();
    // The state first: a history may be ahead of its state, not behind.
    const content = { state: readFileSync(state), history: readFileSync(history) };
    const key = checkpointKey(this.#study, trial);
    await this.#redis
      .multi()
      .del(key)
      .hset(key, { epoch: String(epoch), ...content })
      .expire(key, lifetimeSeconds)
      .exec();
    return { epoch, bytes: content.state.length + content.history.length };
  }

  /** Brings a checkpoint from Redis to the folder where it is further than the one there; returns the
   *  folder's epoch then. */
  async pull(trial: string): Promise<number> {
    const here = new Checkpoint(this.#folder, trial).epoch();
    const key = checkpointKey(this.#study, trial);
    const there = Number(await this.#redis.hget(key, "epoch"));
    if (there <= here) return here;
    const { state, history } = await this.#redis.hgetallBuffer(key);
    if (state === undefined || history === undefined) return here;
    const files = this.#files(trial);
    writeWhole(files.history, history);
    writeWhole(files.state, state);
    return new Checkpoint(this.#folder, trial).epoch();
  }

  async drop(trial: string): Promise<void> {
    await this.#redis.unlink(checkpointKey(this.#study, trial));
  }

  #files(trial: string): { state: string; history: string } {
    return {
      state: `${this.#folder}/${trial}.state`,
      history: `${this.#folder}/${trial}.history.jsonl`,
    };
  }
}
