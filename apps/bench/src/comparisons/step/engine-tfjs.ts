import type { Penalty } from "@stiffnet/core";
import { tensorGelfandPenalty, tensorL2Penalty, tfjsEngine } from "@stiffnet/tfjs";
import { type EngineUnderTest, type PrepareRequest, tfjsBackendOf } from "./engine-protocol.ts";
import { engineUnderTest } from "./engine-under-test.ts";
import { penaltyWeight, type StepModel, type StepProblem } from "./problem.ts";

/** The step in TensorFlow.js alone: model and penalty are tensor operations, differentiated by it. */
export async function tensorFlowEngine(
  problem: StepProblem,
  request: PrepareRequest,
): Promise<EngineUnderTest> {
  const { config, batch, batches } = problem;
  const make = tfjsEngine({ backend: tfjsBackendOf(request.engine)!, threads: request.threads });
  const penalty = penaltyOf(request.model);
  const engine = await make(config, { batchSize: batch, penalty, rows: batch * batches });
  return engineUnderTest(engine, problem, {
    version: engine.tensorFlow.version,
    detail: `${engine.tensorFlow.backend} backend, automatic differentiation, Adam as tensor operations`,
  });
}

function penaltyOf(model: StepModel): Penalty | undefined {
  switch (model) {
    case "RES L2":
      return tensorL2Penalty(penaltyWeight(model));
    case "RES stiff (gelfand)":
      return tensorGelfandPenalty({ weight: penaltyWeight(model) });
    default:
      return undefined;
  }
}
