import type { Side, TrainConfig } from "./config.ts";
import type { FromWorker, TableColumns, ToWorker, View } from "./protocol.ts";

export interface Point {
  readonly epoch: number;
  readonly riskTrain: number;
  readonly riskTest: number;
  readonly stiffness: number;
}

/** What the page knows of one of its networks. */
export interface NetworkState {
  readonly status: "starting" | "ready" | "running" | "paused" | "finished" | "diverged" | "failed";
  readonly reason: string;
  readonly ready?: Extract<FromWorker, { kind: "ready" }>;
  readonly view?: View;
  readonly history: readonly Point[];
  readonly digest: string;
  readonly seconds: number;
}

const mostPoints = 600;

/** A network in a worker of its own. A worker that dies is reported, and what was seen of it stays. */
export class Network {
  readonly side: Side;
  state: NetworkState = { status: "starting", reason: "", history: [], digest: "", seconds: 0 };
  readonly #worker: Worker;
  readonly #changed: () => void;
  #onnx: ((bytes: Uint8Array) => void) | undefined;

  constructor(side: Side, config: TrainConfig, table: TableColumns | undefined, changed: () => void) {
    this.side = side;
    this.#changed = changed;
    this.#worker = new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => this.#hear(data));
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#set({
        status: "failed",
        reason: `The worker of this network ended${why(event)}. Press Restart.`,
      });
    });
    this.#send({ kind: "start", side, config, ...(table && { table }) });
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

  weigh(weight: number): void {
    this.#send({ kind: "weight", weight });
  }

  onnx(): Promise<Uint8Array> {
    return new Promise((resolve) => {
      this.#onnx = resolve;
      this.#send({ kind: "onnx" });
    });
  }

  end(): void {
    this.#worker.terminate();
  }

  #send(message: ToWorker): void {
    this.#worker.postMessage(message);
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
        this.#set({ status: "failed", reason: message.reason });
        break;
      case "onnx":
        this.#onnx?.(message.bytes);
    }
  }
}

/** With one more point; every second one is dropped when there are too many. */
function extended(history: readonly Point[], { epoch, riskTrain, riskTest, stiffness }: View): Point[] {
  const kept = history.length > mostPoints ? history.filter((_, k) => k % 2 === 0) : history;
  const before = kept.at(-1)?.epoch === epoch ? kept.slice(0, -1) : kept;
  return [...before, { epoch, riskTrain, riskTest, stiffness }];
}

function why({ message }: ErrorEvent): string {
  return message ? ` (${message.split("\n")[0]})` : "";
}
