import { fileURLToPath } from "node:url";
import { JsonProcess } from "../peers/json-process.ts";
import type { EngineRequest, PrepareRequest } from "./engine-protocol.ts";
import type { PythonEngine } from "./python-engines.ts";

/** An engine in a process of its own that answers one request at a time. */
export class EngineProcess extends JsonProcess<EngineRequest> {
  readonly engine: PrepareRequest["engine"];

  constructor(engine: PrepareRequest["engine"], python: PythonEngine | undefined) {
    const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
    if (python) super(python.command, [pathOf(`../../../peers/${python.script}`)], python.environment);
    else super(process.execPath, [pathOf("./engine-main.js")], process.env);
    this.engine = engine;
  }
}
