import { readFileSync } from "node:fs";
import { createEngine, l2Penalty, type Penalty, resnet, type TrainingEngine } from "@stiffnet/core";
import { stiffnessPenalty } from "@stiffnet/stiffness";
import { setKernels } from "@stiffnet/terminal";
import { tensorGelfandPenalty, tensorL2Penalty, tfjsEngine } from "@stiffnet/tfjs";
import { versionOf } from "@stiffnet/trials";
import { answerLines } from "../peers/json-process.ts";
import {
  type EngineDescription,
  type EngineRequest,
  type PrepareRequest,
  stepEngines,
} from "./engine-protocol.ts";
import { stiffnessModels } from "./problem.ts";

// The process of one engine: answers requests on standard input until it closes. Idle between rounds, so that
// engines can take turns without disturbing each other.
let step = (): number => {
  throw new Error("not prepared");
};
await answerLines(handle);

async function handle(request: EngineRequest): Promise<object> {
  switch (request.op) {
    case "prepare": {
      const { engine, ...description } = await load(request);
      step = stepOf(engine, request);
      return description;
    }
    case "train":
      return { losses: Array.from({ length: request.steps }, () => step()) };
    case "round":
      return { ms: round(request.seconds) };
  }
}

function round(seconds: number): number[] {
  const durations: number[] = [];
  const end = performance.now() + 1e3 * seconds;
  for (;;) {
    const begin = performance.now();
    step();
    const now = performance.now();
    durations.push(now - begin);
    if (now >= end) return durations;
  }
}

/** The step as `train` makes it, batch after batch from the initial parameters on: loss and gradient, then
 *  Adam. Returns the loss before it. */
function stepOf(engine: TrainingEngine, request: PrepareRequest): () => number {
  const { batch, batches } = request;
  const bytes = readFileSync(request.file);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const inputsEnd = request.parameters + batch * batches * request.inputs;
  const table = engine.table(values.slice(request.parameters, inputsEnd), values.slice(inputsEnd));
  const order = Uint32Array.from({ length: table.count }, (_, i) => i);
  engine.write({ parameters: values.slice(0, request.parameters) });
  let time = 0;
  return () => {
    const from = (time % batches) * batch;
    const { loss } = engine.lossAndGradient(table, order, from, from + batch);
    engine.step(++time, { rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 });
    return loss;
  };
}

async function load(request: PrepareRequest): Promise<EngineDescription & { engine: TrainingEngine }> {
  const { inputs, outputs, width, depth, horizon, batch, batches, threads } = request;
  const { config } = resnet({ inputs, outputs, width, depth, horizon });
  const sizes = { batchSize: batch, rows: batch * batches };
  const { backend, kernels: asked } = stepEngines[request.engine];
  if (backend !== undefined) {
    const engine = await tfjsEngine({ backend, threads })(config, {
      ...sizes,
      penalty: tensorPenalty(request),
    });
    const { version, backend: found } = engine.tensorFlow;
    const detail = `${found} backend, automatic differentiation, Adam as tensor operations`;
    return { engine, version, detail };
  }
  setKernels({ kernels: asked });
  const engine = createEngine(config, { ...sizes, penalty: penaltyOf(request), threads });
  const kernels = engine.kernels.engine;
  if (asked === "native" && kernels === "wasm") {
    throw new Error(
      "native kernels are not built for this processor (npm run build:native in packages/kernels)",
    );
  }
  const detail = `exact backward pass and Adam, ${kernels === "wasm" ? "WebAssembly SIMD" : kernels}`;
  return { engine, version: versionOf("@stiffnet/core"), detail };
}

function penaltyOf({ model, weight }: PrepareRequest): Penalty | undefined {
  if (model === "RES L2") return l2Penalty(weight);
  const row = stiffnessModels.get(model)?.[1];
  return row && stiffnessPenalty(row.create(), { weight });
}

/** Model and penalty are tensor operations, differentiated by TensorFlow.js. */
function tensorPenalty({ model, weight }: PrepareRequest): Penalty | undefined {
  if (model === "RES L2") return tensorL2Penalty(weight);
  return model === "RES" ? undefined : tensorGelfandPenalty({ weight });
}
