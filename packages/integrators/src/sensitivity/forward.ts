import { requireWord } from "../integrate/requirements.ts";
import type { SegmentView } from "../integrate/segment-view.ts";
import type { SolveOptions } from "../integrate/solve-options.ts";
import type { Status } from "../integrate/status.ts";
import type { StepSink } from "../integrate/step-sink.ts";
import type { OdeProblem, Stats } from "../problem.ts";
import { type AnyStepper, STEP_OK } from "../steppers/stepper.ts";
import { type DifferentiableStep, type RecordedStep, recordedStep } from "./differentiable-step.ts";
import { differentiableSteps } from "./differentiable-steps.ts";
import { type EventGradient, EventTangents } from "./event-gradients.ts";
import { PreparedRun } from "./prepared-run.ts";
import { type DifferentiableOptions, differentiableOptionNames } from "./sensitivity.ts";
import { type Tangents, tangentsOf } from "./tangents.ts";
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
  const tangents = new TangentSink(run, wrt);
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
class TangentSink implements StepSink {
  failed: Status | undefined;
  reached = 0;
  readonly events: EventTangents | undefined;
  readonly states: Float64Array;
  readonly byState: Float64Array;
  readonly byParameter: Float64Array;
  readonly #n: number;
  readonly #at: Float64Array;
  readonly #stepper: AnyStepper;
  readonly #watch: PreparedRun["watch"];
  readonly #steps: ReadonlyMap<string, DifferentiableStep>;
  readonly #tangents: Tangents;
  readonly #states: boolean;
  readonly #record: RecordedStep;
  /** The state before the step. */
  readonly #y: Float64Array;
  readonly #end: Float64Array;

  constructor(run: PreparedRun, wrt: Wrt) {
    const { system, plan, stepper, at, y0, watch } = run;
    const { n } = system;
    const count = system.p.length;
    this.#n = n;
    this.#at = at;
    this.#stepper = stepper;
    this.#steps = differentiableSteps(plan.solver, system, plan);
    this.#states = wrt !== "parameters";
    this.#tangents = tangentsOf(n, this.#states, wrt === "y0" ? 0 : count);
    this.events = watch && new EventTangents(run, watch, this.#tangents, this.#states);
    this.#watch = watch;
    this.#record = recordedStep(n, Math.max(...[...this.#steps.values()].map((step) => step.states)));
    this.#y = y0.slice();
    this.#end = new Float64Array(n);
    this.states = new Float64Array(at.length * n);
    this.byState = new Float64Array(this.#states ? at.length * n * n : 0);
    this.byParameter = new Float64Array(wrt === "y0" ? 0 : at.length * n * count);
    this.#save(plan.t0, y0);
  }

  segment(view: SegmentView, tEnd: number, yEnd: Float64Array): void {
    const stepper = this.#stepper.active;
    const step = this.#steps.get(stepper.solverName)!;
    const record = this.#record;
    const met = (this.#watch?.met.length ?? 0) > 0;
    const h = met ? tEnd - view.t : view.h;
    if (h !== 0) {
      // A step that an event cuts off is taken once more, as far as it.
      if (stepper.segments === 1 && !met) step.read(stepper, view.t, h, record);
      else if (step.record(view.t, h, this.#y, this.#end, record) !== STEP_OK) this.#fail("newton_diverged");
      step.pushforward(record, this.#tangents);
    }
    this.#y.set(yEnd);
    if (met && !this.events!.meet(tEnd, yEnd, view.h)) this.#fail("event_not_crossed");
    this.#save(tEnd, yEnd);
  }

  jump(t: number, y: Float64Array): void {
    if (!this.events!.act(t, y)) this.#fail("event_not_crossed");
    this.#y.set(y);
  }

  #fail(status: Status): void {
    this.failed ??= status;
  }

  #save(t: number, y: Float64Array): void {
    if (this.#at[this.reached] !== t) return;
    const n = this.#n;
    const k = this.reached++;
    const { each } = this.#tangents;
    const first = this.#states ? n : 0;
    const count = each.length - first;
    this.states.set(y, k * n);
    each.forEach((tangent, d) => {
      for (let i = 0; i < n; i++) {
        if (d < first) this.byState[(k * n + i) * n + d] = tangent[i]!;
        else this.byParameter[(k * n + i) * count + d - first] = tangent[i]!;
      }
    });
  }
}
