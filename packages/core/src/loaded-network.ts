import { largestChunk } from "@stiffnet/base";
import { type Block, createKernels, type Kernels } from "@stiffnet/kernels";
import { type Network, unchecked } from "@stiffnet/kernels/unchecked";
import { type ModelConfig, stateWidth } from "./config.ts";
import { discretisationOf } from "./discretisation.ts";
import { createExpansion, type Expansion, expandedSize } from "./expansion.ts";
import type { JacobianBatch } from "./jacobians.ts";
import { type Layout, layoutOf } from "./layout.ts";
import { createNetworkSolver, type NetworkSolver } from "./network-solver.ts";
import type { Table } from "./table.ts";

/** A model's network in the kernels' memory: its parameters, their way to the solver's weights, and one
 *  chunk of samples. */
export interface LoadedNetwork {
  readonly config: ModelConfig;
  readonly layout: Layout;
  readonly kernels: Kernels;
  readonly network: Network;
  readonly solver: NetworkSolver;
  readonly expansion: Expansion;
  /** The network's weights are the parameters themselves. */
  readonly plain: boolean;
  /** Most samples of a chunk. */
  readonly capacity: number;
  /** Before the first chunk, when parameters or horizon may have changed. */
  begin(horizon: number, slopes: boolean): void;
  /** Takes `batch` rows of a table as the current chunk. */
  load(table: Table, rows: Block<Uint32Array>, batch: number): void;
  /** Views of the current chunk. */
  jacobians(): JacobianBatch;
}

export function loadNetwork(
  config: ModelConfig,
  options: {
    readonly batchSize: number;
    readonly penalty: boolean;
    readonly threads?: number | undefined;
  },
): LoadedNetwork {
  const layout = layoutOf(config);
  const kernels = createKernels({ threads: options.threads });
  const { call } = unchecked(kernels);
  const capacity = Math.min(options.batchSize, largestChunk);
  const discretisation = discretisationOf(config);
  const size = expandedSize(config, discretisation);
  const { penalty } = options;
  const solver = createNetworkSolver(kernels, config, discretisation, { size, capacity, penalty });
  const { network } = solver;
  const expansion = createExpansion(kernels, config, layout, discretisation, network);
  const { depth } = config;
  const width = stateWidth(config);
  const { weights } = expansion;
  return {
    config,
    layout,
    kernels,
    network,
    solver,
    expansion,
    plain: discretisation.plain,
    capacity,
    begin(horizon, slopes) {
      solver.setHorizon(horizon);
      solver.setSlopes(slopes);
      expansion.setHorizon(horizon);
      expansion.expand();
    },
    load({ inputs, outputs }, indices, batch) {
      network.setBatch(batch);
      call.gather({ network: network.struct, inputs, outputs, indices });
    },
    jacobians: () => ({
      depth,
      width,
      batch: network.batch,
      stride: network.stride,
      weights: network.parameters.array.subarray(weights, weights + depth * width * width),
      slopes: network.slopes.array.subarray(0, depth * width * network.stride),
    }),
  };
}
