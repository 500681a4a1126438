import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { counted } from "@stiffnet/base";
import { BenchError, isExpected, oneLine } from "@stiffnet/terminal";
import { Queue, Worker } from "bullmq";
import type { Redis } from "ioredis";
import { loadData, type StudyData } from "../data/kinds.ts";
import { difference, type Versions, versionsOfTraining } from "../run/arithmetic.ts";
import type { TrialRecord } from "../run/record.ts";
import { withoutPassword } from "./address.ts";
import { asRefusal, connect } from "./connection.ts";
import { aborted, pause } from "./pause.ts";
import {
  erase,
  lockTimes,
  mostLosses,
  type Notice,
  noticeKey,
  prefix,
  prolong,
  studies,
  type TrialJob,
} from "./wire.ts";
import { Workbench } from "./workbench.ts";

const lookMilliseconds = 500;
/** A study off the list for so long has ended. A server that restarts has it back sooner. */
const leftMilliseconds = 4000;
/** Time to hand trials back when the worker must stop. */
const farewellMilliseconds = 3000;

export interface WorkOptions {
  readonly url: string;
  readonly workers: number;
  /** End after so many seconds without a study. Default: never. */
  readonly exitWhenIdle?: number;
  readonly signal: AbortSignal;
  readonly note: (text: string) => void;
}

/** Serves the studies of a Redis server, the oldest first, until the signal. Returns how many trials it
 *  finished. */
export async function serveQueue(options: WorkOptions): Promise<number> {
  const { url, signal, note, exitWhenIdle = Number.POSITIVE_INFINITY } = options;
  const redis = await connect(url, note);
  try {
    const versions = await versionsOfTraining();
    note(
      `work: trains ${counted(options.workers, "network")} at a time from ${withoutPassword(url)}; Ctrl-C returns them`,
    );
    const stopped = aborted(signal);
    let finished = 0;
    let idleSince = performance.now();
    while (!signal.aborted) {
      const next = await Promise.race([nextStudy(redis), stopped]);
      if (next !== undefined) {
        const data = await requireServable(next, versions);
        finished += await serveStudy(redis, next, data, options);
        idleSince = performance.now();
      } else if (performance.now() - idleSince > 1000 * exitWhenIdle) break;
      else await pause(lookMilliseconds, signal);
    }
    return finished;
  } catch (error) {
    throw asRefusal(error, url);
  } finally {
    redis.disconnect();
  }
}

interface OpenStudy {
  readonly name: string;
  readonly notice: Notice;
  readonly waiting: number;
  readonly active: number;
}

/** The oldest study with trials to take, else the oldest with trials that others train: they may be lost. */
async function nextStudy(redis: Redis): Promise<OpenStudy | undefined> {
  const found: OpenStudy[] = [];
  for (const name of await redis.smembers(studies)) {
    const text = await redis.get(noticeKey(name));
    if (text === null) await redis.srem(studies, name);
    else found.push({ name, notice: JSON.parse(text), ...(await countJobs(redis, name)) });
  }
  found.sort((a, b) => a.notice.since - b.notice.since);
  return found.find(({ waiting }) => waiting > 0) ?? found.find(({ active }) => active > 0);
}

async function countJobs(redis: Redis, study: string): Promise<Pick<OpenStudy, "waiting" | "active">> {
  const queue = new Queue(study, { connection: redis, prefix, skipMetasUpdate: true });
  try {
    const { wait = 0, active = 0 } = await queue.getJobCounts("wait", "active");
    return { waiting: wait, active };
  } finally {
    await queue.close();
  }
}

/** The data of a study. A worker that would compute other bits, or has no data to compute from, says so and
 *  takes nothing. */
async function requireServable({ notice }: OpenStudy, versions: Versions): Promise<StudyData> {
  const { config } = notice;
  const found = difference(notice.versions, versions);
  if (found !== undefined) {
    throw new BenchError(
      `a study of '${config.command}' was put on the queue ${found}; use the same version on all machines`,
    );
  }
  try {
    return await loadData(config.data, config.seed);
  } catch (error) {
    if (!isExpected(error)) throw error;
    throw new BenchError(
      `a study of '${config.command}' is on the queue, but this worker does not have its data: ${oneLine(error)}; start it on a machine that has the file under the same path`,
    );
  }
}

async function serveStudy(
  redis: Redis,
  study: OpenStudy,
  data: StudyData,
  options: WorkOptions,
): Promise<number> {
  const { signal, note, workers } = options;
  const { config, lostAfter } = study.notice;
  const scratch = mkdtempSync(join(tmpdir(), "stiffnet-work-"));
  mkdirSync(join(scratch, "checkpoints"));
  note(`work: serves a study of '${config.command}' (${study.name.slice(0, 8)})`);
  const bench = new Workbench(redis, study.name, { config, data, scratch, note });
  const worker = new Worker<TrialJob, TrialRecord>(study.name, bench.process, {
    connection: redis,
    prefix,
    name: `${hostname()}:${process.pid}`,
    concurrency: workers,
    maxStalledCount: mostLosses,
    drainDelay: 1,
    runRetryDelay: 500,
    ...lockTimes(lostAfter),
  });
  worker.on("error", () => {});
  // The study may be away.
  worker.on("completed", () => void prolong(redis, study.name).catch(() => {}));
  // The trial has been given to another worker, or the server has forgotten it.
  worker.on("lockRenewalFailed", (jobs: string[]) => {
    for (const id of jobs) bench.stop(id);
  });
  try {
    await Promise.race([untilLeft(redis, study.name, bench, signal), bench.refused, aborted(signal)]);
    return bench.finished;
  } finally {
    const closed = worker.close();
    bench.stopAll();
    await Promise.race([closed.then(() => sweep(redis, study.name)), pause(farewellMilliseconds)]);
    note(`work: leaves the study (${study.name.slice(0, 8)})`);
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** The last words of a worker may have come after the study had cleaned up. */
async function sweep(redis: Redis, study: string): Promise<void> {
  if ((await redis.exists(noticeKey(study))) === 0) await erase(redis, study);
}

/** Until the study is off the list, or there is nothing to do for it while another one waits. */
async function untilLeft(
  redis: Redis,
  study: string,
  bench: { readonly busy: boolean },
  signal: AbortSignal,
): Promise<void> {
  let seen = performance.now();
  while (!signal.aborted) {
    await pause(lookMilliseconds, signal);
    if ((await redis.sismember(studies, study)) === 1) seen = performance.now();
    else if (performance.now() - seen > leftMilliseconds || !bench.busy) return;
    if (!bench.busy && (await nextStudy(redis))?.name !== study) return;
  }
}
