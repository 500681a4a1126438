import type { PartitionedSolver } from "../solvers/solver.ts";
import { PartitionedStepper } from "../steppers/partitioned.ts";

/** A composition of Stormer and Verlet's method: `parts` are the fractions of a step, symmetric, with the
 *  sum 1. */
export function partitionedSolver(name: string, order: number, parts: readonly number[]): PartitionedSolver {
  return Object.freeze<PartitionedSolver>({
    kind: "partitioned",
    name,
    order,
    parts,
    denseDegree: 3,
    trainable: false,
    createStepper: (system, settings) => new PartitionedStepper(name, order, parts, system, settings),
  });
}
