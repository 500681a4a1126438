import { rungeKuttaLayout } from "./generated/abi.ts";
import { type Kernels, unchecked } from "./kernels.ts";
import type { Network } from "./network.ts";
import { createStruct } from "./struct.ts";

/** An explicit Runge-Kutta method: k_i = f(t + c_i h, y + h sum_j a_ij k_j), y <- y + h sum_i b_i k_i. */
export interface ExplicitTableau {
  /** [stages][stages], strictly lower triangular. */
  readonly a: readonly (readonly number[])[];
  readonly b: readonly number[];
}

/** Takes the current chunk through a network's layers, and its gradient back. */
export interface LayerSolver {
  forward(): void;
  backward(): void;
  /** Samples that the last forward pass could not carry through: NaN stands in their states from there. */
  readonly unsolved: number;
}

/** Steps of an explicit Runge-Kutta method; nodes[n * stages + i]: which of the network's weights stage i
 *  of step n takes. The network's slopes must have room for `stages` stages. */
export function createRungeKutta(
  kernels: Kernels,
  network: Network,
  tableau: ExplicitTableau,
  nodes: ArrayLike<number>,
): LayerSolver {
  const { arena, call } = unchecked(kernels);
  const { width, depth } = network.shape;
  const stages = tableau.b.length;
  const block = width * network.capacity;
  const node = arena.int32(depth * stages);
  node.array.set(nodes);
  const a = arena.float32(stages * stages);
  a.array.set(tableau.a.flat());
  const b = arena.float32(stages);
  b.array.set(tableau.b);
  const struct = createStruct(arena, rungeKuttaLayout, {
    network: network.struct,
    stages,
    node,
    a,
    b,
    u: arena.float32((stages - 1) * depth * block),
    k: arena.float32(stages * block),
    square: arena.float32(width * width + width),
  });
  return {
    unsolved: 0,
    forward: () => call.rungeKuttaForward(struct),
    backward: () => call.rungeKuttaBackward(struct),
  };
}
