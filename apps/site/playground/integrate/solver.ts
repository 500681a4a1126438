import type { IntegrateConfig } from "./config.ts";
import type { FromSolver, Run } from "./protocol.ts";
import script from "./worker.ts?worker&url";

/** Milliseconds before a worker that does not answer is ended: each solver has two seconds of its own. */
const patience = 6000;

/** After so many milliseconds a new question ends the question before. */
const queue = 500;

/** Solves in a worker, which is ended and made anew where it does not answer. The last question wins. */
export class Solvers {
  #worker: Worker | undefined;
  #number = 0;
  /** Since when the worker owes an answer. */
  #owes: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #answer: (runs: readonly Run[]) => void;
  readonly #fail: (reason: string) => void;

  constructor(answer: (runs: readonly Run[]) => void, fail: (reason: string) => void) {
    this.#answer = answer;
    this.#fail = fail;
  }

  ask(config: IntegrateConfig): void {
    const number = ++this.#number;
    if (this.#owes !== undefined && performance.now() - this.#owes > queue) this.end();
    this.#owes ??= performance.now();
    this.#worker ??= this.#start();
    this.#worker.postMessage({ number, config: { ...config } });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.end();
      this.#fail(
        `No answer within ${patience / 1000} s: the right-hand side may loop for ever. It was stopped.`,
      );
    }, patience);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#owes = undefined;
  }

  #start(): Worker {
    // Through a blob, which has the page's policy, so that typed code cannot import from other hosts.
    const code = `import ${JSON.stringify(new URL(script, location.href).href)}`;
    const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
    const worker = new Worker(address, { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<FromSolver>) => {
      if (data.number !== this.#number) return;
      URL.revokeObjectURL(address);
      clearTimeout(this.#timer);
      this.#owes = undefined;
      if ("runs" in data) this.#answer(data.runs);
      else this.#fail(data.failed);
    });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.end();
      this.#fail("The worker that solves ended: change anything to start it again.");
    });
    return worker;
  }
}
