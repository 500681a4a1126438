import type { Metrics } from "../metrics.ts";
import type { Repository } from "../models/repository.ts";
import { openChannel } from "./channel.ts";

/** One of the processes that startProcesses starts. */
export type Member = ReturnType<typeof createMember>;

/** What a process does for all. */
interface Own {
  readonly repository: Pick<Repository, "load" | "unload">;
  readonly metrics: Pick<Metrics, "counts">;
}

/** @param told What to do when all are to end, and when keys are to be read again. */
export function createMember(told: { stop(): void; reload(): Promise<void> | undefined }) {
  let own: Own | undefined;
  const { ask } = openChannel(process, {
    load: ({ name }) => own!.repository.load(name as string),
    unload: ({ name }) => own!.repository.unload(name as string),
    counts: () => own!.metrics.counts(),
    stop: async () => told.stop(),
    reload: async () => told.reload(),
  });
  return {
    /** Lets the others ask for what this process has; returns what does the same in all. */
    join(of: Own) {
      own = of;
      return {
        load: async (name: string) => void (await ask({ do: "load", name })),
        unload: async (name: string) => void (await ask({ do: "unload", name })),
        /** The counts of all of them, as text for Prometheus. */
        metrics: () => ask({ do: "metrics" }) as Promise<string>,
      };
    },
    /** Applies changes and unloads of other processes here, now and in future. */
    async catchUp(): Promise<void> {
      const unloaded = (await ask({ do: "join" })) as string[];
      // All before the next message, which may load one again. Models that are not here are skipped.
      await Promise.allSettled(unloaded.map((name) => own!.repository.unload(name)));
    },
    /** Tells that this process answers. */
    ready: async (about: object) => void (await ask({ do: "ready", about })),
  };
}
