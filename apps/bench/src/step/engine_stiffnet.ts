import type { EngineUnderTest, PrepareRequest } from "./engine_protocol.ts";
import type { StepProblem } from "./problem.ts";

export function stiffnetEngine(_problem: StepProblem, request: PrepareRequest): EngineUnderTest {
  throw new Error(`${request.engine} waits for the engine of @stiffnet/core`);
}
