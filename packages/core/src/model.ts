import type { Preparation } from "@stiffnet/preparation";
import { type ResNetConfig, type ResNetOptions, resnetConfig } from "./config.ts";
import { type Layout, layoutOf, tensor } from "./layout.ts";
import { randomStream } from "./random.ts";

/** A network and what is needed to use it in physical units. */
export interface Model {
  readonly config: ResNetConfig;
  readonly layout: Layout;
  /** All parameters, float32, laid out as `layout` says. */
  readonly parameters: Float32Array;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Between physical units and what the network sees; identity until a training set fitted it. */
  readonly preparation: { readonly inputs: Preparation; readonly outputs: Preparation };
}

/** A freshly initialised residual network: every tensor U(-1, 1) / sqrt(fan in), from (seed, trial) alone. */
export function resnet(options: ResNetOptions & { seed?: number; trial?: number }): Model {
  const config = resnetConfig(options);
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
  for (const block of layout.blocks) fill(block.weight, config.width);
  for (const block of layout.blocks) fill(block.bias, config.width);
  fill(layout.readout.weight, config.width);
  fill(layout.readout.bias, config.width);
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

/** The block weights of a model as one [N, D, D] view. */
export function blockWeights(model: Model): Float32Array {
  const first = model.layout.blocks[0]!.weight;
  return tensor(model.parameters, { ...first, size: first.size * model.layout.blocks.length });
}
