import type { Linearisation, ShiftedSolver } from "../jacobian/linearisation.ts";
import { PowerIteration } from "../power-iteration.ts";
import type { Krylov } from "../problem.ts";
import type { System } from "../system.ts";
import { allFinite, dot, norm, weightedNorm } from "../vectors.ts";

const DIMENSION = 20;
const RESTARTS = 2;

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

/** Solves (shift M - J) x = b by restarted GMRES on P^-1 (shift M - J), until the preconditioned residual is
 *  `accuracy` error weights in the root mean square.
 *  @see Saad and Schultz, GMRES, 1986 */
class Gmres implements ShiftedSolver {
  readonly #jacobian: KrylovLinearisation;
  readonly #accuracy: number;
  readonly #dimension: number;
  readonly #restarts: number;
  /** Orthonormal in the unit of the weights; made as they are needed. */
  readonly #basis: Float64Array[] = [];
  readonly #right: Float64Array;
  readonly #product: Float64Array;
  /** Column k of the triangular factor of Hessenberg's matrix. */
  readonly #hessenberg: Float64Array[] = [];
  readonly #cosine: Float64Array;
  readonly #sine: Float64Array;
  readonly #g: Float64Array;
  #shift = 0;

  constructor(jacobian: KrylovLinearisation, accuracy: number) {
    const { n } = jacobian.system;
    this.#jacobian = jacobian;
    this.#accuracy = accuracy;
    this.#dimension = Math.min(jacobian.spec.dimension ?? DIMENSION, n);
    this.#restarts = jacobian.spec.restarts ?? RESTARTS;
    this.#right = new Float64Array(n);
    this.#product = new Float64Array(n);
    this.#cosine = new Float64Array(this.#dimension);
    this.#sine = new Float64Array(this.#dimension);
    this.#g = new Float64Array(this.#dimension + 1);
  }

  factor(shift: number): boolean {
    const { t, y, spec, system } = this.#jacobian;
    this.#shift = shift;
    spec.preconditioner?.prepare?.(t, y, shift, system.p);
    return Number.isFinite(shift);
  }

  solve(b: Float64Array): boolean {
    const right = this.#right;
    right.set(b);
    const x = b.fill(0);
    for (let round = 0; round <= this.#restarts; round++) {
      if (this.#improve(right, x, round === 0)) return true;
    }
    return false;
  }

  /** One round from x. True when it has converged. */
  #improve(right: Float64Array, x: Float64Array, fromZero: boolean): boolean {
    const { weights, spec } = this.#jacobian;
    const n = weights.length;
    const g = this.#g.fill(0);
    const first = this.#vector(0);
    if (fromZero) first.set(right);
    else {
      this.#multiply(x, first);
      for (let i = 0; i < n; i++) first[i] = right[i]! - first[i]!;
    }
    spec.preconditioner?.solve(first);
    for (let i = 0; i < n; i++) first[i] = first[i]! / weights[i]!;
    const size = norm(first);
    const target = this.#accuracy * Math.sqrt(n);
    if (size <= target) return true;
    if (!(size < Number.POSITIVE_INFINITY)) return false;
    scale(first, 1 / size);
    g[0] = size;
    let k = 0;
    let converged = false;
    while (k < this.#dimension && !converged) {
      this.#extend(k, weights);
      k++;
      converged = Math.abs(g[k]!) <= target;
      if (!Number.isFinite(g[k]!)) return false;
    }
    this.#update(k, x, weights);
    return converged;
  }

  /** The next direction, orthogonal to those before, and its column by Givens's rotations. */
  #extend(k: number, weights: Float64Array): void {
    const n = weights.length;
    const next = this.#vector(k + 1);
    const current = this.#basis[k]!;
    const product = this.#product;
    for (let i = 0; i < n; i++) product[i] = current[i]! * weights[i]!;
    this.#multiply(product, next);
    this.#jacobian.spec.preconditioner?.solve(next);
    for (let i = 0; i < n; i++) next[i] = next[i]! / weights[i]!;
    this.#hessenberg[k] ??= new Float64Array(this.#dimension + 1);
    const column = this.#hessenberg[k]!;
    for (let j = 0; j <= k; j++) {
      const other = this.#basis[j]!;
      const h = dot(next, other);
      column[j] = h;
      for (let i = 0; i < n; i++) next[i] = next[i]! - h * other[i]!;
    }
    const size = norm(next);
    if (size > 0) scale(next, 1 / size);
    for (let j = 0; j < k; j++) {
      const [a, b] = [column[j]!, column[j + 1]!];
      column[j] = this.#cosine[j]! * a + this.#sine[j]! * b;
      column[j + 1] = this.#cosine[j]! * b - this.#sine[j]! * a;
    }
    const length = Math.sqrt(column[k]! * column[k]! + size * size) || 1;
    this.#cosine[k] = column[k]! / length;
    this.#sine[k] = size / length;
    column[k] = length;
    const g = this.#g;
    g[k + 1] = -this.#sine[k]! * g[k]!;
    g[k] = this.#cosine[k]! * g[k]!;
  }

  /** x += W V (R^-1 g) with the first `count` directions. */
  #update(count: number, x: Float64Array, weights: Float64Array): void {
    const g = this.#g;
    const sum = this.#product.fill(0);
    for (let k = count - 1; k >= 0; k--) {
      const factor = g[k]! / this.#hessenberg[k]![k]!;
      for (let j = 0; j < k; j++) g[j] = g[j]! - factor * this.#hessenberg[k]![j]!;
      const vector = this.#basis[k]!;
      for (let i = 0; i < sum.length; i++) sum[i] = sum[i]! + factor * vector[i]!;
    }
    for (let i = 0; i < sum.length; i++) x[i] = x[i]! + weights[i]! * sum[i]!;
  }

  /** (shift M - J) v into `out`. */
  #multiply(v: Float64Array, out: Float64Array): void {
    const { mass } = this.#jacobian.system;
    out.fill(0);
    this.#jacobian.addProduct(v, out);
    for (let i = 0; i < out.length; i++) out[i] = -out[i]!;
    if (mass !== undefined) mass.addProduct(this.#shift, v, out);
    else for (let i = 0; i < out.length; i++) out[i] = out[i]! + this.#shift * v[i]!;
  }

  #vector(k: number): Float64Array {
    this.#basis[k] ??= new Float64Array(this.#right.length);
    return this.#basis[k]!;
  }
}

function scale(v: Float64Array, factor: number): void {
  for (let i = 0; i < v.length; i++) v[i] = v[i]! * factor;
}
