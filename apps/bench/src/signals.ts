const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Acts on Ctrl-C, on a request to end and on a closed terminal, until what is returned is called. */
export function onSignals(act: () => void): () => void {
  for (const signal of signals) process.on(signal, act);
  return () => {
    for (const signal of signals) process.off(signal, act);
  };
}

/** The exit code of what was interrupted. */
export const interruptedCode = 130;
