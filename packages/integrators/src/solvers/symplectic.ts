import { PartitionedStepper } from "../steppers/partitioned.ts";
import type { PartitionedSolver } from "./solver.ts";

const triple = 1 / (2 - Math.cbrt(2));
/** Yoshida's solution A of order 6. */
const [w1, w2, w3] = [-1.17767998417887, 0.235573213359357, 0.78451361047756] as const;
const seven = [w3, w2, w1, 1 - 2 * (w1 + w2 + w3), w1, w2, w3];

/** Compositions of Stormer and Verlet's method: `parts` are the fractions of a step, symmetric, with the sum
 *  1. */
function partitionedSolver(name: string, order: number, parts: readonly number[]): PartitionedSolver {
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

/** Stormer's or the velocity Verlet method: order 2, symplectic and reversible. y holds the positions q, then
 *  the velocities or momenta v. dq/dt must depend only on v, and dv/dt only on q and t. Steps are fixed. Each
 *  part of a step calls f twice and uses half of each result. Energy does not drift, and linear and angular
 *  momentum are exact to rounding. @see Hairer, Lubich and Wanner, Geometric Numerical Integration, I.1 and
 *  II.3 */
export const velocityVerlet: PartitionedSolver = partitionedSolver("velocityVerlet", 2, [1]);

/** Three Verlet steps in one: order 4.
 *  @see Yoshida, Construction of higher order symplectic integrators, Phys. Lett. A 150, 1990 */
export const yoshida4: PartitionedSolver = partitionedSolver("yoshida4", 4, [triple, 1 - 2 * triple, triple]);

/** Seven Verlet steps in one: order 6, with the smallest coefficients that Yoshida found. */
export const yoshida6: PartitionedSolver = partitionedSolver("yoshida6", 6, seven);

export const symplecticSolvers: readonly PartitionedSolver[] = Object.freeze([
  velocityVerlet,
  yoshida4,
  yoshida6,
]);
