import cluster, { type Worker } from "node:cluster";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { AggregatorRegistry, Counter, Registry } from "prom-client";
import { unavailable } from "../errors.ts";
import { openChannel } from "./channel.ts";
import type { Questions } from "./questions.ts";

/** Set in the processes that are started here. */
export const memberVariable = "STIFFNET_SERVE_PROCESS";

interface Member {
  readonly worker: Worker;
  readonly questions: Questions;
  /** Whether it hears of changes. */
  joined: boolean;
  /** Its counts at the last request, and the time of that request. */
  counts: readonly Metric[];
  answered: number;
}

/** A metric as prom-client gives it to other processes. */
interface Metric {
  readonly type: string;
}

/** Milliseconds between two questions to a process. A process is replaced after `patience` without answer. */
const interval = 1000;
const patience = 10_000;
/** Milliseconds that a process may take to load a model. */
const loadTime = 60_000;

const script = fileURLToPath(new URL("../../bin/stiffnet-serve.js", import.meta.url));

/** Starts processes that answer on the same port, each with all models: Node's HTTP server is a single
 *  thread. One that stops is replaced. Resolves when all of them answer, with what the first told about
 *  itself, or with the exit code of one that cannot start, which has said why.
 *  @param begin Called with them before the first starts, to pass signals on to them. */
export async function startProcesses(
  count: number,
  argv: readonly string[],
  begin: (processes: Processes) => void,
): Promise<{ readonly processes: Processes; readonly about: object } | number> {
  cluster.setupPrimary({
    exec: script,
    args: [...argv],
    execArgv: [...helperThreads(count), ...process.execArgv],
  });
  const processes = new Processes();
  begin(processes);
  // Whatever is wrong with the models or the port is said once.
  const about = await processes.start(0);
  if (typeof about === "number") return about;
  const others = await Promise.all(Array.from({ length: count - 1 }, (_, k) => processes.start(k + 1)));
  const wrong = others.find((outcome) => typeof outcome === "number");
  if (wrong !== undefined) {
    processes.kill();
    return wrong as number;
  }
  processes.replaceAll = true;
  return { processes, about };
}

/** V8 has four helper threads a process, to collect garbage and compile. If processes share few cores, these
 *  threads delay the threads that answer. A size in NODE_OPTIONS is kept. */
function helperThreads(processes: number): string[] {
  if (process.env.NODE_OPTIONS?.includes(poolSize)) return [];
  return [`${poolSize}=${Math.min(4, Math.max(1, Math.floor(availableParallelism() / processes)))}`];
}

const poolSize = "--v8-pool-size";

class Processes {
  /** Whether also one that never answered is replaced. */
  replaceAll = false;
  private readonly members = new Map<number, Member>();
  private readonly unloaded = new Set<string>();
  private stopping = false;
  private last: Promise<unknown> = Promise.resolve();
  /** Counts of processes that have ended, since counters never go back. */
  private retired: readonly Metric[] = [];
  private readonly register = new Registry();
  private readonly restarts = new Counter({
    name: "stiffnet_process_restarts_total",
    help: "Processes that stopped and were replaced.",
    registers: [this.register],
  });
  private readonly watch = setInterval(() => this.lookAtAll(), interval).unref();

  /** Process ids. */
  get pids(): number[] {
    return [...this.members.values()].map(({ worker }) => worker.process.pid!);
  }

  /** Resolves when it answers, or with the exit code; never after `stop`, which tells the end of all. */
  start(index: number, failures = 0): Promise<object | number> {
    return new Promise((resolve) => {
      const worker = cluster.fork({ [memberVariable]: `${index}` });
      let answers = false;
      const questions = openChannel(worker, {
        join: async () => {
          await this.last;
          member.joined = true;
          member.answered = performance.now();
          return [...this.unloaded];
        },
        ready: async ({ about }) => {
          answers = true;
          if (!this.stopping) resolve(about as object);
        },
        load: ({ name }) => this.everywhere("load", name as string, questions),
        unload: ({ name }) => this.everywhere("unload", name as string, questions),
        metrics: () => this.metrics(),
      });
      const answered = performance.now();
      const member: Member = { worker, questions, joined: false, counts: [], answered };
      this.members.set(index, member);
      worker.once("exit", (code, signal) => {
        this.members.delete(index);
        void this.retire(member.counts);
        questions.lose(unavailable("a process of this server stopped; try again"));
        if (this.stopping) return;
        resolve(code ?? 1);
        if (!(this.replaceAll || answers)) return;
        process.stderr.write(
          `stiffnet-serve: process ${worker.process.pid} stopped (${signal ?? `exit code ${code}`}); another one starts\n`,
        );
        this.restarts.inc();
        const again = answers ? 0 : failures + 1;
        setTimeout(() => this.stopping || this.start(index, again), Math.min(5000, 100 * again ** 2));
      });
    });
  }

  /** Makes a change in the process that asks, and then in all others. The first may find no file to load. */
  private everywhere(change: "load" | "unload", name: string, asking: Questions): Promise<void> {
    const done = this.last.then(async () => {
      await asking.ask({ do: change, name }, loadTime);
      if (change === "load") this.unloaded.delete(name);
      else this.unloaded.add(name);
      const others = this.joined().filter(({ questions }) => questions !== asking);
      const outcomes = await Promise.allSettled(
        others.map(({ questions }) => questions.ask({ do: change, name }, loadTime)),
      );
      // One that has not got the model, or is gone, has nothing to unload.
      const failure = outcomes.find(({ status }) => status === "rejected");
      if (change === "load" && failure) throw (failure as PromiseRejectedResult).reason;
    });
    this.last = done.catch(() => {});
    return done;
  }

  private async metrics(): Promise<string> {
    const members = this.joined();
    await Promise.all(members.map((member) => this.count(member)));
    const own = await this.register.getMetricsAsJSON();
    const all = [own, this.retired, ...members.map(({ counts }) => counts)];
    return AggregatorRegistry.aggregate(all as object[]).metrics();
  }

  /** One that does not answer in time counts with what it last told. */
  private async count(member: Member): Promise<void> {
    try {
      member.counts = (await member.questions.ask({ do: "counts" }, 2 * interval)) as readonly Metric[];
      member.answered = performance.now();
    } catch {}
  }

  private async retire(counts: readonly Metric[]): Promise<void> {
    const kept = counts.filter(({ type }) => type === "counter" || type === "histogram");
    const sum = AggregatorRegistry.aggregate([this.retired, kept] as object[]);
    this.retired = (await sum.getMetricsAsJSON()) as unknown as readonly Metric[];
  }

  /** Ends a process that has not answered for long; another one takes its place. */
  private lookAtAll(): void {
    for (const member of this.joined()) {
      void this.count(member);
      if (performance.now() - member.answered < patience) continue;
      process.stderr.write(
        `stiffnet-serve: process ${member.worker.process.pid} has not answered for ${patience / 1000} s\n`,
      );
      member.worker.process.kill("SIGKILL");
    }
  }

  private joined(): Member[] {
    return [...this.members.values()].filter(({ joined }) => joined);
  }

  /** Lets all answer what they accepted, and end. Resolves with the exit code. */
  async stop(): Promise<number> {
    this.stopping = true;
    clearInterval(this.watch);
    const ended = [...this.members.values()].map(({ worker, questions, joined }) => {
      // One that has not begun to listen answers nobody, and may not hear a message yet.
      if (joined) questions.ask({ do: "stop" }).catch(() => {});
      else worker.process.kill("SIGKILL");
      return new Promise<number>((resolve) =>
        worker.once("exit", (code) => resolve(joined ? (code ?? 1) : 0)),
      );
    });
    return Math.max(0, ...(await Promise.all(ended)));
  }

  /** Lets all read their keys again, also those that are starting and may have read the old ones. */
  async reload(): Promise<void> {
    const members = [...this.members.values()];
    const asked = members.map(({ questions }) => questions.ask({ do: "reload" }, loadTime));
    await Promise.allSettled(asked);
  }

  /** Ends all at once. */
  kill(): void {
    this.stopping = true;
    for (const { worker } of this.members.values()) worker.process.kill("SIGKILL");
  }
}
