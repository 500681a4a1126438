import { createEngine, l2Penalty, type Penalty } from "@stiffnet/core";
import { spectralRadius, stiffnessPenalty } from "@stiffnet/stiffness";
import { versionOf } from "../../versions.ts";
import type { EngineUnderTest, PrepareRequest } from "./engine-protocol.ts";
import { engineUnderTest } from "./engine-under-test.ts";
import { penaltyWeight, type StepModel, type StepProblem } from "./problem.ts";

export function stiffnetEngine(
  problem: StepProblem,
  request: Pick<PrepareRequest, "model" | "threads">,
): EngineUnderTest {
  if (request.threads !== 1) throw new Error("stiffnet-wasm runs on one thread");
  const { config, batch, batches } = problem;
  const penalty = penaltyOf(request.model);
  const engine = createEngine(config, { batchSize: batch, penalty, rows: batch * batches });
  const timed = engineUnderTest(engine, problem, {
    version: versionOf("@stiffnet/core"),
    detail: "exact backward pass and Adam in WebAssembly SIMD",
  });
  if (request.model !== "RES stiff") return timed;
  // Trained with a sample of each batch, compared with the reference on all of it.
  const whole = createEngine(config, {
    batchSize: batch,
    penalty: penaltyOf(request.model, 1),
    rows: batch * batches,
  });
  return { ...timed, gradient: engineUnderTest(whole, problem, timed.describe()).gradient };
}

function penaltyOf(model: StepModel, subset?: number): Penalty | undefined {
  switch (model) {
    case "RES":
      return undefined;
    case "RES L2":
      return l2Penalty(penaltyWeight[model]);
    case "RES stiff":
      return stiffnessPenalty(spectralRadius(), {
        weight: penaltyWeight[model],
        ...(subset !== undefined && { subset }),
      });
    case "RES stiff (gelfand)":
      return stiffnessPenalty(spectralRadius({ method: "gelfand" }), { weight: penaltyWeight[model] });
  }
}
