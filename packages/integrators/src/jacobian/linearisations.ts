import { DirectSolver } from "../direct/direct-solver.ts";
import { KrylovLinearisation } from "../krylov/krylov-linearisation.ts";
import type { Matrix } from "../matrix/matrix.ts";
import type { System } from "../system.ts";
import type { Linearisation, ShiftedSolver } from "./linearisation.ts";

/** J as a matrix. */
export class MatrixLinearisation implements Linearisation {
  readonly matrix: Matrix;
  readonly #system: System;

  constructor(system: System) {
    this.#system = system;
    this.matrix = system.newJacobian();
  }

  take(t: number, y: Float64Array, weights: Float64Array, h: number, fy?: Float64Array): boolean {
    return this.#system.jacobian(t, y, weights, h, this.matrix, fy);
  }

  addProduct(v: Float64Array, out: Float64Array): void {
    this.matrix.addProduct(v, out);
  }

  normBound(): number {
    return this.matrix.normBound();
  }

  newSolver(): ShiftedSolver {
    return new DirectSolver(this.matrix, this.#system.mass);
  }
}

/** Chooses by the problem's description of its linear systems. */
export function linearisationOf(system: System): Linearisation {
  const { krylov } = system.problem;
  return krylov === undefined ? new MatrixLinearisation(system) : new KrylovLinearisation(system, krylov);
}
