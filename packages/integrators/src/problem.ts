/** y' = f(t, y, p): writes the derivative into `dy` (every entry, at every call) and returns nothing.
 *  `y` and `p` must not be written to or kept: the solver reuses them. */
export type VectorField = (t: number, y: Float64Array, dy: Float64Array, p: Float64Array) => void;

/** Writes df_i/dy_j. Without `band`, `jac` is a dense column-major [n, n]: entry (i, j) at `i + n * j`. With
 *  `band`, it is the band column by column: entry (i, j) at `(upper + i - j) + (lower + upper + 1) * j`. It
 *  is zero on entry. */
export type JacobianFunction = (t: number, y: Float64Array, jac: Float64Array, p: Float64Array) => void;

/** The field's pullback: ADDS v^T df/dy to `gradY` [n] and v^T df/dp to `gradP` [p.length]. */
export type FieldPullback = (
  t: number,
  y: Float64Array,
  v: Float64Array,
  gradY: Float64Array,
  gradP: Float64Array,
  p: Float64Array,
) => void;

/** Writes the entries of df/dy that `sparsity` lists, column after column, each in the order of its list. */
export type SparseJacobianFunction = (
  t: number,
  y: Float64Array,
  values: Float64Array,
  p: Float64Array,
) => void;

/** P, near shift M - J (M = I without a mass matrix), for GMRES: it runs on P^-1 (shift M - J). */
export interface Preconditioner {
  /** J is taken at (t, y) from now on, or the shift (1/time) has changed. */
  prepare?(t: number, y: Float64Array, shift: number, p: Float64Array): void;
  /** b becomes P^-1 b. */
  solve(b: Float64Array): void;
}

/** Linear systems by GMRES, without a Jacobian: df/dy v is a difference of f, or given. For `bdf`, the
 *  Rosenbrock and the diagonally implicit methods.
 *  @see Saad and Schultz, GMRES, 1986; Brown and Hindmarsh, Reduced storage matrix methods in stiff ODE
 *  systems, 1989 */
export interface Krylov {
  readonly preconditioner?: Preconditioner;
  /** Writes df/dy v into `out`. */
  readonly jacobianVector?: (
    t: number,
    y: Float64Array,
    v: Float64Array,
    out: Float64Array,
    p: Float64Array,
  ) => void;
  /** Vectors that GMRES keeps before a restart (default 20), and the most restarts (default 2). If that is
   *  not enough, the step becomes smaller. */
  readonly dimension?: number;
  readonly restarts?: number;
}

/** Half-bandwidths: df_i/dy_j is zero unless -upper <= i - j <= lower. */
export interface Band {
  readonly lower: number;
  readonly upper: number;
}

/** An initial value problem y' = f(t, y, p), y(tSpan[0]) = y0, to be integrated to tSpan[1], forwards or
 *  backwards. */
export interface OdeProblem {
  readonly f: VectorField;
  readonly y0: ArrayLike<number>;
  readonly tSpan: readonly [number, number];
  /** M of M y' = f(t, y, p): its diagonal [n], or the whole matrix column by column [n, n]. Rows of zeros
   *  make algebraic equations (a differential-algebraic equation of index 1). y0 is moved until they hold.
   *  For `bdf`, `radau` and the Rosenbrock methods. */
  readonly mass?: ArrayLike<number>;
  /** The index (1, 2 or 3) of each unknown of a problem with a mass matrix: how often the equations must be
   *  differentiated to give its derivative. Unknowns with a derivative have 1. In mechanics positions have 1,
   *  velocities 2 and multipliers 3, or 1, 1, 2 if the velocities are constrained. For `radau`, which then
   *  measures the errors of an unknown times h^(index - 1). y0 must satisfy the equations and their
   *  derivatives. @see Hairer and Wanner, Solving Ordinary Differential Equations II, VII.4 */
  readonly index?: ArrayLike<number>;
  /** The last argument of every callback. Sensitivities are derivatives by these parameters. */
  readonly parameters?: ArrayLike<number>;
  /** Names of the parameters. Events and their actions may then use `p.name`, and gradients have
   *  `parameters.name`. `defineProblem` sets it. */
  readonly parameterNames?: readonly string[];
  /** Without it, finite differences are used. */
  readonly jacobian?: JacobianFunction;
  /** The Jacobian is banded. Its storage, its factorisation and its finite differences then cost O(n *
   *  width). */
  readonly band?: Band;
  /** `sparsity[j]` lists the rows where column j of the Jacobian may be non-zero. Columns that share no row
   *  are then differenced together (Curtis, Powell and Reid 1974). A narrow pattern is factorised as a band.
   *  With 10 unknowns or more, another pattern with enough zeros gets a sparse factorisation, whose memory
   *  and time are those of the entries and of the fill-in. Next to a `jacobian`, which stays dense and
   *  column-major, the pattern is checked at the first evaluation. A Jacobian without `band` and `sparsity`
   *  is dense. `detectSparsity` finds the pattern to declare. */
  readonly sparsity?: readonly (readonly number[])[];
  /** Writes the entries that `sparsity` lists, instead of a `jacobian`. No array has size n^2. */
  readonly sparseJacobian?: SparseJacobianFunction;
  /** Linear systems by GMRES instead of a factorisation. */
  readonly krylov?: Krylov;
  /** Writes df_i/dp_k at i + n * k of an array that is zero, for sensitivities. Without it they use
   *  `pullback`, or differences in p, which take two evaluations for each parameter. */
  readonly parameterJacobian?: JacobianFunction;
  /** Typical sizes of unknowns and parameters that may be far smaller, or 0: one for all, or one for each.
   *  Finite differences for gradients move a component by a small part of its size, and no less than of
   *  this. Default for unknowns: atol / rtol, where the tolerance becomes an absolute one, but at most 1e-3
   *  of the largest unknown. Default for a parameter at 0: 1. */
  readonly scales?: {
    readonly y?: number | ArrayLike<number>;
    readonly parameters?: number | ArrayLike<number>;
  };
  /** df/dt, which Rosenbrock methods need; finite differences without it. */
  readonly timeDerivative?: VectorField;
  /** f does not depend on t: saves Rosenbrock methods one evaluation a step. */
  readonly autonomous?: boolean;
  /** Used by the reverse-mode sensitivities; without it they fall back on the Jacobian and on differences in
   *  p. */
  readonly pullback?: FieldPullback;
}

/** The fields of a problem: others are refused. The last ones are what test problems say of themselves. */
export const problemFieldNames: Readonly<Record<keyof OdeProblem, true> & Record<string, true>> = {
  f: true,
  y0: true,
  tSpan: true,
  mass: true,
  index: true,
  parameters: true,
  parameterNames: true,
  jacobian: true,
  band: true,
  sparsity: true,
  sparseJacobian: true,
  krylov: true,
  parameterJacobian: true,
  scales: true,
  timeDerivative: true,
  autonomous: true,
  pullback: true,
  name: true,
  reference: true,
  source: true,
  atolFor: true,
};

/** Work of a run. */
export interface Stats {
  /** Accepted steps; methods that double their steps count both halves. */
  steps: number;
  /** Steps refused by the error estimate. */
  rejected: number;
  /** Steps refused because Newton's iteration failed or a value was not finite. */
  failed: number;
  /** Calls of f, those for finite differences included. */
  evaluations: number;
  jacobians: number;
  /** LU factorisations, a complex one counted as one. */
  factorisations: number;
  /** Pairs of triangular solves, a complex one counted as one. */
  solves: number;
}

export function emptyStats(): Stats {
  return { steps: 0, rejected: 0, failed: 0, evaluations: 0, jacobians: 0, factorisations: 0, solves: 0 };
}
