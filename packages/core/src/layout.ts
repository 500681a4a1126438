import { termsOf } from "./basis.ts";
import { type ModelConfig, stateWidth } from "./config.ts";

/** Position of one row-major tensor in the flat parameter array. `offset` counts elements. */
export interface Slot {
  readonly name: string;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly size: number;
}

/** The flat parameter array, by name. Block weights stand one behind the other, so that [N, D, D] is one
 *  view. */
export interface Layout {
  readonly size: number;
  /** Has size 0, and is not among the slots, if a neural ODE has none. The same holds for `readout`. */
  readonly lift: { readonly weight: Slot; readonly bias: Slot };
  /** W_n and b_n of a residual network or of layers; Theta_j, for weights and biases, of another basis. */
  readonly blocks: readonly { readonly weight: Slot; readonly bias: Slot }[];
  readonly readout: { readonly weight: Slot; readonly bias: Slot };
  /** Every tensor, in the order of the array. */
  readonly slots: readonly Slot[];
}

export function layoutOf(config: ModelConfig): Layout {
  const { inputs, outputs, width, depth } = config;
  const state = stateWidth(config);
  const ode = config.kind === "neuralOde" ? config : undefined;
  const slots: Slot[] = [];
  let size = 0;
  const slot = (name: string, ...shape: number[]): Slot => {
    const made = { name, offset: size, shape, size: shape.reduce((a, b) => a * b, 1) };
    size += made.size;
    if (made.size > 0) slots.push(made);
    return made;
  };
  const lifted = ode?.lift === "none" ? 0 : width;
  const read = ode?.readout === "none" ? 0 : outputs;
  const terms = ode ? termsOf(ode.weights) : depth;
  const prefix = !ode || ode.weights.basis === "perLayer" ? "blocks" : "theta";
  const lift = { weight: slot("lift.weight", lifted, inputs), bias: slot("lift.bias", lifted) };
  const weights = Array.from({ length: terms }, (_, n) => slot(`${prefix}.${n}.weight`, state, state));
  const biases = Array.from({ length: terms }, (_, n) => slot(`${prefix}.${n}.bias`, state));
  const readout = { weight: slot("readout.weight", read, state), bias: slot("readout.bias", read) };
  const blocks = weights.map((weight, n) => ({ weight, bias: biases[n]! }));
  return { size, lift, blocks, readout, slots };
}

/** The tensor of a slot, as a view into `parameters`. */
export function tensor(parameters: Float32Array, slot: Slot): Float32Array {
  return parameters.subarray(slot.offset, slot.offset + slot.size);
}
