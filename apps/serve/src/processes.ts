import cluster, { type Worker } from "node:cluster";
import { fileURLToPath } from "node:url";
import { AggregatorRegistry } from "prom-client";
import type { Calls } from "./calls.ts";
import { openChannel } from "./channel.ts";
import { unavailable } from "./errors.ts";

/** Set in the processes that are started here. */
export const memberVariable = "STIFFNET_SERVE_PROCESS";

export interface Processes {
  /** What the first process told about itself. */
  readonly about: object;
  /** Process ids. */
  readonly pids: readonly number[];
  /** Lets all answer what they accepted, and end. Resolves with the exit code. */
  stop(): Promise<number>;
  /** Ends all at once. */
  kill(): void;
}

interface Member {
  readonly worker: Worker;
  readonly calls: Calls;
  /** Whether it hears of changes. */
  joined: boolean;
}

const script = fileURLToPath(new URL("../bin/stiffnet-serve.js", import.meta.url));

/** Starts processes that answer on the same port, each with all models: Node's HTTP server is a single thread. One that stops is replaced.
 *  Resolves when all of them answer, or with the exit code of one that cannot start, which has said why. */
export async function startProcesses(count: number, argv: readonly string[]): Promise<Processes | number> {
  cluster.setupPrimary({ exec: script, args: [...argv] });
  const members = new Map<number, Member>();
  const unloaded = new Set<string>();
  let stopping = false;
  let last: Promise<unknown> = Promise.resolve();

  /** Changes are made in all processes one after the other, in the one that asks first: it may find that there is nothing to load. */
  function everywhere(change: "load" | "unload", name: string, asking: Calls): Promise<void> {
    const done = last.then(async () => {
      await asking.call({ do: change, name });
      if (change === "load") unloaded.delete(name);
      else unloaded.add(name);
      const others = [...members.values()].filter(({ calls, joined }) => joined && calls !== asking);
      const outcomes = await Promise.allSettled(others.map(({ calls }) => calls.call({ do: change, name })));
      // One that has not got the model, or is gone, has nothing to unload.
      const failure = outcomes.find(({ status }) => status === "rejected");
      if (change === "load" && failure) throw (failure as PromiseRejectedResult).reason;
    });
    last = done.catch(() => {});
    return done;
  }

  async function metrics(): Promise<string> {
    const joined = [...members.values()].filter((member) => member.joined);
    const outcomes = await Promise.allSettled(joined.map(({ calls }) => calls.call({ do: "counts" })));
    const counts = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    return AggregatorRegistry.aggregate(counts as object[]).metrics();
  }

  /** Resolves when it answers, or with the exit code. */
  function start(index: number, failures: number): Promise<object | number> {
    return new Promise((resolve) => {
      const worker = cluster.fork({ [memberVariable]: `${index}` });
      let answers = false;
      const calls = openChannel(worker, {
        join: async () => {
          await last;
          member.joined = true;
          return [...unloaded];
        },
        ready: async ({ about }) => {
          answers = true;
          resolve(about as object);
        },
        load: ({ name }) => everywhere("load", name as string, calls),
        unload: ({ name }) => everywhere("unload", name as string, calls),
        metrics,
      });
      const member: Member = { worker, calls, joined: false };
      members.set(index, member);
      worker.once("exit", (code, signal) => {
        members.delete(index);
        calls.lose(unavailable("a process of this server stopped; try again"));
        resolve(code ?? 1);
        if (stopping || !(started || answers)) return;
        process.stderr.write(
          `stiffnet-serve: process ${worker.process.pid} stopped (${signal ?? `exit code ${code}`}); another one starts\n`,
        );
        const again = answers ? 0 : failures + 1;
        setTimeout(() => stopping || start(index, again), Math.min(5000, 100 * again ** 2));
      });
    });
  }

  let started = false;
  function kill(): void {
    stopping = true;
    for (const { worker } of members.values()) worker.process.kill("SIGKILL");
  }

  // Whatever is wrong with the models or the port is said once.
  const about = await start(0, 0);
  if (typeof about === "number") return about;
  const others = await Promise.all(Array.from({ length: count - 1 }, (_, k) => start(k + 1, 0)));
  const wrong = others.find((outcome) => typeof outcome === "number");
  if (wrong !== undefined) {
    kill();
    return wrong as number;
  }
  started = true;
  return {
    about,
    pids: [...members.values()].map(({ worker }) => worker.process.pid!),
    async stop() {
      stopping = true;
      const ended = [...members.values()].map(({ worker, calls }) => {
        calls.call({ do: "stop" }).catch(() => {});
        return new Promise<number>((resolve) => worker.once("exit", (code) => resolve(code ?? 1)));
      });
      return Math.max(0, ...(await Promise.all(ended)));
    },
    kill,
  };
}
