/** Time spent on something: by the clock on the wall, and on the processors of this process (all its
 *  threads). A browser knows only the clock, which is then used for both. */
export interface Spent {
  readonly seconds: number;
  readonly processorSeconds: number;
}

export interface Stopwatch {
  readonly spent: Spent;
  start(): void;
  stop(): void;
  /** Does something without counting it, whether the watch runs or stands. */
  aside<T>(what: () => T): T;
}

/** Goes on from `before`. */
export function stopwatch(before: Spent = { seconds: 0, processorSeconds: 0 }): Stopwatch {
  let { seconds, processorSeconds } = before;
  let wall = 0;
  let processor = 0;
  let running = false;
  return {
    get spent() {
      return { seconds, processorSeconds };
    },
    start() {
      running = true;
      wall = performance.now();
      processor = processorTime();
    },
    stop() {
      running = false;
      seconds += (performance.now() - wall) / 1000;
      processorSeconds += (processorTime() - processor) / 1000;
    },
    aside(what) {
      if (!running) return what();
      this.stop();
      try {
        return what();
      } finally {
        this.start();
      }
    },
  };
}

/** Milliseconds. */
function processorTime(): number {
  if (typeof process !== "object" || typeof process.cpuUsage !== "function") return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
