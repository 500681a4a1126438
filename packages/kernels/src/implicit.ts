import type { Kernels } from "./kernels.ts";
import type { Network } from "./network.ts";
import type { Passage } from "./runge-kutta.ts";

/** Newton's last update, relative to 1 + |u|, in the largest component: the iteration converges quadratically, so that
 *  what is left after it is rounding in float64. */
const newtonTolerance = 1e-9;
const mostIterations = 50;

export interface ImplicitPassage extends Passage {
  /** h_{n+1} = h_n + step s(z), with the stage at h_n + share step s(z). */
  setStep(step: number): void;
  /** Whether the forward pass also fills the network's slopes, those at the beginning of every step. */
  setStart(wanted: boolean): void;
}

/** Steps of backward Euler (share 1) or the implicit midpoint rule (share 1/2); nodes[n]: which of the network's weights step
 *  n takes. */
export function createImplicit(
  { arena, call }: Kernels,
  network: Network,
  share: number,
  nodes: ArrayLike<number>,
): ImplicitPassage {
  const { width, depth } = network.shape;
  const node = arena.int32(depth);
  node.array.set(nodes);
  const stages = depth * network.capacity * width;
  const pointers = [
    arena.float64(stages),
    arena.float64(stages),
    arena.float64(width * width),
    arena.float64(width),
    arena.float64(width * width),
    arena.int32(width),
    arena.float64(6 * width),
    arena.float32(width * width + width),
  ];
  // The order of the fields is that of the struct in c/implicit.c; the doubles stand at multiples of 8 bytes.
  const field = {
    network: 0,
    node: 1,
    start: 2,
    iterations: 3,
    unsolved: 4,
    beta: 6,
    tolerance: 8,
    pointers: 10,
  };
  const descriptor = arena.int32(field.pointers + pointers.length);
  const { array } = descriptor;
  array[field.network] = network.address;
  array[field.node] = node.address;
  array[field.iterations] = mostIterations;
  array.set(
    pointers.map(({ address }) => address),
    field.pointers,
  );
  const double = (at: number, value: number): void => {
    new Float64Array(descriptor.array.buffer, descriptor.address + 4 * at, 1)[0] = value;
  };
  double(field.tolerance, newtonTolerance);
  return {
    get unsolved() {
      return descriptor.array[field.unsolved]!;
    },
    setStep(step) {
      network.setAlpha(step);
      // As the network holds it.
      double(field.beta, share * Math.fround(step));
    },
    setStart(wanted) {
      descriptor.array[field.start] = wanted ? 1 : 0;
    },
    forward: () => call.implicit_forward(descriptor.address),
    backward: () => call.implicit_backward(descriptor.address),
  };
}
