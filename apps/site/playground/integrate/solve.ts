import {
  type OdeProblem,
  oneStepSolvers,
  type Solution,
  type Solver,
  type Status,
  solve,
} from "@stiffnet/integrators";
import { eigenvaluesOf } from "@stiffnet/stiffness";
import type { IntegrateConfig } from "./config.ts";
import { problems } from "./problems.ts";
import type { Run } from "./protocol.ts";

const mostSteps = 60_000;
const mostPoints = 800;
/** Steps whose eigenvalues are shown. */
const examined = 120;
const seconds = 2;

/** Both solvers on the problem of a configuration. Throws one sentence where the problem cannot be read. */
export function solveBoth(config: IntegrateConfig): Run[] {
  const { explicit, implicit, tolerance } = config;
  const problem = problemOf(config);
  return [explicit, implicit].map((name) => {
    const solver = oneStepSolvers.find((one) => one.name === name)!;
    return runOf(problem, config, solver, 10 ** tolerance);
  });
}

function problemOf({ problem, stiffness, code, start, end }: IntegrateConfig): OdeProblem {
  const k = 10 ** stiffness;
  const known = problems[problem];
  if (known !== undefined) return known.make(k);
  const y0 = start.split(",").map((cell) => (cell.trim() === "" ? Number.NaN : Number(cell)));
  const bad = y0.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1)
    throw new Error(`The start needs a number in place ${bad + 1}: expected numbers between commas.`);
  if (y0.length > 50) throw new Error(`The start has ${y0.length} numbers, and this page takes 50.`);
  const typed = compiled(code);
  return { f: (t, y, dy) => typed(t, y, dy, k), y0, tSpan: [0, end] };
}

type Typed = (t: number, y: Float64Array, dy: Float64Array, k: number) => void;

function compiled(code: string): Typed {
  try {
    return new Function("t", "y", "dy", "k", `"use strict";${code}\n`) as Typed;
  } catch (error) {
    throw new Error(`The right-hand side cannot be read: ${error instanceof Error ? error.message : error}.`);
  }
}

/** Advice for visitors, because the solver's own hint names options that this page lacks. */
const gaveUp = (at: string): string =>
  `it gave up at ${at}, because stability limits its steps. A smaller number above or a larger tolerance helps`;
const advice: Partial<Record<Status, (at: string) => string>> = {
  max_steps_reached: gaveUp,
  time_limit_reached: gaveUp,
  stiff: gaveUp,
};

function runOf(problem: OdeProblem, config: IntegrateConfig, solver: Solver, rtol: number): Run {
  const options = { solver, rtol, atol: rtol / 1000, maxSteps: mostSteps, maxSeconds: seconds };
  const solution = solve(problem, { ...options, keep: "steps" });
  const { t, stats, status, hint } = solution;
  const h = Float64Array.from(t.subarray(1), (end, k) => end - t[k]!);
  return {
    solver: solver.name,
    status,
    hint: advice[status]?.(`t = ${t.at(-1)!.toPrecision(3)}`) ?? hint,
    steps: stats.steps,
    rejected: stats.rejected,
    evaluations: stats.evaluations,
    factorisations: stats.factorisations,
    curves: curvesOf(solution, config),
    ...thinnedSteps(t.subarray(1), h),
    ...spectraOf(problem, solution, h),
  };
}

function curvesOf({ t, y, n }: Solution, { problem }: IntegrateConfig): Run["curves"] {
  const shown =
    problems[problem]?.shown ??
    Array.from({ length: Math.min(n, 5) }, (_, index) => ({ index, name: `y${index}` }));
  const at = chosen(t.length, mostPoints);
  return shown.map(({ index, name, factor = 1 }: { index: number; name: string; factor?: number }) => ({
    name,
    t: Float64Array.from(at, (k) => t[k]!),
    y: Float64Array.from(at, (k) => factor * y[k * n + index]!),
  }));
}

function thinnedSteps(t: Float64Array, h: Float64Array): Pick<Run, "t" | "h"> {
  const at = chosen(t.length, mostPoints);
  return { t: Float64Array.from(at, (k) => t[k]!), h: Float64Array.from(at, (k) => h[k]!) };
}

/** Eigenvalues of h df/dy at the beginning of some steps, by forward differences. */
function spectraOf(
  problem: OdeProblem,
  { t, y, n }: Solution,
  h: Float64Array,
): Pick<Run, "re" | "im" | "group"> {
  const at = chosen(h.length, examined);
  const re = new Float32Array(at.length * n);
  const im = new Float32Array(at.length * n);
  at.forEach((k, row) => {
    const found = eigenvaluesOf(jacobianOf(problem, t[k]!, y.slice(k * n, (k + 1) * n)));
    for (let i = 0; i < n; i++) {
      re[row * n + i] = h[k]! * found.re[i]!;
      im[row * n + i] = h[k]! * found.im[i]!;
    }
  });
  return { re, im, group: n };
}

function jacobianOf({ f }: OdeProblem, t: number, y: Float64Array): Float64Array {
  const n = y.length;
  const [base, moved, p] = [new Float64Array(n), new Float64Array(n), new Float64Array(0)];
  f(t, y, base, p);
  const jacobian = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const kept = y[j]!;
    y[j] = kept + 1e-7 * Math.max(1e-3, Math.abs(kept));
    const step = y[j]! - kept;
    f(t, y, moved, p);
    y[j] = kept;
    for (let i = 0; i < n; i++) jacobian[i * n + j] = (moved[i]! - base[i]!) / step;
  }
  return jacobian;
}

/** At most so many of 0 to count - 1, evenly spread. */
function chosen(count: number, most: number): number[] {
  if (count <= most) return Array.from({ length: count }, (_, k) => k);
  return Array.from({ length: most }, (_, k) => Math.round((k * (count - 1)) / (most - 1)));
}
