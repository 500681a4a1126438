import { fileURLToPath } from "node:url";
import { childEnvironment } from "@stiffnet/terminal";
import { JsonProcess } from "../peers/json-process.ts";
import type { EngineRequest, PrepareRequest } from "./engine-protocol.ts";
import type { PythonEngine } from "./python-engines.ts";

/** An engine in a process of its own that answers one request at a time. */
export class EngineProcess extends JsonProcess<EngineRequest> {
  readonly engine: PrepareRequest["engine"];

  constructor(engine: PrepareRequest["engine"], python: PythonEngine | undefined) {
    const own = fileURLToPath(new URL("./engine-main.js", import.meta.url));
    if (python) super(python.command, [python.script], python.environment);
    else super(process.execPath, [own], childEnvironment());
    this.engine = engine;
  }
}
