import { IntegratorError } from "./errors.ts";
import { differenceJacobian } from "./jacobian/finite-difference.ts";
import { type JacobianLayout, jacobianLayout, patternMask } from "./jacobian/layout.ts";
import { MassMatrix } from "./linear/mass-matrix.ts";
import { emptyStats, type OdeProblem, type Stats, type VectorField } from "./problem.ts";
import { allFinite } from "./vectors.ts";

const ROOT_EPSILON = 2 ** -26;

/** A problem made ready for stepping: callbacks bound to their parameters and counted, storage chosen. */
export class System {
  readonly problem: OdeProblem;
  readonly n: number;
  readonly field: VectorField;
  readonly stats: Stats;
  readonly layout: JacobianLayout;
  readonly mass: MassMatrix | undefined;
  /** Copied at construction; a batch writes each member's values here. */
  readonly p: Float64Array;
  readonly #work: Float64Array;
  readonly #shifted: Float64Array;
  readonly #slope: Float64Array;
  #patternChecked = false;
  #firstTime = Number.NEGATIVE_INFINITY;
  #lastTime = Number.POSITIVE_INFINITY;

  constructor(problem: OdeProblem, stats: Stats = emptyStats()) {
    if (typeof problem.f !== "function") {
      throw new IntegratorError(`problem.f is ${typeof problem.f}, expected a function (t, y, dy, p)`, {
        code: "bad_field",
      });
    }
    this.problem = problem;
    this.n = problem.y0.length;
    this.field = problem.f;
    this.stats = stats;
    this.p = Float64Array.from(problem.parameters ?? []);
    this.layout = jacobianLayout(problem, this.n);
    this.mass = problem.mass && new MassMatrix(problem.mass, this.n);
    this.#work = new Float64Array(this.n);
    this.#shifted = new Float64Array(this.n);
    this.#slope = new Float64Array(this.n);
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
    return Math.max(this.#firstTime, Math.min(t, this.#lastTime));
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
    if (this.problem.jacobian !== undefined) {
      const returned: unknown = this.problem.jacobian(this.inside(t), y, jac, this.p);
      if (returned !== jac && typeof returned === "object" && returned !== null) {
        throw new IntegratorError(
          "jacobian returned a value, expected it to write into its third argument, column by column",
          { code: "bad_field" },
        );
      }
      if (!this.#patternChecked) this.#checkPattern(jac);
    } else this.#difference(t, y, weights, h, jac, fy);
    return allFinite(jac);
  }

  /** An entry outside the declared pattern would be ignored in silence. */
  #checkPattern(jac: Float64Array): void {
    this.#patternChecked = true;
    const { rows, band } = this.layout;
    if (rows === undefined || band !== undefined) return;
    const { n } = this;
    const inside = patternMask(n, rows);
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < n; i++) {
        if (jac[i + n * j] === 0 || inside[i + n * j] === 1) continue;
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
    const fy = known ?? this.#slope;
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
    this.stats.evaluations += differenceJacobian(
      this.field,
      this.layout,
      this.inside(t),
      y,
      fy,
      this.p,
      weights,
      way,
      floor,
      jac,
      this.#work,
      this.#shifted,
    );
  }

  /** df/dt at (t, y) into `out`, by forward differences when the problem gives none. */
  timeDerivative(t: number, y: Float64Array, fy: Float64Array, h: number, out: Float64Array): void {
    if (this.problem.autonomous) {
      out.fill(0);
      return;
    }
    if (this.problem.timeDerivative !== undefined) {
      this.problem.timeDerivative(this.inside(t), y, out, this.p);
      return;
    }
    const step = ROOT_EPSILON * Math.max(Math.abs(t), Math.abs(h)) * Math.sign(h || 1);
    const inverse = 1 / (t + step - t);
    this.f(t + step, y, out);
    for (let i = 0; i < this.n; i++) out[i] = (out[i]! - fy[i]!) * inverse;
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
    const { n } = this;
    const { band } = this.layout;
    const lower = band?.lower ?? n - 1;
    const upper = band?.upper ?? n - 1;
    for (let j = 0; j < n; j++) {
      const x = v[j]!;
      const first = Math.max(0, j - upper);
      const last = Math.min(n - 1, j + lower);
      const at = this.#columnOffset(j);
      for (let i = first; i <= last; i++) out[i] = out[i]! + jac[at + i]! * x;
    }
  }

  /** out += J^T v. */
  addTransposedProduct(jac: Float64Array, v: Float64Array, out: Float64Array): void {
    const { n } = this;
    const { band } = this.layout;
    const lower = band?.lower ?? n - 1;
    const upper = band?.upper ?? n - 1;
    for (let j = 0; j < n; j++) {
      const first = Math.max(0, j - upper);
      const last = Math.min(n - 1, j + lower);
      const at = this.#columnOffset(j);
      let sum = 0;
      for (let i = first; i <= last; i++) sum += jac[at + i]! * v[i]!;
      out[j] = out[j]! + sum;
    }
  }

  /** min(|J|_1, |J|_inf): each bounds the spectral radius. */
  normBound(jac: Float64Array): number {
    const { n } = this;
    const { band } = this.layout;
    const lower = band?.lower ?? n - 1;
    const upper = band?.upper ?? n - 1;
    const rows = this.#work.fill(0);
    let columns = 0;
    for (let j = 0; j < n; j++) {
      const first = Math.max(0, j - upper);
      const last = Math.min(n - 1, j + lower);
      const at = this.#columnOffset(j);
      let sum = 0;
      for (let i = first; i <= last; i++) {
        const size = Math.abs(jac[at + i]!);
        sum += size;
        rows[i] = rows[i]! + size;
      }
      columns = Math.max(columns, sum);
    }
    let largest = 0;
    for (let i = 0; i < n; i++) largest = Math.max(largest, rows[i]!);
    return Math.min(columns, largest);
  }

  /** Storage index of entry (i, j) is this plus i. */
  #columnOffset(j: number): number {
    const { band } = this.layout;
    return band === undefined ? this.n * j : band.upper - j + (band.lower + band.upper + 1) * j;
  }
}
