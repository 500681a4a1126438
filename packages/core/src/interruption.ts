/** Asks whether a training is to end: a signal arrives only where the event loop turns, which it is let do
 *  every 50 ms. */
export function interruption(signal: AbortSignal | undefined): () => Promise<boolean> {
  let paused = performance.now();
  return async () => {
    if (signal && performance.now() - paused > 50) {
      await turn();
      paused = performance.now();
    }
    return signal?.aborted ?? false;
  };
}

/** Lets the event loop turn once: a message or a signal that waits arrives. In a browser, which has no
 *  setImmediate and makes timers wait, by a message to oneself. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === "function") {
      setImmediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel();
    const arrived = (): void => {
      port1.close();
      resolve();
    };
    // The types are those of Node, whose ports have other ways to listen.
    (port1 as unknown as { onmessage: () => void }).onmessage = arrived;
    port2.postMessage(0);
  });
}
