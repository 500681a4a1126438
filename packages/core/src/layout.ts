import type { ResNetConfig } from "./config.ts";

/** Where one tensor stands in the flat parameter array: row-major from `offset`, in elements. */
export interface Slot {
  readonly name: string;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly size: number;
}

/** The flat parameter array, by name. Block weights stand one behind the other, so that [N, D, D] is one view. */
export interface Layout {
  readonly size: number;
  readonly lift: { readonly weight: Slot; readonly bias: Slot };
  readonly blocks: readonly { readonly weight: Slot; readonly bias: Slot }[];
  readonly readout: { readonly weight: Slot; readonly bias: Slot };
  /** Every tensor, in the order of the array. */
  readonly slots: readonly Slot[];
}

export function layoutOf(config: ResNetConfig): Layout {
  const { inputs, outputs, width, depth } = config;
  const slots: Slot[] = [];
  let size = 0;
  const slot = (name: string, ...shape: number[]): Slot => {
    const made = { name, offset: size, shape, size: shape.reduce((a, b) => a * b, 1) };
    size += made.size;
    slots.push(made);
    return made;
  };
  const lift = { weight: slot("lift.weight", width, inputs), bias: slot("lift.bias", width) };
  const weights = Array.from({ length: depth }, (_, n) => slot(`blocks.${n}.weight`, width, width));
  const biases = Array.from({ length: depth }, (_, n) => slot(`blocks.${n}.bias`, width));
  const readout = { weight: slot("readout.weight", outputs, width), bias: slot("readout.bias", outputs) };
  const blocks = weights.map((weight, n) => ({ weight, bias: biases[n]! }));
  return { size, lift, blocks, readout, slots };
}

/** The tensor of a slot, as a view into `parameters`. */
export function tensor(parameters: Float32Array, slot: Slot): Float32Array {
  return parameters.subarray(slot.offset, slot.offset + slot.size);
}
