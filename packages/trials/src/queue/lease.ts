import { hostname } from "node:os";
import { BenchError } from "@stiffnet/terminal";
import type { Redis } from "ioredis";
import { isAlive, type Owner } from "../run/folder.ts";
import { pause } from "./pause.ts";
import { ownerKey } from "./wire.ts";

/** How long an owner that was killed stands in the way on another host. */
const leaseMilliseconds = 10_000;

export interface Lease {
  /** Also where the server has forgotten it. */
  renew(): Promise<unknown>;
  release(): Promise<void>;
}

/** Only one process at a time collects a study's trials from the queue. A lease expires unless it is renewed.
 *  If its process ran on this host and was killed, another process takes it immediately. */
export async function takeLease(redis: Redis, study: string, signal: AbortSignal): Promise<Lease> {
  const key = ownerKey(study);
  const mine = JSON.stringify({ pid: process.pid, host: hostname() } satisfies Owner);
  const end = performance.now() + leaseMilliseconds + 1000;
  while (!signal.aborted) {
    const taken = await redis.set(key, mine, "PX", leaseMilliseconds, "NX");
    if (taken !== null) break;
    const text = await redis.get(key);
    const owner: Owner | undefined = text === null ? undefined : JSON.parse(text);
    const here = owner?.host === hostname();
    if (owner !== undefined && here && !isAlive(owner)) await redis.del(key);
    else if (owner !== undefined && (here || performance.now() > end)) {
      throw new BenchError(
        `the queue: the same study is already run by process ${owner.pid} on ${owner.host}; wait for it, or let that one collect the results`,
      );
    } else await pause(500, signal);
  }
  return {
    renew: () => redis.set(key, mine, "PX", leaseMilliseconds),
    async release() {
      if ((await redis.get(key)) === mine) await redis.del(key);
    },
  };
}
