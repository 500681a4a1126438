import { createEngine, l2Penalty, type Penalty } from "@stiffnet/core";
import { spectralRadius, stiffnessPenalty } from "@stiffnet/stiffness";
import { versionOf } from "../versions.ts";
import type { EngineUnderTest, PrepareRequest } from "./engine_protocol.ts";
import { penaltyWeight, type StepModel, type StepProblem } from "./problem.ts";

/** The step on our own engine, as `train` makes it: loss and gradient of a batch, then Adam. */
export function stiffnetEngine(problem: StepProblem, request: PrepareRequest): EngineUnderTest {
  if (request.threads !== 1) throw new Error("stiffnet-wasm runs on one thread");
  const { config, batch, batches } = problem;
  const engine = createEngine(config, {
    batchSize: batch,
    penalty: penaltyOf(request.model),
    rows: batch * batches,
  });
  const table = engine.table(problem.inputs, problem.outputs);
  const order = engine.order(table.count);
  order.array.forEach((_, i) => {
    order.array[i] = i;
  });
  const adam = { rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  let time = 0;
  const lossAt = (i: number): number => {
    const from = (i % batches) * batch;
    return engine.lossAndGradient(table, order, from, from + batch).loss;
  };
  return {
    describe: () => ({
      version: versionOf("@stiffnet/core"),
      detail: "exact backward pass and Adam in WebAssembly SIMD",
    }),
    gradient() {
      engine.parameters.set(problem.parameters);
      const loss = lossAt(0);
      return { loss, gradient: engine.gradient() };
    },
    train(steps) {
      engine.write({ parameters: problem.parameters });
      const losses: number[] = [];
      for (time = 0; time < steps; ) {
        losses.push(lossAt(time));
        engine.step(++time, adam);
      }
      return losses;
    },
    step() {
      lossAt(time);
      engine.step(++time, adam);
    },
  };
}

function penaltyOf(model: StepModel): Penalty | undefined {
  switch (model) {
    case "RES":
      return undefined;
    case "RES L2":
      return l2Penalty(penaltyWeight[model]);
    case "RES stiff":
      return stiffnessPenalty(spectralRadius(), { weight: penaltyWeight[model] });
    case "RES stiff (gelfand)":
      return stiffnessPenalty(spectralRadius({ method: "gelfand" }), { weight: penaltyWeight[model] });
  }
}
