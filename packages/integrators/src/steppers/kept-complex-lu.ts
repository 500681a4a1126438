import { complexLu } from "../linear/complex-lu.ts";
import type { ComplexLu } from "../linear/factorisation.ts";
import type { System } from "../system.ts";
import type { JacobianKeeper } from "./jacobian-keeper.ts";

/** The factorisation of (re + i im) I - J, redone only when the shift or J has changed. */
export class KeptComplexLu {
  readonly #lu: ComplexLu;
  readonly #system: System;
  readonly #keeper: JacobianKeeper;
  #re = Number.NaN;
  #im = Number.NaN;
  #version = -1;

  constructor(system: System, keeper: JacobianKeeper) {
    this.#system = system;
    this.#keeper = keeper;
    this.#lu = complexLu(system);
  }

  ensure(re: number, im: number): boolean {
    const { jac, version } = this.#keeper;
    if (re === this.#re && im === this.#im && version === this.#version) return true;
    this.#system.stats.factorisations++;
    const regular = this.#lu.factor(jac, re, im);
    this.#re = regular ? re : Number.NaN;
    this.#im = im;
    this.#version = version;
    return regular;
  }

  solve(re: Float64Array, im: Float64Array): void {
    this.#system.stats.solves++;
    this.#lu.solve(re, im);
  }
}
