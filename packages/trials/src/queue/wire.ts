import type { Redis } from "ioredis";
import { identityOf, type StudyConfig, type TrialSpec } from "../configuration/config.ts";
import type { Versions } from "../run/arithmetic.ts";

// Shared by the study's process and the workers. A study's queue is named after its identity, so that studies
// never mix. Jobs are named after the trials, so that each trial exists once.

/** Prefix of BullMQ's keys. */
export const prefix = "stiffnet";
/** Names of the studies that want workers. */
export const studies = "stiffnet-studies";

/** Facts that a worker needs to train any trial of a study. */
export interface Notice {
  readonly config: StudyConfig;
  readonly versions: Versions;
  /** A worker that is silent for so many seconds counts as lost. */
  readonly lostAfter: number;
  /** When the study came to the queue, in milliseconds since 1970: the oldest is served first. */
  readonly since: number;
}

export interface TrialJob {
  readonly spec: TrialSpec;
}

/** How far a trial is, told by its worker. */
export interface TrialProgress {
  readonly epoch: number;
  readonly riskTrain: number;
  /** Epoch of the last checkpoint in Redis. */
  readonly saved: number;
}

export function studyName(config: StudyConfig): string {
  return identityOf(config).slice(0, 20);
}

export const noticeKey = (study: string): string => `stiffnet-notice:${study}:`;
export const ownerKey = (study: string): string => `stiffnet-owner:${study}:`;
export const checkpointKey = (study: string, trial: string): string =>
  `stiffnet-checkpoint:${study}:${trial}`;

/** A study that was left alone vanishes from Redis after a week. */
export const lifetimeSeconds: number = 7 * 24 * 3600;

/** A trial whose workers were lost this often is given up. */
export const mostLosses = 3;

/** Half the time to notice that a lock was not renewed, the other half to look twice, as BullMQ does. */
export function lockTimes(lostAfter: number): { lockDuration: number; stalledInterval: number } {
  return { lockDuration: 500 * lostAfter, stalledInterval: 250 * lostAfter };
}

/** All keys of a study, BullMQ's and ours. */
async function keysOf(redis: Redis, study: string): Promise<string[]> {
  const keys = new Set<string>();
  for await (const some of redis.scanStream({ match: `stiffnet*:${study}:*`, count: 1000 })) {
    for (const key of some as string[]) keys.add(key);
  }
  return [...keys];
}

/** Starts the week again. Keys with a short time of their own, such as locks, keep it. */
export async function prolong(redis: Redis, study: string): Promise<void> {
  const keys = [...(await keysOf(redis, study)), studies];
  const left = await Promise.all(keys.map((key) => redis.ttl(key)));
  const lasting = keys.filter((_, i) => left[i] === -1 || left[i]! > lifetimeSeconds / 7);
  await Promise.all(lasting.map((key) => redis.expire(key, lifetimeSeconds)));
}

/** Removes every trace of a study. */
export async function erase(redis: Redis, study: string): Promise<void> {
  await redis.srem(studies, study);
  const keys = await keysOf(redis, study);
  if (keys.length > 0) await redis.unlink(keys);
}
