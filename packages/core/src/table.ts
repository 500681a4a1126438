import type { Block, Kernels } from "@stiffnet/kernels";
import type { ModelConfig } from "./config.ts";
import type { Rows } from "./training-engine.ts";

/** Rows as the network sees them, in the engine's memory. */
export interface Table extends Rows {
  readonly inputs: Block;
  /** Absent where there is nothing to compare with. */
  readonly outputs?: Block;
}

export function tableIn(
  arena: Kernels["arena"],
  config: ModelConfig,
  inputs: ArrayLike<number>,
  outputs: ArrayLike<number> | undefined,
): Table {
  const count = inputs.length / config.inputs;
  const x = arena.float32(inputs.length);
  x.array.set(inputs);
  if (!outputs) return { count, inputs: x };
  const y = arena.float32(outputs.length);
  y.array.set(outputs);
  return { count, inputs: x, outputs: y };
}
