import { Scales } from "../derivatives/central-differences.ts";
import { misuse } from "../errors.ts";
import type { Caller } from "../integrate/combinations.ts";
import { errorWeights } from "../integrate/error-norm.ts";
import { type Plan, planOf } from "../integrate/plan.ts";
import { requireNumbers } from "../integrate/requirements.ts";
import { Run } from "../integrate/run.ts";
import type { Status } from "../integrate/status.ts";
import type { StepSink } from "../integrate/step-sink.ts";
import { orderedTimes, snapped } from "../integrate/times.ts";
import type { OdeProblem } from "../problem.ts";
import type { DifferentiableOptions, DifferentiableSolution, Gradients } from "./sensitivity.ts";
import type { StepTape } from "./step-tape.ts";

/** A run that is to be differentiated, set up but not started. */
export class PreparedRun extends Run {
  readonly y0: Float64Array;
  readonly at: Float64Array;

  constructor(problem: OdeProblem, options: DifferentiableOptions, caller: Caller) {
    let plan = planOf(problem, options, caller);
    const { t0, t1 } = plan;
    const given = orderedTimes(options.at ?? [t1], "at", t0, t1);
    const at = plan.grid === undefined ? given : onGrid(given, plan.grid.times);
    plan = { ...plan, stops: mergeTimes(at, plan.jumps, plan.direction) };
    // Derivatives of steps assume Newton's error to be nil: it has to be far below the tolerance.
    const tight = caller.gradients !== "adjoint" && options.newtonTolerance === undefined;
    if (tight && plan.grid === undefined) {
      const newtonTolerance = Math.min(plan.newtonTolerance, 1e-10 / (plan.rtol || 1e-6));
      plan = { ...plan, newtonTolerance };
    }
    super(problem, plan);
    new Scales(problem, plan);
    this.y0 = Float64Array.from(problem.y0);
    this.at = at;
  }

  record(sinks: readonly StepSink[]): Status {
    this.sinks.push(...sinks);
    return this.complete(this.y0);
  }
}

/** Both lists in the direction of integration, without repetitions. */
function mergeTimes(a: Float64Array, b: Float64Array, direction: number): Float64Array {
  const all = Float64Array.from(new Set([...a, ...b])).sort();
  return direction < 0 ? all.reverse() : all;
}

/** The ends of fixed steps that these times are, but for rounding. */
function onGrid(at: Float64Array, times: Float64Array): Float64Array {
  return at.map((t, i) => {
    const end = snapped(t, times);
    if (times.includes(end)) return end;
    throw misuse("bad_time", `at[${i}] is ${t}, expected a time at which a fixed step ends`);
  });
}

/** The result of a run on a tape, and its gradients by `pullback`. */
export function reversibleSolution(
  run: PreparedRun,
  tape: StepTape,
  status: Status,
  pullback: (cotangents: Float64Array) => Gradients,
): DifferentiableSolution {
  const reached = tape.marked.filter((step) => step >= 0).length;
  const { n } = run.system;
  return {
    status,
    hint: run.hint(status),
    n,
    t: run.at.slice(0, reached),
    y: tape.markedStates.slice(0, reached * n),
    stats: run.stats,
    pullback: (cotangents) => pullback(cotangentsOf(cotangents, reached, n)),
  };
}

function cotangentsOf(given: ArrayLike<number>, count: number, n: number): Float64Array {
  const cotangents = requireNumbers(given, "pullback: the list of cotangents", "bad_array");
  if (cotangents.length === count * n) return cotangents;
  throw misuse(
    "shape_mismatch",
    `pullback: ${cotangents.length} cotangents, expected ${count * n} (${count} times x ${n} unknowns)`,
  );
}

export function weightsFor(plan: Plan): (y: Float64Array) => Float64Array {
  const weights = new Float64Array(plan.atol.length);
  return (y) => {
    errorWeights(plan, y, weights);
    return weights;
  };
}
