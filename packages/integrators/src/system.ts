import type { Tolerances } from "./derivatives/central-differences.ts";
import { IntegratorError } from "./errors.ts";
import {
  type DifferencePoint,
  type DifferenceSpace,
  differenceJacobian,
  differenceSpace,
} from "./jacobian/finite-difference.ts";
import { type JacobianLayout, jacobianLayout, requireLayout } from "./jacobian/layout.ts";
import { addProduct, addTransposedProduct, normBound } from "./jacobian/products.ts";
import { MassMatrix } from "./linear/mass-matrix.ts";
import { PowerIteration } from "./power-iteration.ts";
import { emptyStats, type OdeProblem, type Stats, type VectorField } from "./problem.ts";
import { allFinite, weightedNorm } from "./vectors.ts";

const ROOT_EPSILON = 2 ** -26;

/** A problem made ready for stepping: callbacks bound to their parameters and counted, storage chosen. */
export class System {
  readonly problem: OdeProblem;
  readonly n: number;
  readonly field: VectorField;
  readonly stats: Stats;
  readonly mass: MassMatrix | undefined;
  readonly tolerances: Tolerances | undefined;
  /** Copied at construction; a batch writes each member's values here. */
  readonly p: Float64Array;
  #space: DifferenceSpace | undefined;
  #power: PowerIteration | undefined;
  #layout: JacobianLayout | undefined;
  #patternChecked = false;
  #listed: Float64Array | undefined;
  #firstTime = Number.NEGATIVE_INFINITY;
  #lastTime = Number.POSITIVE_INFINITY;

  /** @param tolerances of the run, from which differences for gradients choose their increments */
  constructor(problem: OdeProblem, stats: Stats = emptyStats(), tolerances?: Tolerances) {
    if (typeof problem.f !== "function") {
      throw new IntegratorError(`problem.f is ${typeof problem.f}, expected a function (t, y, dy, p)`, {
        code: "bad_field",
      });
    }
    this.problem = problem;
    this.n = problem.y0.length;
    // A problem may be an object with fields of its own.
    this.field = problem.f.bind(problem);
    this.stats = stats;
    this.p = Float64Array.from(problem.parameters ?? []);
    requireLayout(problem, this.n);
    this.tolerances = tolerances;
    this.mass = problem.mass && new MassMatrix(problem.mass, this.n);
  }

  /** What explicit methods never need. */
  get #workSpace(): DifferenceSpace {
    this.#space ??= differenceSpace(this.n);
    return this.#space;
  }

  /** How its Jacobian is stored; explicit methods never ask. */
  get layout(): JacobianLayout {
    this.#layout ??= jacobianLayout(this.problem, this.n, this.mass);
    return this.#layout;
  }

  /** The first evaluation of a run: an entry that the field forgets to write shows as NaN, and a field that
   *  returns its derivative instead of writing it is refused. */
  firstSlope(t: number, y: Float64Array, dy: Float64Array): void {
    this.stats.evaluations++;
    dy.fill(Number.NaN);
    const returned: unknown = this.field(this.inside(t), y, dy, this.p);
    if (returned !== dy && typeof returned === "object" && returned !== null) {
      throw new IntegratorError(
        "f returned a value, expected it to write the derivative into its third argument",
        {
          code: "bad_field",
        },
      );
    }
  }

  /** The entries of dy that f leaves as they are. */
  unwritten(t: number, y: Float64Array): number[] {
    const [before, after] = [Number.NaN, 0].map((x) => new Float64Array(this.n).fill(x));
    for (const dy of [before!, after!]) this.field(this.inside(t), y, dy, this.p);
    return [...y.keys()].filter((i) => Number.isNaN(before![i]) && after![i] === 0);
  }

  f(t: number, y: Float64Array, dy: Float64Array): void {
    this.stats.evaluations++;
    this.field(this.inside(t), y, dy, this.p);
  }

  /** No callback is asked for a time outside of these: f may jump there. */
  confine(first: number, last: number): void {
    this.#firstTime = first;
    this.#lastTime = last;
  }

  inside(t: number): number {
    if (t < this.#firstTime) return this.#firstTime;
    if (t > this.#lastTime) return this.#lastTime;
    return t;
  }

  /** The Jacobian at (t, y) into `jac`. `weights` are the error weights of y and `h` the step at hand, from
   *  which finite differences choose their increments; `fy` is f(t, y) if known. False when an entry is not
   *  finite. */
  jacobian(
    t: number,
    y: Float64Array,
    weights: Float64Array,
    h: number,
    jac: Float64Array,
    fy?: Float64Array,
  ): boolean {
    this.stats.jacobians++;
    jac.fill(0);
    if (this.layout.storage === "point") this.#takePoint(t, y, weights, jac, fy);
    else if (!this.analyticJacobian(t, y, jac)) this.#difference(t, y, weights, h, jac, fy);
    return allFinite(jac);
  }

  /** The problem's own Jacobian into `jac`, which is zero; false when it has none. */
  analyticJacobian(t: number, y: Float64Array, jac: Float64Array): boolean {
    const { jacobian, sparseJacobian } = this.problem;
    const callback = jacobian ?? sparseJacobian;
    if (callback === undefined) return false;
    const { listed } = this.layout;
    if (listed !== undefined) this.#listed ??= new Float64Array(listed.length);
    const out = listed === undefined ? jac : this.#listed!.fill(0);
    const returned: unknown = callback.call(this.problem, this.inside(t), y, out, this.p);
    if (returned !== out && typeof returned === "object" && returned !== null) {
      const name = jacobian === undefined ? "sparseJacobian" : "jacobian";
      throw new IntegratorError(
        `${name} returned a value, expected it to write into its third argument, column by column`,
        { code: "bad_field" },
      );
    }
    if (listed !== undefined) for (let e = 0; e < listed.length; e++) jac[listed[e]!] = out[e]!;
    else if (!this.#patternChecked) this.#checkPattern(jac);
    return true;
  }

  /** Of a Jacobian that is never made: where it is taken. */
  #takePoint(
    t: number,
    y: Float64Array,
    weights: Float64Array,
    point: Float64Array,
    fy: Float64Array | undefined,
  ): void {
    const { n } = this;
    point.set(y);
    if (fy === undefined) this.f(t, y, point.subarray(n, 2 * n));
    else point.set(fy, n);
    point.set(weights, 2 * n);
    point[3 * n] = t;
  }

  /** An entry outside the declared pattern would be ignored in silence. */
  #checkPattern(jac: Float64Array): void {
    this.#patternChecked = true;
    const { declared, storage } = this.layout;
    if (declared === undefined || storage !== "dense") return;
    const { n } = this;
    const { starts, rows } = declared;
    for (let j = 0; j < n; j++) {
      let e = starts[j]!;
      for (let i = 0; i < n; i++) {
        const inside = e < starts[j + 1]! && rows[e] === i;
        if (inside) e++;
        if (inside || jac[i + n * j] === 0) continue;
        throw new IntegratorError(
          `jacobian writes ${jac[i + n * j]} at row ${i}, column ${j}, where sparsity[${j}] says that it is zero`,
          { code: "bad_sparsity" },
        );
      }
    }
  }

  #difference(
    t: number,
    y: Float64Array,
    weights: Float64Array,
    h: number,
    jac: Float64Array,
    known: Float64Array | undefined,
  ): void {
    const { n } = this;
    const space = this.#workSpace;
    const fy = known ?? space.slope;
    if (known === undefined) this.f(t, y, fy);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const r = fy[i]! / weights[i]!;
      sum += r * r;
    }
    // With a mass matrix f is no derivative, and h times it no way.
    const way = this.mass === undefined ? h : Number.POSITIVE_INFINITY;
    const size = 1000 * Number.EPSILON * n * Math.abs(h) * Math.sqrt(sum / Math.max(1, n));
    const floor = Number.isFinite(size) ? size : 0;
    const { field: f, p } = this;
    const at: DifferencePoint = { f, t: this.inside(t), y, fy, p, weights, h: way, floor, space };
    this.stats.evaluations += differenceJacobian(at, this.layout, jac);
  }

  /** df/dt at (t, y) into `out`, by forward differences when the problem gives none. False where it is
   *  zero. */
  timeDerivative(t: number, y: Float64Array, fy: Float64Array, h: number, out: Float64Array): boolean {
    if (this.problem.autonomous) {
      out.fill(0);
      return false;
    }
    if (this.problem.timeDerivative !== undefined) {
      this.problem.timeDerivative(this.inside(t), y, out, this.p);
      return true;
    }
    // The error of the difference and that of the rounding of t are balanced: f varies over h, not over t.
    const size = Math.abs(h) || Math.abs(t) || 1;
    const step = ROOT_EPSILON * size * Math.sqrt(Math.max(1, Math.abs(t) / size)) * Math.sign(h || 1);
    const inverse = 1 / (t + step - t);
    this.f(t + step, y, out);
    let moves = false;
    for (let i = 0; i < this.n; i++) {
      const change = out[i]! - fy[i]!;
      out[i] = change * inverse;
      if (change !== 0) moves = true;
    }
    return moves;
  }

  newJacobian(): Float64Array {
    const { size } = this.layout;
    try {
      return new Float64Array(size);
    } catch (cause) {
      throw new IntegratorError(
        `the Jacobian of ${this.n} unknowns has ${size} entries, which is more than can be had: ` +
          "say where it is zero, by band or sparsity, or use an explicit solver",
        { code: "too_large", cause },
      );
    }
  }

  /** out += J v. */
  addProduct(jac: Float64Array, v: Float64Array, out: Float64Array): void {
    if (this.layout.storage === "point") this.#addDerivative(jac, v, out);
    else addProduct(this.layout, this.n, jac, v, out);
  }

  /** out += J^T v. */
  addTransposedProduct(jac: Float64Array, v: Float64Array, out: Float64Array): void {
    addTransposedProduct(this.layout, this.n, jac, v, out);
  }

  /** min(|J|_1, |J|_inf): each bounds the spectral radius. Without a Jacobian, the power method. */
  normBound(jac: Float64Array): number {
    const { n, layout } = this;
    if (layout.storage !== "point") return normBound(layout, n, jac, this.#workSpace.work);
    this.#power ??= new PowerIteration(this);
    const slope = jac.subarray(n, 2 * n);
    return this.#power.estimate(jac[3 * n]!, jac.subarray(0, n), slope, slope);
  }

  /** out += df/dy v at a point, by the problem's own or by a difference as long as the error weights. */
  #addDerivative(point: Float64Array, v: Float64Array, out: Float64Array): void {
    const { n } = this;
    const time = this.inside(point[3 * n]!);
    const { work, shifted } = this.#workSpace;
    const y = point.subarray(0, n);
    const { krylov } = this.problem;
    if (krylov?.jacobianVector !== undefined) {
      work.fill(0);
      krylov.jacobianVector(time, y, v, work, this.p);
      for (let i = 0; i < n; i++) out[i] = out[i]! + work[i]!;
      return;
    }
    const size = weightedNorm(v, point.subarray(2 * n, 3 * n));
    if (size === 0) return;
    const step = 1 / size;
    for (let i = 0; i < n; i++) shifted[i] = y[i]! + step * v[i]!;
    this.f(time, shifted, work);
    for (let i = 0; i < n; i++) out[i] = out[i]! + (work[i]! - point[n + i]!) * size;
  }
}
