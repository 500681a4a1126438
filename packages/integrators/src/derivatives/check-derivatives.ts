import { requireSpan, requireState, requireTolerances } from "../integrate/requirements.ts";
import type { SolveOptions } from "../integrate/solve-options.ts";
import { requireKnownOptions } from "../known-names.ts";
import { ColumnMatrix } from "../matrix/column-matrix.ts";
import type { OdeProblem } from "../problem.ts";
import { FieldDerivatives } from "../sensitivity/field-derivatives.ts";
import { System } from "../system.ts";
import { largest } from "../vectors.ts";
import { Scales, timeDifference } from "./central-differences.ts";

/** A derivative that is not what differences of f say. */
export interface DerivativeFinding {
  readonly of: "jacobian" | "sparsity" | "parameterJacobian" | "timeDerivative" | "autonomous" | "pullback";
  /** The fault, its place, and its likely cause. */
  readonly message: string;
}

/** Largest difference between differences and derivatives, relative to the largest entry of the row. */
const TOLERANCE = 1e-5;

/** Compares `jacobian`, `band` or `sparsity`, `parameterJacobian`, `timeDerivative`, `autonomous` and
 *  `pullback` with central differences of f, at the initial state and at one near it. Each finding says what
 *  the derivative looks like: transposed, of the wrong sign, returned instead of written. Empty when all
 *  agree. Increments come from `scales` and the tolerances, as in gradients. Use it in a test, since it takes
 *  about 4 n + 4 p.length evaluations.
 *  @param tolerances the tolerances of your runs; default: those of `solve` */
export function checkDerivatives(
  problem: OdeProblem,
  tolerances: Pick<SolveOptions, "rtol" | "atol"> = {},
): readonly DerivativeFinding[] {
  requireKnownOptions(tolerances, { rtol: true, atol: true }, "checkDerivatives: ");
  const n = requireState(problem);
  const [t0, t1] = requireSpan(problem);
  const system = new System(problem, undefined, requireTolerances(tolerances, n));
  const scales = new Scales(problem, system.tolerances);
  const y0 = Float64Array.from(problem.y0);
  // Components at 0 hide what is multiplied by them.
  const size = largest(y0) || 1;
  const near = y0.map((x, i) => {
    const moved = x * (1 + 0.01 * Math.sin(i + 1));
    return x === 0 ? scales.floor(i, size) * (1.5 + Math.cos(3 * i)) : moved;
  });
  const found: DerivativeFinding[] = [];
  for (const [t, y] of [
    [t0 + 1e-3 * (t1 - t0), y0],
    [t0 + 0.37 * (t1 - t0), near],
  ] as const) {
    found.push(...checkAt(system, t, y, size, t1 - t0));
    if (found.length > 0) break;
  }
  return found;
}

function checkAt(
  system: System,
  t: number,
  y: Float64Array,
  size: number,
  span: number,
): DerivativeFinding[] {
  const { n, p, problem } = system;
  const { y0, tSpan, parameters = [], scales = {} } = problem;
  const plain = new System({ f: system.field, y0, tSpan, parameters, scales }, undefined, system.tolerances);
  const differences = new FieldDerivatives(plain);
  const columnsOf = (matrix: Float64Array): Float64Array[] =>
    Array.from({ length: matrix.length / n }, (_, j) => matrix.subarray(j * n, (j + 1) * n));
  const byState = columnsOf(differences.jacobian(t, y).values);
  const byTime = timeDifference((time, out) => plain.f(time, y, out), t, 1e-3 * span, n);
  const found = [...checkPattern(system, byState), ...checkJacobian(system, t, y, byState)];
  const scale = Math.max(...byTime.map(Math.abs), ...byState.map((c) => Math.max(...c.map(Math.abs)) * size));
  if (problem.autonomous && byTime.some((x) => Math.abs(x) > TOLERANCE * scale + 1e-300)) {
    const i = byTime.findIndex((x) => Math.abs(x) > TOLERANCE * scale);
    found.push({ of: "autonomous", message: `autonomous is true, but df[${i}]/dt is ${byTime[i]}` });
  }
  if (problem.timeDerivative !== undefined) {
    const out = new Float64Array(n);
    const returned: unknown = problem.timeDerivative(t, y, out, p);
    found.push(...findings("timeDerivative", compare("df/dt", [out], [byTime], returned)));
  }
  if ((problem.pullback ?? problem.parameterJacobian) === undefined) return found;
  const byParameter = columnsOf(differences.parameterJacobian(t, y));
  found.push(...checkParameterJacobian(system, t, y, byParameter));
  if (problem.pullback === undefined) return found;
  return [...found, ...checkPullback(system, t, y, byState, byParameter)];
}

const findings = (of: DerivativeFinding["of"], message: string | undefined): DerivativeFinding[] =>
  message ? [{ of, message }] : [];

function checkParameterJacobian(
  { n, problem, p }: System,
  t: number,
  y: Float64Array,
  byParameter: Columns,
): DerivativeFinding[] {
  if (problem.parameterJacobian === undefined || p.length === 0) return [];
  const out = new Float64Array(n * p.length);
  const returned: unknown = problem.parameterJacobian(t, y, out, p);
  const given = byParameter.map((_, k) => out.subarray(k * n, (k + 1) * n));
  return findings("parameterJacobian", compare("df/dp", given, byParameter, returned));
}

/** Entries that `band` or `sparsity` say are zero. */
function checkPattern({ n, problem }: System, columns: readonly Float64Array[]): DerivativeFinding[] {
  const { band, sparsity } = problem;
  for (let j = 0; j < n; j++) {
    const rows = typeof sparsity === "object" ? new Set(sparsity[j]) : undefined;
    for (let i = 0; i < n; i++) {
      if (columns[j]![i] === 0) continue;
      const inside = rows ? rows.has(i) : !band || (i - j <= band.lower && j - i <= band.upper);
      if (inside) continue;
      const who = rows ? `sparsity[${j}] leaves out row ${i}` : `the band leaves out row ${i}, column ${j}`;
      return [{ of: "sparsity", message: `${who}, but df[${i}]/dy[${j}] is ${columns[j]![i]}` }];
    }
  }
  return [];
}

/** A `jacobian` or a `sparseJacobian`. */
function checkJacobian(
  { n, problem, p }: System,
  t: number,
  y: Float64Array,
  columns: Columns,
): DerivativeFinding[] {
  const { jacobian, sparseJacobian, sparsity = [], band } = problem;
  const given = columns.map(() => new Float64Array(n));
  if (sparseJacobian !== undefined) {
    const values = new Float64Array(sparsity.reduce((sum, rows) => sum + rows.length, 0));
    const returned: unknown = sparseJacobian.call(problem, t, y, values, p);
    let e = 0;
    sparsity.forEach((rows, j) => {
      for (const i of rows) given[j]![i] = values[e++]!;
    });
    return findings("jacobian", compare("the sparse Jacobian", given, columns, returned));
  }
  if (jacobian === undefined) return [];
  const jac = new ColumnMatrix(n, band);
  const returned: unknown = jacobian.call(problem, t, y, jac.values, p);
  jac.forEachEntry((i, j, at) => {
    given[j]![i] = jac.values[at]!;
  });
  return findings("jacobian", compare("the Jacobian", given, columns, returned));
}

function checkPullback(
  { n, problem, p }: System,
  t: number,
  y: Float64Array,
  byState: readonly Float64Array[],
  byParameter: readonly Float64Array[],
): DerivativeFinding[] {
  const found: DerivativeFinding[] = [];
  const v = Float64Array.from({ length: n }, (_, i) => 1 + Math.sin(2 * i + 1) / 2);
  // A pullback must add to the values that are there.
  const gradY = new Float64Array(n).fill(1);
  const gradP = new Float64Array(p.length).fill(1);
  problem.pullback!(t, y, v, gradY, gradP, p);
  for (const [name, got, columns] of [
    ["y", gradY, byState],
    ["p", gradP, byParameter],
  ] as const) {
    const expected = Float64Array.from(columns, (c) => c.reduce((sum, x, i) => sum + x * v[i]!, 0));
    const added = got.map((x) => x - 1);
    const message = compare(`v^T df/d${name}`, [added], [expected], undefined);
    if (!message) continue;
    const set = compare("", [got], [expected], undefined) === undefined;
    found.push({
      of: "pullback",
      message: set ? `grad${name.toUpperCase()} is overwritten, expected the pullback to add to it` : message,
    });
  }
  return found;
}

type Columns = readonly Float64Array[];

/** Describes a matrix that differs from the expected one. Undefined if they agree. */
function compare(name: string, given: Columns, expected: Columns, returned: unknown): string | undefined {
  const largest = expected.reduce((size, column) => Math.max(size, ...column.map(Math.abs)), 0);
  const agrees = (other: (i: number, j: number) => number) =>
    given.every((column, j) =>
      column.every((x, i) => Math.abs(x - other(i, j)) <= TOLERANCE * largest + 1e-300),
    );
  const sizes = rowSizes(expected, 1e-4 * largest);
  const close = (x: number, i: number, j: number) =>
    Math.abs(x - expected[j]![i]!) <= TOLERANCE * sizes[i]! + 1e-300;
  const j = given.findIndex((column, k) => column.some((x, i) => !close(x, i, k)));
  if (j < 0) return undefined;
  const i = given[j]!.findIndex((x, k) => !close(x, k, j));
  const where = `${name}: entry ${i}${given.length > 1 ? `, ${j}` : ""} is ${given[j]![i]}, differences say ${expected[j]![i]}`;
  if (given.every((column) => column.every((x) => x === 0))) {
    const slip =
      typeof returned === "object" && returned !== null
        ? ": the function returned it, expected it to write into its argument"
        : "";
    return `${where}; all of it is 0${slip}`;
  }
  if (agrees((k, l) => -expected[l]![k]!)) return `${where}; all of it has the opposite sign`;
  if (given.length === given[0]!.length && agrees((k, l) => expected[k]![l]!)) {
    return `${where}; it is transposed: entry (i, j) belongs at i + n * j, or in its place in the band`;
  }
  return where;
}

/** The largest entry of each row, and no less than the rounding that the largest of all leaves in it. */
function rowSizes(columns: Columns, least: number): Float64Array {
  const sizes = new Float64Array(columns[0]!.length).fill(least);
  for (const column of columns) {
    for (let i = 0; i < sizes.length; i++) sizes[i] = Math.max(sizes[i]!, Math.abs(column[i]!));
  }
  return sizes;
}
