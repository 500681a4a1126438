import { type OdeProblem, oneStepSolvers, type Status, solve } from "@stiffnet/integrators";
import { realStabilityLimit } from "@stiffnet/integrators/tableaus";
import { median } from "@stiffnet/report";
import { solverOf } from "../../solvers.ts";

/** Below this the fast component counts as exhausted (slides). */
export const exhausted = 0.01;

/** x' = diag(-1, -rate) x, x(0) = (1, 1), to `horizon`: x_i = exp(-rate_i t). */
export function twoRates(rate: number, horizon: number): OdeProblem {
  return {
    f: (_t, x, dx) => {
      dx[0] = -x[0]!;
      dx[1] = -rate * x[1]!;
    },
    jacobian: (_t, _x, jac) => {
      jac[0] = -1;
      jac[3] = -rate;
    },
    autonomous: true,
    y0: [1, 1],
    tSpan: [0, horizon],
  };
}

export const introMethods: readonly string[] = [...oneStepSolvers.map(({ name }) => name), "auto"];

export interface Tolerances {
  readonly rtol: number;
  readonly atol: number;
}

export interface IntroRun extends Tolerances {
  readonly method: string;
  readonly kind: "explicit" | "implicit" | "switching";
  readonly rate: number;
  readonly status: Status;
  readonly steps: number;
  readonly rejected: number;
  readonly evaluations: number;
  readonly factorisations: number;
  readonly firstStep: number;
  readonly largestStep: number;
  /** Median step once the exact |x2| is below `exhausted`. */
  readonly laterStep: number;
  /** The method damps the fast component up to this step, its real stability interval over the rate. */
  readonly stableStep: number;
  /** Largest difference of a component from the exact solution, over all steps. */
  readonly error: number;
}

/** Accepted steps: where they begin, and their sizes. */
export interface StepTrace {
  readonly method: string;
  readonly t: readonly number[];
  readonly h: readonly number[];
}

/** Many more than a stability-bound method needs at the largest rates offered. */
const maxSteps = 100_000_000;

export function integrate(
  method: string,
  rate: number,
  horizon: number,
  tolerances: Tolerances,
  firstStep?: number,
): { run: IntroRun; trace: StepTrace } {
  const solver = solverOf(method);
  const { status, t, y, stats } = solve(twoRates(rate, horizon), {
    solver,
    ...tolerances,
    maxSteps,
    keep: "steps",
    ...(firstStep === undefined ? {} : { firstStep }),
  });
  const sizes = Array.from({ length: t.length - 1 }, (_, k) => t[k + 1]! - t[k]!);
  const dead = Math.log(1 / exhausted) / rate;
  // The last step is cut to fit.
  const later = sizes.filter((_, k) => t[k]! >= dead && k < sizes.length - 1);
  let error = 0;
  for (let k = 0; k < t.length; k++) {
    error = Math.max(
      error,
      Math.abs(y[2 * k]! - Math.exp(-t[k]!)),
      Math.abs(y[2 * k + 1]! - Math.exp(-rate * t[k]!)),
    );
  }
  return {
    run: {
      method,
      kind: solver.kind === "explicit" || solver.kind === "switching" ? solver.kind : "implicit",
      rate,
      ...tolerances,
      status,
      steps: stats.steps,
      rejected: stats.rejected + stats.failed,
      evaluations: stats.evaluations,
      factorisations: stats.factorisations,
      firstStep: sizes[0] ?? Number.NaN,
      largestStep: sizes.reduce((a, b) => Math.max(a, b), 0),
      laterStep: median(later),
      stableStep:
        solver.kind === "explicit" ? realStabilityLimit(solver.matrices) / rate : Number.POSITIVE_INFINITY,
      error,
    },
    trace: { method, t: [...t.slice(0, -1)], h: sizes },
  };
}

export type WorkCount = Pick<IntroRun, "method" | "rate" | "status" | "steps" | "evaluations">;

/** Counts steps and evaluations. The trajectory is not stored, because it may have millions of steps. */
export function count(method: string, rate: number, horizon: number, tolerances: Tolerances): WorkCount {
  const { status, stats } = solve(twoRates(rate, horizon), {
    solver: solverOf(method),
    ...tolerances,
    maxSteps,
    keep: "end",
  });
  return { method, rate, status, steps: stats.steps, evaluations: stats.evaluations };
}
