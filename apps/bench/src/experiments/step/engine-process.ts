import { fileURLToPath } from "node:url";
import { JsonProcess } from "../../peers/json-process.ts";
import type { EngineRequest, PrepareRequest } from "./engine-protocol.ts";
import type { PythonWithTorch } from "./torch-environment.ts";

/** An engine in a process of its own that answers one request at a time. */
export class EngineProcess {
  readonly engine: PrepareRequest["engine"];
  readonly #process: JsonProcess;

  constructor(engine: PrepareRequest["engine"], python: PythonWithTorch | undefined) {
    this.engine = engine;
    const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
    this.#process = engine.startsWith("torch")
      ? new JsonProcess(python!.command, [pathOf("../../../peers/torch_step.py")], python!.environment)
      : new JsonProcess(process.execPath, [pathOf("./engine-main.js")], process.env);
  }

  /** Rejects with the engine's own one-line message. */
  ask<T>(request: EngineRequest): Promise<T> {
    return this.#process.ask(request);
  }

  stop(): void {
    this.#process.stop();
  }
}
