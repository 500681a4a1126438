import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { BenchError, childEnvironment } from "@stiffnet/terminal";
import { complaintsOf } from "@stiffnet/trials";

/** Answers each JSON line of standard input by one on standard output, until it closes. */
export async function answerLines<Request>(handle: (request: Request) => object | Promise<object>) {
  for await (const line of createInterface({ input: process.stdin })) {
    let answer: object;
    try {
      answer = await handle(JSON.parse(line));
    } catch (error) {
      answer = { error: String(error instanceof Error ? error.message : error).split("\n")[0] };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

/** Asks a script in a process of its own, which ends with the answer or by the signal. `what` names the task
 *  in a complaint. */
export async function askFresh<Answer>(
  script: URL,
  task: object,
  what: string,
  signal: AbortSignal,
): Promise<Answer> {
  const child = new JsonProcess(process.execPath, [fileURLToPath(script)], signal);
  try {
    return await child.ask<Answer>(task);
  } catch (error) {
    throw new BenchError(`${what}: ${(error as Error).message}`, 1);
  } finally {
    child.stop();
  }
}

/** A program that answers one JSON line on standard output for each one on its standard input. The signal
 *  kills it. */
export class JsonProcess<Request extends object = object> {
  readonly #child: ChildProcess;
  #waiting: ((answer: Record<string, unknown>) => void) | undefined;

  constructor(
    command: string,
    args: readonly string[],
    signal: AbortSignal,
    env: Readonly<Record<string, string | undefined>> = childEnvironment(),
  ) {
    this.#child = spawn(command, args, { stdio: "pipe", env, signal, killSignal: "SIGKILL" });
    const complaints = complaintsOf(this.#child);
    this.#child.stdin!.on("error", () => {});
    createInterface({ input: this.#child.stdout! }).on("line", (line) => {
      if (line.startsWith("{")) this.#answer(JSON.parse(line));
    });
    const gone = (what: string): void =>
      this.#answer({ error: `${what}: ${complaints().split("\n").at(-1)}` });
    this.#child.on("error", (error) => gone(error.message));
    this.#child.on("exit", (code, signal) => gone(`the process ended (${signal ?? code})`));
  }

  /** Rejects with the program's own one-line message, its answer's `error`, or with how it ended. */
  async ask<T>(request: Request): Promise<T> {
    const answer = await new Promise<Record<string, unknown>>((resolve) => {
      this.#waiting = resolve;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null)
        this.#answer({ error: `the process ended (${this.#child.signalCode ?? this.#child.exitCode})` });
      else this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    });
    if (typeof answer.error === "string") throw new Error(answer.error);
    return answer as T;
  }

  stop(): void {
    this.#child.stdin!.end();
    this.#child.kill("SIGKILL");
  }

  #answer(answer: Record<string, unknown>): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.(answer);
  }
}
