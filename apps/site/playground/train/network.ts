import type { Side, TrainConfig } from "./config.ts";
import type { FromWorker, Shown, TableColumns, ToWorker, View } from "./protocol.ts";

/** State of one of the page's networks. */
export interface NetworkState {
  readonly status: "starting" | "ready" | "running" | "paused" | "finished" | "diverged" | "failed";
  readonly reason: string;
  readonly ready?: Extract<FromWorker, { kind: "ready" }>;
  readonly view?: View;
  /** Without what is drawn of single layers. */
  readonly history: readonly Pick<View, "epoch" | "errorTrain" | "errorTest" | "radius">[];
  readonly digest: string;
  readonly seconds: number;
}

/** After so many milliseconds of silence the worker counts as dead: a worker can end silently. */
const patience = 15_000;

/** A network in a worker of its own. A worker that dies is reported, and what was seen of it stays. */
export class Network {
  readonly side: Side;
  state: NetworkState = { status: "starting", reason: "", history: [], digest: "", seconds: 0 };
  readonly #worker: Worker;
  readonly #changed: () => void;
  /** Callers that wait for the network as bytes, answered in their order. */
  #waiting: { readonly give: (bytes: Uint8Array) => void; readonly fail: (error: Error) => void }[] = [];
  #missed: ReturnType<typeof setTimeout> | undefined;

  constructor(
    start: { side: Side; config: TrainConfig; shown: Shown; table?: TableColumns | undefined },
    changed: () => void,
  ) {
    this.side = start.side;
    this.#changed = changed;
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#hear(data));
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#fail(
        this.state.ready
          ? `The worker of this network ended${why(event)}. Press Restart.`
          : "The code that trains could not be loaded. Check your connection, then press Restart.",
      );
    });
    this.#send({ kind: "start", ...start });
  }

  go(): void {
    if (!["ready", "paused"].includes(this.state.status)) return;
    this.#set({ status: "running" });
    this.#send({ kind: "go" });
  }

  pause(): void {
    if (this.state.status === "running") this.#send({ kind: "pause" });
  }

  step(): void {
    if (["ready", "paused"].includes(this.state.status)) this.#send({ kind: "step" });
  }

  show(shown: Shown): void {
    this.#send({ kind: "show", shown });
  }

  onnx(): Promise<Uint8Array> {
    return new Promise((give, fail) => {
      this.#waiting.push({ give, fail });
      this.#send({ kind: "onnx" });
    });
  }

  end(): void {
    clearTimeout(this.#missed);
    this.#worker.terminate();
  }

  #fail(reason: string): void {
    clearTimeout(this.#missed);
    for (const { fail } of this.#waiting.splice(0)) fail(new Error(reason));
    this.#set({ status: "failed", reason });
  }

  /** The next message removes the complaint about silence. */
  #miss(): void {
    const { status } = this.state;
    const silent = `No answer for ${patience / 1000} s: an epoch takes long, or the worker of this network has ended. The results so far stay. Restart starts over.`;
    if (this.state.reason === silent) this.#set({ reason: "" });
    clearTimeout(this.#missed);
    if (status === "starting" || status === "running" || this.#waiting.length > 0)
      this.#missed = setTimeout(() => this.#set({ reason: silent }), patience);
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
    this.#miss();
  }

  #set(part: Partial<NetworkState>): void {
    this.state = { ...this.state, ...part };
    this.#changed();
  }

  #hear(message: FromWorker): void {
    switch (message.kind) {
      case "ready":
        this.#set({ status: "ready", ready: message });
        break;
      case "view":
        this.#set({ view: message.view, history: extended(this.state.history, message.view) });
        break;
      case "paused":
        this.#set({ status: "paused" });
        break;
      case "ended": {
        const { status, digest, seconds } = message;
        const reason = status === "diverged" ? `It diverged: ${message.reason}.` : "";
        this.#set({ status, reason, digest, seconds });
        break;
      }
      case "failed":
        this.#fail(message.reason);
        break;
      case "onnx":
        this.#waiting.shift()?.give(message.bytes);
    }
    this.#miss();
  }
}

function extended(history: NetworkState["history"], { epoch, errorTrain, errorTest, radius }: View) {
  const before = history.at(-1)?.epoch === epoch ? history.slice(0, -1) : history;
  return [...before, { epoch, errorTrain, errorTest, radius }];
}

function why({ message }: ErrorEvent): string {
  return message ? ` (${message.split("\n")[0]})` : "";
}
