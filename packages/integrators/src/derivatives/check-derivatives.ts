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

/** Matrices are dense and column-major, with n rows. */
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
  const byState = differences.jacobian(t, y).values;
  const byParameter = differences.parameterJacobian(t, y);
  const byTime = timeDifference((time, out) => plain.f(time, y, out), t, 1e-3 * span, n);
  const found = [...checkPattern(system, byState), ...checkJacobian(system, t, y, byState)];
  const moves = TOLERANCE * Math.max(largest(byTime), largest(byState) * size) + 1e-300;
  const i = byTime.findIndex((x) => Math.abs(x) > moves);
  if (problem.autonomous && i >= 0) {
    found.push({ of: "autonomous", message: `autonomous is true, but df[${i}]/dt is ${byTime[i]}` });
  }
  for (const [of, what, expected] of [
    ["timeDerivative", "df/dt", byTime],
    ["parameterJacobian", "df/dp", byParameter],
  ] as const) {
    if (problem[of] === undefined) continue;
    const out = new Float64Array(expected.length);
    const returned: unknown = problem[of](t, y, out, p);
    found.push(...compare(of, what, n, out, expected, returned));
  }
  return [...found, ...checkPullback(system, t, y, byState, byParameter)];
}

/** Entries that `band` or `sparsity` say are zero. */
function checkPattern({ n, problem, form }: System, byState: Float64Array): DerivativeFinding[] {
  const { declared } = form;
  if (declared === undefined) return [];
  const e = byState.findIndex((x, at) => x !== 0 && declared.find(at % n, Math.floor(at / n)) < 0);
  if (e < 0) return [];
  const [i, j] = [e % n, Math.floor(e / n)];
  const who = problem.band
    ? `the band leaves out row ${i}, column ${j}`
    : `sparsity[${j}] leaves out row ${i}`;
  return [{ of: "sparsity", message: `${who}, but df[${i}]/dy[${j}] is ${byState[e]}` }];
}

/** A `jacobian` or a `sparseJacobian`. */
function checkJacobian(
  { n, problem, p }: System,
  t: number,
  y: Float64Array,
  expected: Float64Array,
): DerivativeFinding[] {
  const { jacobian, sparseJacobian, sparsity = [], band } = problem;
  const given = new Float64Array(n * n);
  if (sparseJacobian !== undefined) {
    const places = sparsity.flatMap((rows, j) => rows.map((i) => i + n * j));
    const values = new Float64Array(places.length);
    const returned: unknown = sparseJacobian.call(problem, t, y, values, p);
    for (const [e, place] of places.entries()) given[place] = values[e]!;
    return compare("jacobian", "the sparse Jacobian", n, given, expected, returned);
  }
  if (jacobian === undefined) return [];
  const jac = new ColumnMatrix(n, band);
  const returned: unknown = jacobian.call(problem, t, y, jac.values, p);
  jac.forEachEntry((i, j, at) => {
    given[i + n * j] = jac.values[at]!;
  });
  return compare("jacobian", "the Jacobian", n, given, expected, returned);
}

function checkPullback(
  { n, problem, p }: System,
  t: number,
  y: Float64Array,
  byState: Float64Array,
  byParameter: Float64Array,
): DerivativeFinding[] {
  if (problem.pullback === undefined) return [];
  const v = Float64Array.from({ length: n }, (_, i) => 1 + Math.sin(2 * i + 1) / 2);
  // A pullback must add to the values that are there.
  const [gradY, gradP] = [new Float64Array(n).fill(1), new Float64Array(p.length).fill(1)];
  problem.pullback(t, y, v, gradY, gradP, p);
  return (["y", "p"] as const).flatMap((name) => {
    const [got, matrix] = name === "y" ? [gradY, byState] : [gradP, byParameter];
    const expected = got.map((_, j) => v.reduce((sum, x, i) => sum + x * matrix[j * n + i]!, 0));
    const check = (given: Float64Array) =>
      compare("pullback", `v^T df/d${name}`, got.length, given, expected, undefined);
    const found = check(got.map((x) => x - 1));
    if (found.length === 0 || check(got).length > 0) return found;
    const message = `grad${name.toUpperCase()} is overwritten, expected the pullback to add to it`;
    return [{ of: "pullback", message } as const];
  });
}

/** Describes a matrix that differs from the expected one. An entry is compared with the largest of its row,
 *  which is no less than the rounding that the largest of all leaves in it. */
function compare(
  of: DerivativeFinding["of"],
  name: string,
  rows: number,
  given: Float64Array,
  expected: Float64Array,
  returned: unknown,
): DerivativeFinding[] {
  const size = largest(expected);
  const sizes = new Float64Array(rows).fill(1e-4 * size);
  expected.forEach((x, e) => {
    sizes[e % rows] = Math.max(sizes[e % rows]!, Math.abs(x));
  });
  const close = (x: number, other: number, scale: number) =>
    Math.abs(x - other) <= TOLERANCE * scale + 1e-300;
  const e = given.findIndex((x, at) => !close(x, expected[at]!, sizes[at % rows]!));
  if (e < 0) return [];
  const agrees = (other: (i: number, j: number) => number) =>
    given.every((x, at) => close(x, other(at % rows, Math.floor(at / rows)), size));
  const place = given.length > rows ? `${e % rows}, ${Math.floor(e / rows)}` : e;
  let likely = "";
  if (given.every((x) => x === 0)) {
    likely = "; all of it is 0";
    if (typeof returned === "object" && returned !== null)
      likely += ": the function returned it, expected it to write into its argument";
  } else if (agrees((i, j) => -expected[i + rows * j]!)) likely = "; all of it has the opposite sign";
  else if (given.length === rows * rows && agrees((i, j) => expected[j + rows * i]!))
    likely = "; it is transposed: entry (i, j) belongs at i + n * j, or in its place in the band";
  const message = `${name}: entry ${place} is ${given[e]}, differences say ${expected[e]}${likely}`;
  return [{ of, message }];
}
