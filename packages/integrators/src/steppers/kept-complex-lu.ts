import { ComplexDirectSolver } from "../direct/complex-direct-solver.ts";
import type { MatrixLinearisation } from "../jacobian/linearisations.ts";
import type { System } from "../system.ts";
import type { JacobianKeeper } from "./jacobian-keeper.ts";

/** The factorisation of (re + i im) M - J, redone only when the shift or J has changed. */
export class KeptComplexLu {
  readonly #solver: ComplexDirectSolver;
  readonly #system: System;
  readonly #keeper: JacobianKeeper;
  readonly #linearisation: MatrixLinearisation;
  #re = Number.NaN;
  #im = Number.NaN;
  #version = -1;

  constructor(system: System, keeper: JacobianKeeper, linearisation: MatrixLinearisation) {
    this.#system = system;
    this.#keeper = keeper;
    this.#linearisation = linearisation;
    this.#solver = new ComplexDirectSolver(linearisation.matrix, system.mass);
  }

  ensure(re: number, im: number): boolean {
    const { version } = this.#keeper;
    if (re === this.#re && im === this.#im && version === this.#version) return true;
    this.#system.stats.factorisations++;
    const regular = this.#solver.factor(this.#linearisation.matrix, re, im);
    this.#re = regular ? re : Number.NaN;
    this.#im = im;
    this.#version = version;
    return regular;
  }

  solve(re: Float64Array, im: Float64Array): void {
    this.#system.stats.solves++;
    this.#solver.solve(re, im);
  }
}
