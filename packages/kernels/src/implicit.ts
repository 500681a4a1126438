import { implicitLayout } from "./generated/abi.ts";
import { type Kernels, unchecked } from "./kernels.ts";
import type { Network } from "./network.ts";
import type { LayerSolver } from "./runge-kutta.ts";
import { createStruct } from "./struct.ts";

/** Newton's last update, relative to 1 + |u|, in the largest component. The iteration converges
 *  quadratically, so only rounding is left after it. */
const newtonTolerance = 1e-9;
const mostIterations = 50;

export interface ImplicitLayerSolver extends LayerSolver {
  /** h_{n+1} = h_n + step s(z), with the stage at h_n + share step s(z). */
  setStep(step: number): void;
  /** Whether the forward pass also fills the network's slopes, those at the beginning of every step. */
  setStart(wanted: boolean): void;
}

/** Steps of backward Euler (share 1) or the implicit midpoint rule (share 1/2). Step n takes the weights of
 *  nodes[n]. */
export function createImplicit(
  kernels: Kernels,
  network: Network,
  share: number,
  nodes: ArrayLike<number>,
): ImplicitLayerSolver {
  const { arena, call } = unchecked(kernels);
  const { width, depth } = network.shape;
  const node = arena.int32(depth);
  node.array.set(nodes);
  const stages = depth * network.capacity * width;
  const struct = createStruct(arena, implicitLayout, {
    network: network.struct,
    node,
    start: 0,
    iterations: mostIterations,
    unsolved: 0,
    beta: 0,
    tolerance: newtonTolerance,
    u: arena.float64(stages),
    slope: arena.float64(stages),
    weight: arena.float64(width * width),
    bias: arena.float64(width),
    lu: arena.float64(width * width),
    pivot: arena.int32(width),
    vectors: arena.float64(6 * width),
    square: arena.float32(width * width + width),
  });
  return {
    get unsolved() {
      return struct.get("unsolved");
    },
    setStep(step) {
      network.setAlpha(step);
      // As the network holds it.
      struct.set({ beta: share * Math.fround(step) });
    },
    setStart: (wanted) => struct.set({ start: wanted ? 1 : 0 }),
    forward: () => call.implicitForward(struct),
    backward: () => call.implicitBackward(struct),
  };
}
