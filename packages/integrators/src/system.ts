import type { Tolerances } from "./derivatives/central-differences.ts";
import { IntegratorError, misuse } from "./errors.ts";
import { poll } from "./interruption.ts";
import { AnalyticJacobian } from "./jacobian/analytic.ts";
import { Differences, forwardSteps } from "./jacobian/differences.ts";
import { type JacobianForm, jacobianForm } from "./jacobian/form.ts";
import { requireLayout } from "./jacobian/requirements.ts";
import { MassMatrix } from "./matrix/mass-matrix.ts";
import type { Matrix } from "./matrix/matrix.ts";
import { type NamedParameters, named } from "./named-parameters.ts";
import { emptyStats, type OdeProblem, type Stats, type VectorField } from "./problem.ts";
import { allFinite, ROOT_EPSILON } from "./vectors.ts";

/** A problem made ready for stepping: callbacks bound to their parameters and counted, storage chosen. */
export class System {
  readonly problem: OdeProblem;
  readonly n: number;
  readonly field: VectorField;
  readonly stats: Stats;
  readonly mass: MassMatrix | undefined;
  readonly tolerances: Tolerances | undefined;
  /** Copied at construction; a batch writes each member's values here. */
  readonly p: NamedParameters;
  #form: JacobianForm | undefined;
  #differences: Differences | undefined;
  #analytic: AnalyticJacobian | undefined;
  #steps: Float64Array | undefined;
  #firstTime = Number.NEGATIVE_INFINITY;
  #lastTime = Number.POSITIVE_INFINITY;

  /** @param tolerances the run's, for the increments of differences for gradients */
  constructor(problem: OdeProblem, stats: Stats = emptyStats(), tolerances?: Tolerances) {
    if (typeof problem.f !== "function") {
      throw misuse("bad_field", `problem.f is ${typeof problem.f}, expected a function (t, y, dy, p)`);
    }
    this.problem = problem;
    this.n = problem.y0.length;
    // A problem may be an object with fields of its own.
    this.field = problem.f.bind(problem);
    this.stats = stats;
    this.p = named(Float64Array.from(problem.parameters ?? []), problem.parameterNames);
    requireLayout(problem, this.n);
    this.tolerances = tolerances;
    this.mass = problem.mass && new MassMatrix(problem.mass, this.n);
  }

  /** How its Jacobian is kept; explicit methods never ask. */
  get form(): JacobianForm {
    this.#form ??= jacobianForm(this.problem, this.n, this.mass);
    return this.#form;
  }

  /** The first evaluation of a run: an entry that the field forgets to write shows as NaN, and a field that
   *  returns its derivative instead of writing it is refused. */
  firstSlope(t: number, y: Float64Array, dy: Float64Array): void {
    this.stats.evaluations++;
    dy.fill(Number.NaN);
    const before = { y: y.slice(), p: this.p.slice() };
    const returned: unknown = this.field(this.inside(t), y, dy, this.p);
    for (const name of ["y", "p"] as const) {
      const i = before[name].findIndex((x, k) => x !== (name === "y" ? y : this.p)[k]);
      if (i < 0) continue;
      throw misuse(
        "bad_field",
        `f writes into ${name}[${i}], expected it to write into its third argument alone: ${name} belongs to the solver`,
      );
    }
    if (returned !== dy && typeof returned === "object" && returned !== null) {
      throw misuse(
        "bad_field",
        "f returned a value, expected it to write the derivative into its third argument",
      );
    }
  }

  /** The entries of dy that f leaves as they are. */
  unwritten(t: number, y: Float64Array): number[] {
    const [before, after] = [Number.NaN, 0].map((x) => new Float64Array(this.n).fill(x));
    for (const dy of [before!, after!]) this.field(this.inside(t), y, dy, this.p);
    return [...y.keys()].filter((i) => Number.isNaN(before![i]) && after![i] === 0);
  }

  /** The unknowns, if the Jacobian has been asked for and is a full one. */
  get denseUnknowns(): number {
    const { band, sparsity } = this.problem;
    return this.#form !== undefined && band === undefined && sparsity === undefined ? this.n : 0;
  }

  f(t: number, y: Float64Array, dy: Float64Array): void {
    poll();
    this.stats.evaluations++;
    this.field(this.inside(t), y, dy, this.p);
  }

  /** Keeps the times of all callbacks within these, since f may jump there. */
  confine(first: number, last: number): void {
    this.#firstTime = first;
    this.#lastTime = last;
  }

  inside(t: number): number {
    if (t < this.#firstTime) return this.#firstTime;
    if (t > this.#lastTime) return this.#lastTime;
    return t;
  }

  /** Writes the Jacobian at (t, y) into `jac`. Finite differences choose their increments from the error
   *  weights of y and the current step `h`. `fy` is f(t, y) if known. Returns false if an entry is not
   *  finite. */
  jacobian(
    t: number,
    y: Float64Array,
    weights: Float64Array,
    h: number,
    jac: Matrix,
    fy?: Float64Array,
  ): boolean {
    this.stats.jacobians++;
    if (!this.analyticJacobian(t, y, jac)) this.#difference(t, y, weights, h, jac, fy);
    return allFinite(jac.values);
  }

  /** The problem's own Jacobian into `jac`; false when it has none. */
  analyticJacobian(t: number, y: Float64Array, jac: Matrix): boolean {
    if ((this.problem.jacobian ?? this.problem.sparseJacobian) === undefined) return false;
    this.#analytic ??= new AnalyticJacobian(this.problem, this.form);
    this.#analytic.write(this.inside(t), y, this.p, jac);
    return true;
  }

  #difference(
    t: number,
    y: Float64Array,
    weights: Float64Array,
    h: number,
    jac: Matrix,
    known: Float64Array | undefined,
  ): void {
    const { n } = this;
    const fy = known ?? new Float64Array(n);
    if (known === undefined) this.f(t, y, fy);
    let sum = 0;
    for (let i = 0; i < n; i++) {
      const r = fy[i]! / weights[i]!;
      sum += r * r;
    }
    const size = 1000 * Number.EPSILON * n * Math.abs(h) * Math.sqrt(sum / Math.max(1, n));
    const floor = Number.isFinite(size) ? size : 0;
    // With a mass matrix f is not the derivative of y, and h f is not a distance.
    const way = this.mass === undefined ? h : Number.POSITIVE_INFINITY;
    this.#steps ??= new Float64Array(n);
    forwardSteps(y, fy, weights, way, floor, this.#steps);
    this.#differences ??= new Differences(this.form, n);
    this.#differences.fill(jac, (state, dy) => this.f(t, state, dy), y, this.#steps, fy);
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

  /** The evaluations of f that a Jacobian takes. */
  get jacobianPrice(): number {
    if ((this.problem.jacobian ?? this.problem.sparseJacobian) !== undefined) return 0;
    return this.form.groups?.length ?? this.n;
  }

  newJacobian(): Matrix {
    if (this.problem.krylov !== undefined) {
      throw misuse("bad_krylov", "krylov is given, expected none: it makes no matrix of the Jacobian");
    }
    try {
      return this.form.newMatrix();
    } catch (cause) {
      throw new IntegratorError(
        `the Jacobian of ${this.n} unknowns has ${this.n ** 2} entries, which need more memory than there is: ` +
          "say where it is zero, by band or sparsity, or use an explicit solver",
        { code: "too_large", cause },
      );
    }
  }
}
