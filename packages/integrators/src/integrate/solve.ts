import { FieldError, IntegratorError } from "../errors.ts";
import { emptyStats, type OdeProblem, type Stats } from "../problem.ts";
import { auto } from "../solvers/auto.ts";
import type { Switch } from "../steppers/stepper.ts";
import { System } from "../system.ts";
import { DenseOutput } from "./dense-output.ts";
import { type EventRecord, EventWatch } from "./events.ts";
import { Integration, type StepSink } from "./integration.ts";
import { planOf, type SolveOptions } from "./options.ts";
import { DenseRecorder, RateRecorder, StepRecorder, TimeRecorder } from "./recorders.ts";
import { SegmentView } from "./segment-view.ts";
import { hintFor, type Status } from "./status.ts";

/** What `solve` returns. After a failure everything up to the last good state is there. */
export interface Solution {
  readonly status: Status;
  /** What to do about a failure; empty otherwise. */
  readonly hint: string;
  /** The number of unknowns. */
  readonly n: number;
  /** Saved times, and the states there, row-major [t.length, n]. */
  readonly t: Float64Array;
  readonly y: Float64Array;
  /** Where the run ended, and the state there. */
  readonly tEnd: number;
  readonly yEnd: Float64Array;
  /** y(t) by dense output, anywhere between tSpan[0] and tEnd; into `out` when given. Throws outside, or with
   *  `dense: false`. */
  at(t: number, out?: Float64Array): Float64Array;
  readonly events: readonly EventRecord[];
  /** Where a switching solver changed sides. */
  readonly switches: readonly Switch[];
  /** With `rates: true`, the spectral radius estimate of every step in 1/time (NaN where a method has
   *  none). */
  readonly rates: Float64Array;
  readonly stats: Stats;
}

/** Integrates an initial value problem. Misuse throws `IntegratorError`; numerical failure is the solution's
 *  `status`. */
export function solve(problem: OdeProblem, options: SolveOptions = {}): Solution {
  const plan = planOf(problem, options);
  const stats = emptyStats();
  const system = new System(problem, stats);
  const { n } = system;
  const y0 = Float64Array.from(problem.y0);
  const solver = options.solver ?? auto();
  const stepper = solver.createStepper(system, {
    newtonTolerance: plan.newtonTolerance,
    adaptive: plan.grid === undefined,
  });
  const sinks: StepSink[] = [];
  const view = new SegmentView(stepper);
  const dense = plan.dense ? new DenseOutput(n, stepper.degree, plan.t0) : undefined;
  if (dense) sinks.push(new DenseRecorder(dense));
  const rates = plan.rates ? new RateRecorder(stepper) : undefined;
  if (rates) sinks.push(rates);
  const recorder =
    plan.saveAt === "steps"
      ? new StepRecorder(plan.t0, y0)
      : plan.saveAt === "end"
        ? undefined
        : new TimeRecorder(plan.saveAt, plan.t0, y0);
  if (recorder) sinks.push(recorder);
  const watch = plan.events.length > 0 ? new EventWatch(plan.events, system) : undefined;
  const integration = new Integration(stepper, plan, view, sinks, watch);

  let status: Status;
  try {
    status = integration.run(y0);
  } catch (cause) {
    if (cause instanceof IntegratorError) throw cause;
    throw new FieldError(integration.t, integration.y.slice(), cause);
  }
  const tEnd = integration.t;
  const yEnd = integration.y.slice();
  return {
    status,
    hint: hintFor(status, tEnd, stepper.explicit),
    n,
    t: recorder ? recorder.t.toArray() : Float64Array.of(tEnd),
    y: recorder ? recorder.y.toArray() : yEnd.slice(),
    tEnd,
    yEnd,
    at: (t, out = new Float64Array(n)) => {
      if (dense === undefined) {
        throw new IntegratorError("at needs dense output: pass dense: true, or leave saveAt out", {
          code: "no_dense_output",
        });
      }
      if (!((t - plan.t0) * (tEnd - t) >= 0)) {
        throw new IntegratorError(`at: t = ${t} is outside the solution, expected ${plan.t0} to ${tEnd}`, {
          code: "bad_time",
        });
      }
      if (t === tEnd) {
        out.set(yEnd);
        return out;
      }
      return dense.evaluate(t, out);
    },
    events: watch?.records ?? [],
    switches: [...(stepper.switches ?? [])],
    rates: rates ? rates.rates.toArray() : new Float64Array(0),
    stats,
  };
}
