import { type Job, Queue, Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { TrialSpec } from "../configuration/config.ts";
import { versionsOfTraining } from "../run/arithmetic.ts";
import type { TrialRunner, TrialWork } from "../run/pool.ts";
import type { TrialRecord } from "../run/record.ts";
import { withoutPassword } from "./address.ts";
import { type SharedCheckpoints, sharedCheckpoints } from "./checkpoints.ts";
import { asRefusal, connect } from "./connection.ts";
import { type Lease, takeLease } from "./lease.ts";
import { aborted, pause } from "./pause.ts";
import {
  erase,
  lifetimeSeconds,
  lockTimes,
  mostLosses,
  type Notice,
  noticeKey,
  prefix,
  prolong,
  studies,
  studyName,
  type TrialJob,
  type TrialProgress,
} from "./wire.ts";

const roundMilliseconds = 300;
/** Looking at a trial costs time, too: of many, looks are rarer. */
const millisecondsPerTrial = 5;
const prolongMilliseconds = 60_000;
/** How long the queue may lie idle before the user is told that it takes workers. */
const idleMilliseconds = 5000;
/** For the last words to Redis: Ctrl-C is to end the whole within a second. */
const farewellMilliseconds = 300;

/** Trains by way of a Redis server: puts the trials there and collects what the workers send back. Refuses
 *  now what cannot be reached. */
export async function queueRunner(url: string, lostAfter: number): Promise<TrialRunner> {
  (await connect(url)).disconnect();
  return (work) => collectTrials(url, lostAfter, work);
}

async function collectTrials(url: string, lostAfter: number, work: TrialWork): Promise<void> {
  const { config, signal, events } = work;
  const redis = await connect(url, events.note);
  const study = studyName(config);
  const collection = new Collection(redis, study, work, withoutPassword(url), lostAfter);
  try {
    const lease = await takeLease(redis, study, signal);
    const notice = { config, versions: await versionsOfTraining(), lostAfter, since: Date.now() };
    const rounds = collection.run(lease, notice);
    await Promise.race([rounds, aborted(signal)]);
    if (signal.aborted) await Promise.race([rounds.catch(() => {}), pause(farewellMilliseconds)]);
  } catch (error) {
    throw asRefusal(error, url);
  } finally {
    const closed = collection.close();
    await (collection.open === 0 ? closed : Promise.race([closed, pause(farewellMilliseconds)]));
    redis.disconnect();
  }
}

/** The study's side of the queue. Every round reads the state of the queue again. So an emptied server is
 *  filled again, and an earlier run of the study is continued. */
class Collection {
  readonly #redis: Redis;
  readonly #study: string;
  readonly #work: TrialWork;
  readonly #shownUrl: string;
  readonly #open: Map<string, TrialSpec>;
  readonly #queue: Queue<TrialJob, TrialRecord>;
  /** Takes no jobs. It returns the jobs of lost workers to the queue, even if no worker is left. */
  readonly #watch: Worker;
  readonly #checkpoints: SharedCheckpoints;
  readonly #saved = new Map<string, number>();
  readonly #losses = new Map<string, number>();
  #lease: Lease | undefined;
  #idleSince = performance.now();
  #prolonged = Number.NEGATIVE_INFINITY;

  constructor(redis: Redis, study: string, work: TrialWork, url: string, lostAfter: number) {
    this.#redis = redis;
    this.#study = study;
    this.#work = work;
    this.#shownUrl = url;
    this.#open = new Map(work.specs.map((spec) => [spec.id, spec]));
    this.#checkpoints = sharedCheckpoints(redis, study, work.folder);
    this.#queue = new Queue(study, { connection: redis, prefix });
    this.#watch = new Worker(study, null, {
      connection: redis,
      prefix,
      autorun: false,
      maxStalledCount: mostLosses,
      ...lockTimes(lostAfter),
    });
    // Their errors are outages, which the connection reports.
    this.#queue.on("error", () => {});
    this.#watch.on("error", () => {});
  }

  /** Trials that have neither ended nor failed. */
  get open(): number {
    return this.#open.size;
  }

  async run(lease: Lease, notice: Notice): Promise<void> {
    const { signal } = this.#work;
    this.#lease = lease;
    await this.#watch.startStalledCheckTimer();
    while (this.#open.size > 0 && !signal.aborted) {
      await lease.renew();
      await this.#redis
        .multi()
        .set(noticeKey(this.#study), JSON.stringify(notice), "EX", lifetimeSeconds)
        .sadd(studies, this.#study)
        .exec();
      await this.#round();
      await pause(Math.max(roundMilliseconds, millisecondsPerTrial * this.#open.size), signal);
    }
  }

  async #round(): Promise<void> {
    const { signal } = this.#work;
    const specs = [...this.#open.values()];
    const jobs = await Promise.all(specs.map(({ id }) => this.#queue.getJob(id)));
    await this.#add(specs.filter((_, i) => jobs[i] === undefined));
    for (const job of jobs) {
      if (signal.aborted) return;
      if (job === undefined) continue;
      if (job.finishedOn !== undefined) await this.#finish(job);
      else await this.#follow(job);
    }
    await this.#lookForWorkers();
    if (performance.now() - this.#prolonged > prolongMilliseconds) {
      this.#prolonged = performance.now();
      await prolong(this.#redis, this.#study);
    }
  }

  /** Adds trials that the queue lacks, with their checkpoints if the folder has them. */
  async #add(specs: readonly TrialSpec[]): Promise<void> {
    if (specs.length === 0) return;
    for (const { id } of specs) await this.#checkpoints.push(id);
    await this.#queue.addBulk(
      specs.map((spec) => ({ name: spec.id, data: { spec }, opts: { jobId: spec.id } })),
    );
  }

  async #follow(job: Job<TrialJob, TrialRecord>): Promise<void> {
    const id = job.id!;
    const losses = job.stalledCounter;
    if (losses > (this.#losses.get(id) ?? 0)) {
      this.#work.events.note(`${id}: its worker is silent; another worker takes the trial`);
    }
    this.#losses.set(id, losses);
    const progress = job.progress as TrialProgress | 0;
    if (typeof progress !== "object") return;
    this.#work.events.progress(id, progress.epoch, progress.riskTrain);
    if (progress.saved > (this.#saved.get(id) ?? 0)) {
      this.#saved.set(id, await this.#checkpoints.pull(id));
    }
  }

  async #finish(job: Job<TrialJob, TrialRecord>): Promise<void> {
    const id = job.id!;
    const { events, signal } = this.#work;
    const record = job.failedReason === undefined ? job.returnvalue : undefined;
    if (record) {
      const epoch = await this.#checkpoints.pull(id);
      if (signal.aborted) return;
      if (epoch !== record.epochs) {
        events.note(`${id}: Redis has lost its parameters; it is trained again`);
        await job.remove();
        return;
      }
      events.ended(record);
    } else {
      const reason = /stalled more than/.test(job.failedReason!)
        ? `its workers fell silent ${mostLosses + 1} times`
        : job.failedReason!;
      events.failed({ id, reason });
      events.note(`${id}: ${reason}; the trial failed`);
    }
    this.#open.delete(id);
    await job.remove();
    await this.#checkpoints.drop(id);
  }

  async #lookForWorkers(): Promise<void> {
    const now = performance.now();
    if ((await this.#queue.getActiveCount()) > 0) this.#idleSince = now;
    else if (now - this.#idleSince > idleMilliseconds) {
      this.#idleSince = Number.POSITIVE_INFINITY;
      this.#work.events.note(
        `no worker has taken a trial: start some, on any machine, with 'stiffnet-bench work --queue ${this.#shownUrl}'`,
      );
    }
  }

  /** Leaves. Workers save their state and look for another study. Trials in the queue stay for the next
   *  run. */
  async close(): Promise<void> {
    // The watch writes keys of its own now and then. It must be silent before they are erased.
    const silent = Promise.all([this.#watch.close(), this.#queue.close()]);
    if (this.#lease !== undefined) {
      await Promise.all([this.#redis.srem(studies, this.#study), silent]);
      if (this.open === 0) await erase(this.#redis, this.#study);
      else await Promise.all([this.#lease.release(), prolong(this.#redis, this.#study)]);
    }
    await silent;
  }
}
