import { requireWord } from "../integrate/requirements.ts";
import type { SegmentView } from "../integrate/segment-view.ts";
import type { SolveOptions } from "../integrate/solve-options.ts";
import type { Status } from "../integrate/status.ts";
import type { OdeProblem, Stats } from "../problem.ts";
import { STEP_OK } from "../steppers/stepper.ts";
import { recordedStep } from "./differentiable-step.ts";
import { differentiableSteps } from "./differentiable-steps.ts";
import { type EventGradient, EventTangents } from "./event-gradients.ts";
import { PreparedRun } from "./prepared-run.ts";
import { type DifferentiableOptions, differentiableOptionNames } from "./sensitivity.ts";
import { tangentsOf } from "./tangents.ts";
import { slopeAt } from "./time-gradients.ts";

type Wrt = "all" | "y0" | "parameters";

export interface ForwardOptions extends DifferentiableOptions {
  /** The variables to differentiate by. The arrays of the other ones are then empty and cost no time.
   *  Default `"all"`. */
  readonly wrt?: Wrt;
  /** As in `solve`. Tangents cross the events that act, and `events` of the result has the derivatives of
   *  the times of those and of the one that ended the run. */
  readonly events?: SolveOptions["events"];
}

/** States and their derivatives at the times of `at`. */
export interface ForwardSensitivities {
  readonly status: Status;
  readonly hint: string;
  readonly n: number;
  readonly t: Float64Array;
  /** [t.length, n] */
  readonly y: Float64Array;
  /** dy_i(t) / dy0_j: [t.length, n, n], row i, column j. */
  readonly y0: Float64Array;
  /** dy_i(t) / dp_k: [t.length, n, p.length]. */
  readonly parameters: Float64Array;
  /** dy_i(t) / dt0 with y0 held fixed, and dy_i(t) / dt: [t.length, n]. Derivatives of the exact flow, to the
   *  accuracy of the solution. */
  readonly t0: Float64Array;
  readonly slopes: Float64Array;
  readonly events: readonly EventGradient[];
  readonly stats: Stats;
}

const caller = {
  name: "forwardSensitivities",
  options: { ...differentiableOptionNames, events: true },
  gradients: "tangents",
} as const;

/** Forward sensitivities: integrates the variational equation by the same method, on the same steps and
 *  stages. For Runge-Kutta and Rosenbrock methods this is the exact derivative of the numerical solution. The
 *  step control sees only y. Each stage costs one Jacobian and one `parameterJacobian` (two more in
 *  Rosenbrock methods, for second derivatives). Each direction adds a linear solve and two products with
 *  matrices a stage. Use it for few directions. For many, a pullback is cheaper. */
export function forwardSensitivities(
  problem: OdeProblem,
  options: ForwardOptions = {},
): ForwardSensitivities {
  const { wrt = "all", ...others } = options;
  requireWord(wrt, "wrt", ["all", "y0", "parameters"]);
  const run = new PreparedRun(problem, others, caller);
  const { system, at, stats } = run;
  const tangents = tangentSink(run, wrt);
  const ended = run.record([tangents]);
  const status = tangents.failed ?? ended;
  const { n } = system;
  const { reached } = tangents;
  const y = tangents.states.slice(0, reached * n);
  const byState = tangents.byState.slice(0, reached * n * n);
  const t0 = new Float64Array(wrt === "parameters" ? 0 : reached * n);
  const slopes = new Float64Array(reached * n);
  if (reached > 0) {
    const start = slopeAt(run, system, run.plan.t0, run.y0);
    for (let row = 0; row < t0.length; row++) {
      for (let j = 0; j < n; j++) t0[row] = t0[row]! - byState[row * n + j]! * start[j]!;
    }
    for (let k = 0; k < reached; k++) {
      slopes.set(slopeAt(run, system, at[k]!, y.subarray(k * n, (k + 1) * n)), k * n);
    }
  }
  return {
    status,
    hint: run.hint(status),
    n,
    t: at.slice(0, reached),
    y,
    y0: byState,
    parameters: tangents.byParameter.slice(0, reached * n * system.p.length),
    t0,
    slopes,
    events: tangents.events?.found ?? [],
    stats,
  };
}

/** Pushes the tangents of y0 and of the parameters through every step that is kept. */
function tangentSink(run: PreparedRun, wrt: Wrt) {
  const { system, plan, stepper, at, y0, watch } = run;
  const { n } = system;
  const count = system.p.length;
  const first = wrt === "parameters" ? 0 : n;
  const steps = differentiableSteps(plan.solver, system, plan);
  const tangents = tangentsOf(n, first > 0, wrt === "y0" ? 0 : count);
  const record = recordedStep(n, Math.max(...[...steps.values()].map((step) => step.states)));
  const before = y0.slice();
  const end = new Float64Array(n);
  const save = (t: number, y: Float64Array) => {
    if (at[sink.reached] !== t) return;
    const k = sink.reached++;
    sink.states.set(y, k * n);
    tangents.each.forEach((tangent, d) => {
      for (let i = 0; i < n; i++) {
        if (d < first) sink.byState[(k * n + i) * n + d] = tangent[i]!;
        else sink.byParameter[(k * n + i) * count + d - first] = tangent[i]!;
      }
    });
  };
  const sink = {
    failed: undefined as Status | undefined,
    reached: 0,
    events: watch && new EventTangents(run, watch, tangents, first > 0),
    states: new Float64Array(at.length * n),
    byState: new Float64Array(at.length * n * first),
    byParameter: new Float64Array(wrt === "y0" ? 0 : at.length * n * count),
    segment: (view: SegmentView, tEnd: number, yEnd: Float64Array) => {
      const { active } = stepper;
      const step = steps.get(active.solverName)!;
      const met = (watch?.met.length ?? 0) > 0;
      const h = met ? tEnd - view.t : view.h;
      if (h !== 0) {
        // A step that an event cuts off is taken once more, as far as it.
        if (active.segments === 1 && !met) step.read(active, view.t, h, record);
        else if (step.record(view.t, h, before, end, record) !== STEP_OK) sink.failed ??= "newton_diverged";
        step.pushforward(record, tangents);
      }
      before.set(yEnd);
      if (met && !sink.events!.meet(tEnd, yEnd, view.h)) sink.failed ??= "event_not_crossed";
      save(tEnd, yEnd);
    },
    jump: (t: number, y: Float64Array) => {
      if (!sink.events!.act(t, y)) sink.failed ??= "event_not_crossed";
      before.set(y);
    },
  };
  save(plan.t0, y0);
  return sink;
}
