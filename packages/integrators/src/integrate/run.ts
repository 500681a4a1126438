import { FieldError, IntegratorError } from "../errors.ts";
import { emptyStats, type OdeProblem, type Stats } from "../problem.ts";
import type { Stepper } from "../steppers/stepper.ts";
import { System } from "../system.ts";
import { DenseOutput } from "./dense-output.ts";
import { EventWatch } from "./events.ts";
import { Integration } from "./integration.ts";
import { type Plan, planOf, stepperSettings } from "./plan.ts";
import { DenseRecorder, RateRecorder, StepRecorder, TimeRecorder } from "./recorders.ts";
import { SegmentView } from "./segment-view.ts";
import { type Solution, solutionOf } from "./solution.ts";
import type { SolveOptions } from "./solve-options.ts";
import { hintFor, type Status } from "./status.ts";
import type { StepSink } from "./step-sink.ts";

/** One integration of a problem with all that is kept of it, to be driven step by step. */
export class Run {
  readonly plan: Plan;
  readonly stats: Stats = emptyStats();
  readonly integration: Integration;
  readonly view: SegmentView;
  readonly #system: System;
  readonly #stepper: Stepper;
  readonly #y0: Float64Array;
  readonly #dense: DenseOutput | undefined;
  readonly #recorder: StepRecorder | TimeRecorder | undefined;
  readonly #rates: RateRecorder | undefined;
  readonly #watch: EventWatch | undefined;
  #started = false;

  /** @param follows keeps the last segment readable after its step */
  constructor(problem: OdeProblem, options: SolveOptions, follows = false) {
    const plan = planOf(problem, options);
    this.plan = plan;
    this.#system = new System(problem, this.stats);
    this.#stepper = plan.solver.createStepper(this.#system, stepperSettings(plan));
    const { n } = this.#system;
    this.#y0 = Float64Array.from(problem.y0);
    this.view = new SegmentView(this.#stepper, plan.bounds);
    if (plan.keep === "all") this.#dense = new DenseOutput(n, this.#stepper.degree, plan.t0, plan.bounds);
    if (plan.rates) this.#rates = new RateRecorder(this.#stepper);
    this.#recorder = recorderOf(plan, this.#y0);
    if (plan.events.length > 0) this.#watch = new EventWatch(plan.events, this.#system);
    const sinks: StepSink[] = [];
    if (follows) sinks.push({ segment: (view) => void view.form() });
    if (this.#dense) sinks.push(new DenseRecorder(this.#dense));
    if (this.#rates) sinks.push(this.#rates);
    if (this.#recorder) sinks.push(this.#recorder);
    this.integration = new Integration(this.#stepper, plan, this.view, sinks, this.#watch);
  }

  /** Takes a step, the first time from the initial state; a status if the run is over. */
  step(): Status | undefined {
    const { integration } = this;
    try {
      if (!this.#started) {
        this.#started = true;
        const status = integration.start(this.#y0);
        if (status !== undefined) return status;
      }
      return integration.step();
    } catch (cause) {
      if (cause instanceof IntegratorError) throw cause;
      throw new FieldError(integration.t, integration.y.slice(), cause);
    }
  }

  hint(status: Status): string {
    const { t, stiffness, unwritten } = this.integration;
    const { kind } = this.plan.solver;
    return hintFor(status, {
      t,
      kind,
      heldByStability: stiffness.found,
      unwritten,
      actions: this.#watch?.actions ?? 0,
      outside: this.plan.bounds?.describe() ?? "",
    });
  }

  /** What there is, once the run is over. */
  solution(status: Status): Solution {
    const { plan, integration } = this;
    const recorder = this.#recorder;
    const tEnd = integration.t;
    const yEnd = integration.y.slice();
    return solutionOf(
      {
        status,
        hint: this.hint(status),
        n: this.#system.n,
        t: recorder ? recorder.t.toArray() : Float64Array.of(tEnd),
        y: recorder ? recorder.y.toArray() : yEnd.slice(),
        tEnd,
        yEnd,
        events: this.#watch?.records ?? [],
        eventCounts: this.#watch?.counts.slice() ?? new Int32Array(0),
        switches: [...(this.#stepper.switches ?? [])],
        rates: this.#rates ? this.#rates.rates.toArray() : new Float64Array(0),
        stats: this.stats,
      },
      plan.t0,
      this.#dense,
    );
  }
}

function recorderOf(plan: Plan, y0: Float64Array): StepRecorder | TimeRecorder | undefined {
  if (plan.keep === "end") return undefined;
  return plan.saveAt === undefined
    ? new StepRecorder(plan.t0, y0)
    : new TimeRecorder(plan.saveAt, plan.t0, y0);
}
