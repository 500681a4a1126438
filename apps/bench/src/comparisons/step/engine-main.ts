import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { resnet } from "@stiffnet/core";
import { setKernels } from "@stiffnet/terminal";
import {
  type EngineRequest,
  type EngineUnderTest,
  kernelsOf,
  type PrepareRequest,
  reference,
} from "./engine-protocol.ts";
import type { StepProblem } from "./problem.ts";

// The process of one engine: answers requests on standard input until it closes. Idle between rounds, so that
// engines can take turns without disturbing each other.
let engine: EngineUnderTest | undefined;
for await (const line of createInterface({ input: process.stdin })) {
  let answer: object;
  try {
    answer = await handle(JSON.parse(line) as EngineRequest);
  } catch (error) {
    answer = { error: String(error instanceof Error ? error.message : error).split("\n")[0] };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

async function handle(request: EngineRequest): Promise<object> {
  if (request.op === "prepare") {
    engine = await load(request);
    return engine.describe();
  }
  if (engine === undefined) throw new Error("not prepared");
  switch (request.op) {
    case "gradient": {
      const { loss, gradient } = engine.gradient();
      writeFileSync(request.file, gradient);
      return { loss };
    }
    case "train":
      return { losses: engine.train(request.steps) };
    case "round":
      return { ms: round(engine, request.seconds) };
  }
}

function round(steps: EngineUnderTest, seconds: number): number[] {
  const durations: number[] = [];
  const end = performance.now() + 1e3 * seconds;
  for (;;) {
    const begin = performance.now();
    steps.step();
    const now = performance.now();
    durations.push(now - begin);
    if (now >= end) return durations;
  }
}

async function load(request: PrepareRequest): Promise<EngineUnderTest> {
  const problem = readProblem(request);
  if (request.engine === reference) {
    const { loss64, lossDifferences } = await import("./reference.ts");
    const no = (): never => {
      throw new Error("the reference does not train");
    };
    return {
      describe: () => ({ version: "", detail: "core's network in float64" }),
      gradient: () => ({
        loss: loss64(problem, request.model),
        gradient: lossDifferences(problem, request.model),
      }),
      train: no,
      step: no,
    };
  }
  const kernels = kernelsOf(request.engine);
  if (kernels !== undefined) {
    setKernels({ kernels });
    const { stiffnetEngine } = await import("./engine-stiffnet.ts");
    return stiffnetEngine(problem, request);
  }
  const { tensorFlowEngine } = await import("./engine-tfjs.ts");
  return tensorFlowEngine(problem, request);
}

function readProblem(request: PrepareRequest): StepProblem {
  const bytes = readFileSync(request.file);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const { inputs, outputs, width, depth, horizon } = request;
  const { config, layout } = resnet({ inputs, outputs, width, depth, horizon });
  const rows = request.batch * request.batches;
  const inputsEnd = request.parameters + rows * request.inputs;
  return {
    config,
    layout,
    batch: request.batch,
    batches: request.batches,
    parameters: values.slice(0, request.parameters),
    inputs: values.slice(request.parameters, inputsEnd),
    outputs: values.slice(inputsEnd),
  };
}
