import { createEngine, l2Penalty, type Penalty } from "@stiffnet/core";
import { stiffnessPenalty } from "@stiffnet/stiffness";
import { versionOf } from "@stiffnet/trials";
import type { EngineUnderTest, PrepareRequest } from "./engine-protocol.ts";
import { engineUnderTest } from "./engine-under-test.ts";
import { penaltyWeight, type StepModel, type StepProblem, stiffnessModels } from "./problem.ts";

export function stiffnetEngine(
  problem: StepProblem,
  request: Pick<PrepareRequest, "model" | "threads"> & Partial<Pick<PrepareRequest, "engine">>,
): EngineUnderTest {
  const { config, batch, batches } = problem;
  const { threads } = request;
  const penalty = penaltyOf(request.model);
  const engine = createEngine(config, { batchSize: batch, penalty, rows: batch * batches, threads });
  const kernels = engine.kernels.engine;
  if (request.engine === "stiffnet-native" && kernels === "wasm") {
    throw new Error(
      "native kernels are not built for this processor (npm run build:native in packages/kernels)",
    );
  }
  const timed = engineUnderTest(engine, problem, {
    version: versionOf("@stiffnet/core"),
    detail: `exact backward pass and Adam, ${kernels === "wasm" ? "WebAssembly SIMD" : kernels}`,
  });
  if (stiffnessModels.get(request.model)?.[1].create().subset === undefined) return timed;
  // Trained with a sample of each batch, compared with the reference on all of it.
  const whole = createEngine(config, {
    batchSize: batch,
    penalty: penaltyOf(request.model, 1),
    rows: batch * batches,
  });
  return { ...timed, gradient: engineUnderTest(whole, problem, timed.describe()).gradient };
}

function penaltyOf(model: StepModel, subset?: number): Penalty | undefined {
  const weight = penaltyWeight(model);
  if (model === "RES L2") return l2Penalty(weight);
  const proxy = stiffnessModels.get(model)?.[1].create();
  return proxy && stiffnessPenalty(proxy, { weight, ...(subset !== undefined && { subset }) });
}
