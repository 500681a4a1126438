import { openChannel } from "./channel.ts";

/** Services of one process for all. */
export interface Own {
  load(name: string): Promise<void>;
  unload(name: string): Promise<void>;
  /** Its counts, for prom-client to add up. */
  counts(): Promise<object[]>;
}

/** Services of all processes together. */
export interface Shared {
  load(name: string): Promise<void>;
  unload(name: string): Promise<void>;
  /** The counts of all of them, as text for Prometheus. */
  metrics(): Promise<string>;
}

/** The other processes on the same port. */
export interface Siblings {
  /** Lets the others ask for what this process has; returns what does the same in all. */
  join(own: Own): Shared;
}

/** One of the processes that processes.ts starts. */
export interface Member extends Siblings {
  /** Applies changes and unloads of other processes here, now and in future. */
  catchUp(): Promise<void>;
  /** Tells that this process answers. */
  ready(about: object): Promise<void>;
}

/** @param told What to do when all are to end, and when keys are to be read again. */
export function createMember(told: { stop(): void; reload(): Promise<void> | undefined }): Member {
  let own: Own | undefined;
  const { ask } = openChannel(process, {
    load: ({ name }) => own!.load(name as string),
    unload: ({ name }) => own!.unload(name as string),
    counts: () => own!.counts(),
    stop: async () => told.stop(),
    reload: async () => told.reload(),
  });
  return {
    join(of) {
      own = of;
      return {
        load: async (name) => void (await ask({ do: "load", name })),
        unload: async (name) => void (await ask({ do: "unload", name })),
        metrics: () => ask({ do: "metrics" }) as Promise<string>,
      };
    },
    async catchUp() {
      const unloaded = (await ask({ do: "join" })) as string[];
      // All before the next message, which may load one again. Models that are not here are skipped.
      await Promise.allSettled(unloaded.map((name) => own!.unload(name)));
    },
    ready: async (about) => void (await ask({ do: "ready", about })),
  };
}
