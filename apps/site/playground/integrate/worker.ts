import { sentence } from "../sentence.ts";
import type { FromSolver, ToSolver } from "./protocol.ts";
import { solveBoth } from "./solve.ts";

// What is typed computes, and asks nobody: an address may have been written by another.
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
