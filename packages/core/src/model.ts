import {
  type Check,
  counted,
  fields,
  instanceOf,
  listOf,
  needed,
  object,
  randomStream,
  text,
} from "@stiffnet/base";
import type { Preparation, Samples } from "@stiffnet/preparation";
import {
  type ModelConfig,
  type NeuralOdeConfig,
  type NeuralOdeOptions,
  neuralOdeChecks,
  neuralOdeConfig,
  type ResNetConfig,
  type ResNetOptions,
  resnetChecks,
  resnetConfig,
  type StartOptions,
  startChecks,
  stateWidth,
} from "./config.ts";
import { requireOptions, ShapeError } from "./errors.ts";
import { type Layout, layoutOf } from "./layout.ts";

/** A network and what is needed to use it in physical units. */
export interface Model<C extends ModelConfig = ModelConfig> {
  readonly config: C;
  readonly layout: Layout;
  /** All parameters, float32, laid out as `layout` says. */
  readonly parameters: Float32Array;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Between physical units and what the network sees; identity until a training set fitted it. */
  readonly preparation: { readonly inputs: Preparation; readonly outputs: Preparation };
}

/** A freshly initialised residual network: every tensor U(-1, 1) / sqrt(fan in). */
export function resnet(options: ResNetOptions & StartOptions): Model<ResNetConfig> {
  requireOptions("resnet", options, { ...resnetChecks, ...startChecks });
  return start(resnetConfig(options), options);
}

/** A freshly initialised neural ODE: every tensor U(-1, 1) / sqrt(fan in), each Theta_j among them. With
 *  weights perLayer and the solver euler it is the residual network of the same seed, to the last bit. */
export function neuralOde(options: NeuralOdeOptions & StartOptions): Model<NeuralOdeConfig> {
  requireOptions("neuralOde", options, { ...neuralOdeChecks, ...startChecks });
  return start(neuralOdeConfig(options), options);
}

export const preparationCheck: Check<Model["preparation"]> = fields<Model["preparation"]>(
  { inputs: needed(object), outputs: needed(object) },
  { others: true },
);

/** Refuses what is no model, before any of it is read. */
export function requireModel(who: string, model: Model): void {
  const checks = {
    config: needed(object),
    layout: needed(object),
    parameters: needed(instanceOf(Float32Array)),
    inputNames: needed(listOf(text)),
    outputNames: needed(listOf(text)),
    preparation: needed(preparationCheck),
  };
  requireOptions(who, { model }, { model: needed(fields<Model>(checks, { others: true })) });
}

/** Refuses samples that do not have as many values as rows and columns say. */
export function requireRows(who: string, samples: Samples, preparation: Model["preparation"]): void {
  for (const side of ["inputs", "outputs"] as const) {
    const { columns } = preparation[side];
    const { length } = samples[side];
    if (length === samples.count * columns) continue;
    throw new ShapeError(
      `${who} ${counted(length, "value")} of ${side}, expected ${counted(samples.count, "row")} of ${columns}`,
    );
  }
}

function start<C extends ModelConfig>(config: C, options: StartOptions): Model<C> {
  const layout = layoutOf(config);
  const parameters = new Float32Array(layout.size);
  // Even streams initialise, odd ones shuffle: a trial uses 2k and 2k + 1.
  const random = randomStream(options.seed ?? 1, 2 * (options.trial ?? 0));
  const fill = (slot: { offset: number; size: number }, fanIn: number): void => {
    const values = parameters.subarray(slot.offset, slot.offset + slot.size);
    for (let i = 0; i < values.length; i++) values[i] = (2 * random.uniform() - 1) / Math.sqrt(fanIn);
  };
  fill(layout.lift.weight, config.inputs);
  fill(layout.lift.bias, config.inputs);
  const state = stateWidth(config);
  for (const block of layout.blocks) fill(block.weight, state);
  for (const block of layout.blocks) fill(block.bias, state);
  fill(layout.readout.weight, state);
  fill(layout.readout.bias, state);
  const numbered = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`);
  return {
    config,
    layout,
    parameters,
    inputNames: numbered("x", config.inputs),
    outputNames: numbered("y", config.outputs),
    preparation: {
      inputs: { columns: config.inputs, steps: [] },
      outputs: { columns: config.outputs, steps: [] },
    },
  };
}
