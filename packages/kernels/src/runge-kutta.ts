import type { Kernels } from "./kernels.ts";
import type { Network } from "./network.ts";

/** An explicit Runge-Kutta method: k_i = f(t + c_i h, y + h sum_j a_ij k_j), y <- y + h sum_i b_i k_i. */
export interface ExplicitTableau {
  /** [stages][stages], strictly lower triangular. */
  readonly a: readonly (readonly number[])[];
  readonly b: readonly number[];
}

/** The way through a network's layers. */
export interface Passage {
  forward(): void;
  backward(): void;
  /** Samples that the last forward pass could not carry through: NaN stands in their states from there. */
  readonly unsolved: number;
}

/** Steps of an explicit Runge-Kutta method; nodes[n * stages + i]: which of the network's weights stage i of step n takes.
 *  The network's slopes must have room for `stages` stages. */
export function createRungeKutta(
  { arena, call }: Kernels,
  network: Network,
  tableau: ExplicitTableau,
  nodes: ArrayLike<number>,
): Passage {
  const { width, depth } = network.shape;
  const stages = tableau.b.length;
  const block = width * network.capacity;
  const node = arena.int32(depth * stages);
  node.array.set(nodes);
  const a = arena.float32(stages * stages);
  a.array.set(tableau.a.flat());
  const b = arena.float32(stages);
  b.array.set(tableau.b);
  const pointers = [
    node,
    a,
    b,
    arena.float32((stages - 1) * depth * block),
    arena.float32(stages * block),
    arena.float32(width * width + width),
  ];
  // The order of the fields is that of the struct in c/runge-kutta.c.
  const descriptor = arena.int32(pointers.length + 2);
  descriptor.array.set([network.address, stages, ...pointers.map(({ address }) => address)]);
  return {
    unsolved: 0,
    forward: () => call.runge_kutta_forward(descriptor.address),
    backward: () => call.runge_kutta_backward(descriptor.address),
  };
}
