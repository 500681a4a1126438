import { FieldError, IntegratorError } from "../errors.ts";
import { errorWeights } from "../integrate/error-norm.ts";
import { EventWatch } from "../integrate/events.ts";
import { Integration } from "../integrate/integration.ts";
import { type Plan, planOf, stepperSettings } from "../integrate/plan.ts";
import { SegmentView } from "../integrate/segment-view.ts";
import { hintFor, type Status } from "../integrate/status.ts";
import type { StepSink } from "../integrate/step-sink.ts";
import { orderedTimes } from "../integrate/times.ts";
import { emptyStats, type OdeProblem, type Stats } from "../problem.ts";
import type { Solver } from "../solvers/solver.ts";
import type { Stepper } from "../steppers/stepper.ts";
import { System } from "../system.ts";
import {
  type DifferentiableOptions,
  type DifferentiableSolution,
  differentiableOptionNames,
  type Gradients,
} from "./sensitivity.ts";
import type { StepTape } from "./step-tape.ts";

interface Ended {
  readonly status: Status;
  readonly t: number;
  readonly y: Float64Array;
  /** What to do about it, or about another status that it came to in the end. */
  hint(status: Status): string;
}

/** A run that is set up but not started. */
export interface PreparedRun {
  readonly solver: Solver;
  readonly plan: Plan;
  readonly system: System;
  readonly stepper: Stepper;
  readonly stats: Stats;
  readonly y0: Float64Array;
  readonly at: Float64Array;
  /** Where there are events. */
  readonly watch: EventWatch | undefined;
  /** Runs with these sinks; what callbacks throw comes out as `FieldError`. */
  run(sinks: readonly StepSink[]): Ended;
}

/** @param tight Newton's error has to be far below the tolerance, because derivatives assume it to be nil
 *  @param names the options that there are */
export function prepareRun(
  problem: OdeProblem,
  options: DifferentiableOptions,
  tight: boolean,
  names: Readonly<Record<string, true>> = differentiableOptionNames,
): PreparedRun {
  let plan = planOf(problem, options, names);
  const { t0, t1, solver } = plan;
  if (problem.mass !== undefined) {
    throw new IntegratorError("there are no gradients through problems with a mass matrix", {
      code: "bad_problem",
    });
  }
  if (!solver.trainable) {
    throw new IntegratorError(
      `${solver.name} has no gradients of its steps: use a method such as tsitouras54, radauIIA5 or rodas5P`,
      { code: "bad_solver" },
    );
  }
  const at = orderedTimes(options.at ?? [t1], "at", t0, t1);
  plan = { ...plan, stops: mergeTimes(at, plan.jumps, t1 >= t0 ? 1 : -1) };
  if (tight && options.newtonTolerance === undefined && plan.grid === undefined) {
    const rtol = plan.rtol || 1e-6;
    plan = {
      ...plan,
      newtonTolerance: Math.max((10 * Number.EPSILON) / rtol, Math.min(plan.newtonTolerance, 1e-10 / rtol)),
    };
  }
  requireGridTimes(plan, at);
  const stats = emptyStats();
  const system = new System(problem, stats, plan);
  const stepper = solver.createStepper(system, stepperSettings(plan));
  const y0 = Float64Array.from(problem.y0);
  const watch = plan.events.length > 0 ? new EventWatch(plan.events, system) : undefined;
  return {
    solver,
    plan,
    system,
    stepper,
    stats,
    y0,
    at,
    watch,
    run: (sinks) => {
      const integration = new Integration(stepper, plan, new SegmentView(stepper), sinks, watch);
      try {
        const status = integration.run(y0);
        const { t, y, stiffness, unwritten } = integration;
        const where = { t, kind: solver.kind, heldByStability: stiffness.found, unwritten };
        return { status, t, y, hint: (of) => hintFor(of, where) };
      } catch (cause) {
        if (cause instanceof IntegratorError) throw cause;
        throw new FieldError(integration.t, integration.y.slice(), cause);
      }
    },
  };
}

/** Both lists in the direction of integration, without repetitions. */
function mergeTimes(a: Float64Array, b: Float64Array, direction: number): Float64Array {
  const all = new Float64Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  all.sort();
  if (direction < 0) all.reverse();
  return all.filter((t, i) => i === 0 || t !== all[i - 1]);
}

function requireGridTimes(plan: Plan, at: Float64Array): void {
  if (plan.grid === undefined) return;
  const times = new Set(plan.grid.times);
  at.forEach((t, i) => {
    if (!times.has(t)) {
      throw new IntegratorError(`at[${i}] is ${t}, expected a time at which a fixed step ends`, {
        code: "bad_time",
      });
    }
  });
}

/** What a run on a tape came to, and its gradients by `pullback`. */
export function reversibleSolution(
  run: PreparedRun,
  tape: StepTape,
  { status, hint }: Ended,
  pullback: (cotangents: Float64Array) => Gradients,
): DifferentiableSolution {
  const reached = tape.marked.filter((step) => step >= 0).length;
  const { n } = run.system;
  return {
    status,
    hint: hint(status),
    n,
    t: run.at.slice(0, reached),
    y: tape.markedStates.slice(0, reached * n),
    stats: run.stats,
    pullback: (cotangents) => pullback(cotangentsOf(cotangents, reached, n)),
  };
}

/** Checks and copies cotangents [count, n]. */
function cotangentsOf(given: ArrayLike<number>, count: number, n: number): Float64Array {
  if (given.length !== count * n) {
    throw new IntegratorError(
      `pullback: ${given.length} cotangents, expected ${count * n} (${count} times x ${n} unknowns)`,
      { code: "shape_mismatch" },
    );
  }
  return Float64Array.from(given);
}

/** Error weights at y. */
export function weightsFor(plan: Plan): (y: Float64Array) => Float64Array {
  const weights = new Float64Array(plan.atol.length);
  return (y) => {
    errorWeights(plan, y, weights);
    return weights;
  };
}
