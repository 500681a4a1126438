import { requireKnownOptions } from "../known-names.ts";
import type { OdeProblem } from "../problem.ts";
import { auto } from "../solvers/auto.ts";
import { rodas5P } from "../solvers/rodas5p.ts";
import type { Solver } from "../solvers/solver.ts";
import type { StepperSettings } from "../steppers/stepper.ts";
import { BoundsWatch } from "./bounds.ts";
import { type Caller, requireCombination } from "./combinations.ts";
import {
  requireBoolean,
  requireBounds,
  requireEvents,
  requireFunction,
  requireIndex,
  requirePositive,
  requireSignal,
  requireSolver,
  requireSpan,
  requireState,
  requireTolerances,
  requireWord,
} from "./requirements.ts";
import type { EventSpec, SolveOptions } from "./solve-options.ts";
import { evenTimes, type Grid, gridOf, orderedTimes } from "./times.ts";

/** Options with everything decided. */
export interface Plan {
  readonly solver: Solver;
  readonly t0: number;
  readonly t1: number;
  /** 1 forwards, -1 backwards. */
  readonly direction: 1 | -1;
  readonly rtol: number;
  readonly atol: Float64Array;
  readonly firstStep: number | undefined;
  readonly maxStep: number;
  readonly minStep: number;
  readonly maxSteps: number;
  /** A limit on steps is the user's own: he knows what he does. */
  readonly limited: boolean;
  readonly maxEvaluations: number;
  readonly maxSeconds: number;
  readonly maxMemory: number;
  readonly signal: SolveOptions["signal"];
  readonly onStep: SolveOptions["onStep"];
  /** Undefined when steps adapt. */
  readonly grid: Grid | undefined;
  /** Times to save; undefined means the ends of steps. */
  readonly saveAt: Float64Array | undefined;
  readonly keep: "end" | "saveAt" | "steps" | "all";
  readonly events: readonly EventSpec[];
  /** Times that steps end at. */
  readonly stops: Float64Array;
  /** Those of them where f may jump. */
  readonly jumps: Float64Array;
  readonly bounds: BoundsWatch | undefined;
  readonly rates: boolean;
  readonly newtonTolerance: number;
}

/** The part of a plan that a stepper needs. */
export function stepperSettings({ grid, newtonTolerance, rtol }: Plan): StepperSettings {
  const adaptive = grid === undefined;
  return { newtonTolerance, adaptive, rtol: adaptive ? rtol : undefined };
}

/** Whether it is far more exact than its error estimate. */
function isExact(solver: Solver): boolean {
  return solver.kind === "fullyImplicit" && (solver.embeddedOrder ?? solver.order) < solver.order - 1;
}

export function planOf(problem: OdeProblem, options: SolveOptions, caller: Caller): Plan {
  requireKnownOptions(options, caller.options, caller.name === "solve" ? "" : `${caller.name}: `);
  const n = requireState(problem);
  const [t0, t1] = requireSpan(problem);
  const usual = problem.mass === undefined ? auto() : rodas5P;
  const solver: unknown = options.solver === undefined ? usual : options.solver;
  requireSolver(solver);
  requireIndex(problem.index, n);
  requireFunction(options.onStep, "onStep");
  const grid = gridOf(options, t0, t1);
  const events = requireEvents(options.events);
  requireCombination({ problem, options, solver, fixedSteps: grid !== undefined, caller });
  const { rtol, atol } = requireTolerances(options, n, grid !== undefined);
  const bounds = requireBounds(options.bounds);
  const jumps = orderedTimes(options.tStops ?? [], "tStops", t0, t1);
  const rounding = rtol > 0 ? (10 * Number.EPSILON) / rtol : 0;
  // The number of fixed steps is given. Otherwise every stop allows more steps.
  const mostSteps = grid === undefined ? 1_000_000 + 50 * jumps.length : Number.POSITIVE_INFINITY;
  const { saveAt } = options;
  const keep = options.keep ?? (saveAt === undefined ? "all" : "saveAt");
  return {
    solver,
    t0,
    t1,
    direction: t1 >= t0 ? 1 : -1,
    rtol,
    atol,
    firstStep: requirePositive(options.firstStep, "firstStep"),
    maxStep: requirePositive(options.maxStep, "maxStep") ?? Number.POSITIVE_INFINITY,
    minStep: requirePositive(options.minStep, "minStep") ?? 0,
    maxSteps: requirePositive(options.maxSteps, "maxSteps") ?? mostSteps,
    limited: options.maxSteps !== undefined,
    maxEvaluations: requirePositive(options.maxEvaluations, "maxEvaluations") ?? Number.POSITIVE_INFINITY,
    maxSeconds: requirePositive(options.maxSeconds, "maxSeconds") ?? Number.POSITIVE_INFINITY,
    maxMemory: requirePositive(options.maxMemory, "maxMemory") ?? 2 ** 30,
    signal: requireSignal(options.signal),
    onStep: options.onStep,
    grid,
    saveAt:
      saveAt === undefined
        ? undefined
        : typeof saveAt === "number"
          ? evenTimes(saveAt, "saveAt", t0, t1)
          : orderedTimes(saveAt, "saveAt", t0, t1),
    keep: requireWord(keep, "keep", ["end", "saveAt", "steps", "all"]),
    events,
    stops: jumps,
    jumps,
    bounds: bounds && new BoundsWatch(bounds, n),
    rates: requireBoolean(options.rates ?? false, "rates"),
    newtonTolerance:
      requirePositive(options.newtonTolerance, "newtonTolerance") ??
      Math.max(rounding, grid ? 0.1 : isExact(solver) ? 0.003 : 0.01),
  };
}
