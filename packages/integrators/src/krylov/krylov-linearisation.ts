import type { Linearisation, ShiftedSolver } from "../jacobian/linearisation.ts";
import { PowerIteration } from "../power-iteration.ts";
import type { Krylov } from "../problem.ts";
import type { System } from "../system.ts";
import { allFinite, weightedNorm } from "../vectors.ts";
import { Gmres } from "./gmres.ts";

/** J as products with vectors. The problem supplies them, or differences of f as long as the error weights
 *  do. Needs neither matrix, factorisation nor transpose. */
export class KrylovLinearisation implements Linearisation {
  readonly system: System;
  readonly spec: Krylov;
  t = 0;
  readonly y: Float64Array;
  readonly weights: Float64Array;
  readonly #fy: Float64Array;
  readonly #shifted: Float64Array;
  readonly #product: Float64Array;
  #power: PowerIteration | undefined;

  constructor(system: System, spec: Krylov) {
    const { n } = system;
    this.system = system;
    this.spec = spec;
    this.y = new Float64Array(n);
    this.weights = new Float64Array(n);
    this.#fy = new Float64Array(n);
    this.#shifted = new Float64Array(n);
    this.#product = new Float64Array(n);
  }

  take(t: number, y: Float64Array, weights: Float64Array, _h: number, fy?: Float64Array): boolean {
    this.system.stats.jacobians++;
    this.t = this.system.inside(t);
    this.y.set(y);
    this.weights.set(weights);
    if (fy === undefined) this.system.f(t, y, this.#fy);
    else this.#fy.set(fy);
    return allFinite(this.y) && allFinite(this.#fy);
  }

  addProduct(v: Float64Array, out: Float64Array): void {
    const { system, spec, t, y } = this;
    const product = this.#product;
    const shifted = this.#shifted;
    if (spec.jacobianVector !== undefined) {
      spec.jacobianVector(t, y, v, product.fill(0), system.p);
      for (let i = 0; i < out.length; i++) out[i] = out[i]! + product[i]!;
      return;
    }
    const size = weightedNorm(v, this.weights);
    if (size === 0) return;
    const step = 1 / size;
    for (let i = 0; i < out.length; i++) shifted[i] = y[i]! + step * v[i]!;
    system.f(t, shifted, product);
    for (let i = 0; i < out.length; i++) out[i] = out[i]! + (product[i]! - this.#fy[i]!) * size;
  }

  normBound(): number {
    this.#power ??= new PowerIteration(this.system);
    return this.#power.estimate(this.t, this.y, this.#fy, this.#fy);
  }

  newSolver(accuracy: number): ShiftedSolver {
    return new Gmres(this, accuracy);
  }
}
