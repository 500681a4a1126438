/** Time spent on something: by the clock on the wall, and on the processors of this process (all its threads). */
export interface Spent {
  readonly seconds: number;
  readonly processorSeconds: number;
}

export interface Stopwatch {
  readonly spent: Spent;
  start(): void;
  stop(): void;
}

/** Goes on from `before`. */
export function stopwatch(before: Spent = { seconds: 0, processorSeconds: 0 }): Stopwatch {
  let { seconds, processorSeconds } = before;
  let wall = 0;
  let processor = process.cpuUsage();
  return {
    get spent() {
      return { seconds, processorSeconds };
    },
    start() {
      wall = performance.now();
      processor = process.cpuUsage();
    },
    stop() {
      seconds += (performance.now() - wall) / 1000;
      const { user, system } = process.cpuUsage(processor);
      processorSeconds += (user + system) / 1e6;
    },
  };
}
