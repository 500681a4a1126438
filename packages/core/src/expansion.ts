import type { Block, Kernels } from "@stiffnet/kernels";
import { type Network, unchecked } from "@stiffnet/kernels/unchecked";
import { type ModelConfig, stateWidth } from "./config.ts";
import type { Discretisation } from "./discretisation.ts";
import type { Layout } from "./layout.ts";

/** Computes the kernels' tensors from the parameters: the weights at every node, the lift and the readout.
 *  The two coincide for a residual network, so it needs no expansion. */
export interface Expansion {
  readonly parameters: Block;
  readonly gradient: Block;
  /** Offset of [N, D, D], the weights at the start of the steps, among the network's tensors. */
  readonly weights: number;
  setHorizon(horizon: number): void;
  /** Parameters to tensors. */
  expand(): void;
  /** The tensors' gradient to that of the parameters. */
  contract(): void;
}

/** Numbers of all tensors that the kernels pass through. */
export function expandedSize(config: ModelConfig, { nodes }: Discretisation): number {
  const { inputs, outputs, width } = config;
  const state = stateWidth(config);
  return width * (inputs + 1) + nodes * state * (state + 1) + outputs * (state + 1);
}

export function createExpansion(
  kernels: Kernels,
  config: ModelConfig,
  layout: Layout,
  discretisation: Discretisation,
  network: Network,
): Expansion {
  const { arena, call } = unchecked(kernels);
  const { inputs, outputs, width } = config;
  const state = stateWidth(config);
  const weights = width * (inputs + 1);
  if (discretisation.plain) {
    const nothing = (): void => undefined;
    const { parameters, gradient } = network;
    return { parameters, gradient, weights, setHorizon: nothing, expand: nothing, contract: nothing };
  }
  const { nodes, terms } = discretisation;
  const parameters = arena.float32(layout.size);
  const gradient = arena.float32(layout.size);
  const phi = arena.float32(nodes * terms);
  let current = Number.NaN;
  const biases = weights + nodes * state * state;
  const readout = biases + nodes * state;
  const [first] = layout.blocks;
  const weightsAndBiases = [
    { size: state * state, own: first!.weight.offset, expanded: weights },
    { size: state, own: first!.bias.offset, expanded: biases },
  ];
  const liftAndReadout = [
    { size: layout.lift.weight.size + layout.lift.bias.size, own: layout.lift.weight.offset, expanded: 0 },
    {
      size: layout.readout.weight.size + layout.readout.bias.size,
      own: layout.readout.weight.offset,
      expanded: readout,
    },
  ];
  // Without a lift or a readout the kernels multiply by ones and zeros, which changes no finite number. Of an
  // infinite input it makes NaN, where float64 has no multiplication.
  const tensors = network.parameters.array;
  if (liftAndReadout[0]!.size === 0) for (let i = 0; i < width; i++) tensors[i * (inputs + 1)] = 1;
  if (liftAndReadout[1]!.size === 0) for (let o = 0; o < outputs; o++) tensors[readout + o * (state + 1)] = 1;
  return {
    parameters,
    gradient,
    weights,
    setHorizon(horizon) {
      if (horizon === current) return;
      current = horizon;
      phi.array.set(discretisation.phi(horizon));
    },
    expand() {
      const to = network.parameters;
      for (const { size, own, expanded } of liftAndReadout) {
        to.array.set(parameters.array.subarray(own, own + size), expanded);
      }
      for (const { size, own, expanded } of weightsAndBiases) {
        call.expand({ nodes, terms, size, phi, theta: parameters.at(own), out: to.at(expanded) });
      }
    },
    contract() {
      const from = network.gradient;
      for (const { size, own, expanded } of liftAndReadout) {
        gradient.array.set(from.array.subarray(expanded, expanded + size), own);
      }
      for (const { size, own, expanded } of weightsAndBiases) {
        call.contract({
          nodes,
          terms,
          size,
          phi,
          cotangent: from.at(expanded),
          gradient: gradient.at(own),
        });
      }
    },
  };
}
