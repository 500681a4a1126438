import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { EngineRequest, StepEngine } from "./engine_protocol.ts";
import type { PythonWithTorch } from "./torch_environment.ts";

/** An engine in a process of its own that answers one request at a time. */
export class EngineProcess {
  readonly engine: StepEngine;
  readonly #child: ChildProcess;
  #waiting: ((answer: Record<string, unknown>) => void) | undefined;
  #complaints = "";

  constructor(engine: StepEngine, python: PythonWithTorch | undefined) {
    this.engine = engine;
    const [command, args, env] = engine.startsWith("torch")
      ? [
          python!.command,
          [fileURLToPath(new URL("../../peers/torch_step.py", import.meta.url))],
          python!.environment,
        ]
      : [process.execPath, [fileURLToPath(new URL("./engine_main.js", import.meta.url))], process.env];
    this.#child = spawn(command, args, { stdio: ["pipe", "pipe", "pipe"], env });
    this.#child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      this.#complaints = (this.#complaints + text).slice(-2000);
    });
    this.#child.stdin!.on("error", () => {});
    createInterface({ input: this.#child.stdout! }).on("line", (line) => {
      if (line.startsWith("{")) this.#answer(JSON.parse(line));
    });
    const gone = (what: string): void => this.#answer({ error: `${what}: ${lastLine(this.#complaints)}` });
    this.#child.on("error", (error) => gone(error.message));
    this.#child.on("exit", (code, signal) => gone(`the process ended (${signal ?? code})`));
  }

  /** Rejects with the engine's own one-line message. */
  async ask<T>(request: EngineRequest): Promise<T> {
    const answer = await new Promise<Record<string, unknown>>((resolve) => {
      this.#waiting = resolve;
      if (this.#child.exitCode !== null)
        this.#answer({ error: `the process ended (${this.#child.exitCode})` });
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

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
