import { needed, oneOf, whole } from "@stiffnet/base";
import { asOde, type NeuralOdeConfig, neuralOdeConfig, type StepSolver, stepSolvers } from "./config.ts";
import { requireOptions } from "./errors.ts";
import { type Model, requireModel } from "./model.ts";

export interface RefineOptions {
  /** Takes the steps from now on; the model's own by default. */
  readonly solver?: StepSolver;
}

/** The same field with k times as many steps: what a residual network becomes as N grows. Each layer's
 *  weights are held for its k steps. Weights in a continuous basis are read at the new times, with the same
 *  parameters. A residual network becomes a neural ODE. */
export function refine(model: Model, k: number, options: RefineOptions = {}): Model<NeuralOdeConfig> {
  requireOptions("refine", options, { solver: oneOf(...stepSolvers) });
  requireOptions("refine", { k }, { k: needed(whole(1)) });
  requireModel("refine", model);
  const ode = asOde(model.config, "refine");
  const { solver = ode.solver } = options;
  return { ...model, config: neuralOdeConfig({ ...ode, solver, depth: k * ode.depth }) };
}
