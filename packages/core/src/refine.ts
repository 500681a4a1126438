import { needed, oneOf, whole } from "@stiffnet/base";
import {
  asOde,
  type NeuralOdeConfig,
  neuralOdeConfig,
  type StepSolver,
  stateWidth,
  stepSolvers,
} from "./config.ts";
import { requireOptions } from "./errors.ts";
import { layoutOf } from "./layout.ts";
import { type Model, requireModel } from "./model.ts";

export interface RefineOptions {
  /** "hold" (default) keeps each layer's weights for its k steps. "linear" makes W(t) piecewise linear:
   *  W(t_n) = W_n at t_n = n T / N, and constant after the last layer. */
  readonly layers?: "hold" | "linear";
  /** Takes the steps from now on; the model's own by default. */
  readonly solver?: StepSolver;
}

/** The same field with k times as many steps: what a residual network becomes as N grows. Weights in a
 *  continuous basis are read at the new times, with the same parameters. A residual network becomes a
 *  neural ODE. */
export function refine(model: Model, k: number, options: RefineOptions = {}): Model<NeuralOdeConfig> {
  requireOptions("refine", options, { layers: oneOf("hold", "linear"), solver: oneOf(...stepSolvers) });
  requireOptions("refine", { k }, { k: needed(whole(1)) });
  requireModel("refine", model);
  const { layers = "hold" } = options;
  const own = asOde(model.config, "refine");
  const ode = { ...own, solver: options.solver ?? own.solver };
  const { weights } = ode;
  const depth = k * ode.depth;
  if (weights.basis !== "perLayer" || layers === "hold") {
    return { ...model, config: neuralOdeConfig({ ...ode, depth }) };
  }
  const knots = weights.layers + 1;
  const config = neuralOdeConfig({ ...ode, depth, weights: { basis: "piecewiseLinear", knots } });
  const layout = layoutOf(config);
  const parameters = new Float32Array(layout.size);
  // The last layer stands once more, at the end.
  const state = stateWidth(config);
  const sizes = [state * state, state];
  const [first, last] = [model.layout.blocks[0]!, model.layout.blocks.at(-1)!];
  const [to] = layout.blocks;
  const copy = (from: number, size: number, at: number): void =>
    parameters.set(model.parameters.subarray(from, from + size), at);
  copy(0, first.weight.offset, 0);
  [first.weight, first.bias].forEach((slot, i) => {
    const all = sizes[i]! * weights.layers;
    const at = [to!.weight, to!.bias][i]!.offset;
    copy(slot.offset, all, at);
    copy([last.weight, last.bias][i]!.offset, sizes[i]!, at + all);
  });
  const { readout } = model.layout;
  copy(readout.weight.offset, model.parameters.length - readout.weight.offset, layout.readout.weight.offset);
  return { ...model, config, layout, parameters };
}
