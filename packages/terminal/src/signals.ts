import { setMaxListeners } from "node:events";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The exit code of what was interrupted. */
export const interruptedCode = 130;

export interface Stop {
  /** Aborted by the first signal. */
  readonly signal: AbortSignal;
  /** After this call the first signal ends the process, because everything is saved. */
  atOnce(): void;
  /** Signals do what they did before. */
  letGo(): void;
}

/** Makes Ctrl-C, a request to end and a closed terminal ask for an end: the first aborts `signal`, the second
 *  ends the process, after `last`. */
export function stopOnSignals(last: () => void = () => {}): Stop {
  const stop = new AbortController();
  // Many processes may end by it.
  setMaxListeners(0, stop.signal);
  let insisting = false;
  const act = (): void => {
    if (!insisting) {
      insisting = true;
      stop.abort();
      return;
    }
    last();
    process.exit(interruptedCode);
  };
  for (const signal of signals) process.on(signal, act);
  return {
    signal: stop.signal,
    atOnce() {
      insisting = true;
    },
    letGo() {
      for (const signal of signals) process.off(signal, act);
    },
  };
}
