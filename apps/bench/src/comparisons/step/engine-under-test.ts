import type { TrainingEngine } from "@stiffnet/core";
import type { EngineDescription, EngineUnderTest } from "./engine-protocol.ts";
import type { StepProblem } from "./problem.ts";

/** The step as `train` makes it: loss and gradient of a batch, then Adam. */
export function engineUnderTest(
  engine: TrainingEngine,
  problem: StepProblem,
  description: EngineDescription,
): EngineUnderTest {
  const { batch, batches, parameters } = problem;
  const table = engine.table(problem.inputs, problem.outputs);
  const order = Uint32Array.from({ length: table.count }, (_, i) => i);
  const adam = { rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
  let time = 0;
  const lossAt = (i: number): number => {
    const from = (i % batches) * batch;
    return engine.lossAndGradient(table, order, from, from + batch).loss;
  };
  return {
    describe: () => description,
    gradient() {
      engine.write({ parameters });
      const loss = lossAt(0);
      return { loss, gradient: engine.gradient() };
    },
    train(steps) {
      engine.write({ parameters });
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
