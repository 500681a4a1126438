import { sentence } from "../sentence.ts";
import type { FromSolver, ToSolver } from "./protocol.ts";
import { solveBoth } from "./solve.ts";

// Typed code can compute but not load or send anything, because an address may come from someone else.
for (const name of [
  "fetch",
  "XMLHttpRequest",
  "WebSocket",
  "EventSource",
  "importScripts",
  "indexedDB",
  "caches",
]) {
  Object.defineProperty(globalThis, name, { value: undefined, configurable: false });
}

// Nobody waits for a promise that it makes.
addEventListener("unhandledrejection", (event) => event.preventDefault());

addEventListener("message", ({ data: { number, config } }: MessageEvent<ToSolver>) => {
  const say = (message: FromSolver): void => postMessage(message);
  try {
    say({ number, runs: solveBoth(config) });
  } catch (error) {
    say({ number, failed: sentence(error) });
  }
});
