import type { OdeProblem } from "../problem.ts";
import { DenseOutput } from "./dense-output.ts";
import { type Plan, planOf } from "./plan.ts";
import { RateRecorder, StepRecorder, TimeRecorder } from "./recorders.ts";
import { Run } from "./run.ts";
import { type Solution, solutionOf } from "./solution.ts";
import { type SolveOptions, solveOptionNames } from "./solve-options.ts";
import type { Status } from "./status.ts";

/** A run with what is kept of it, to be driven step by step. */
export class RecordedRun extends Run {
  readonly #y0: Float64Array;
  readonly #dense: DenseOutput | undefined;
  readonly #recorder: StepRecorder | TimeRecorder | undefined;
  readonly #rates: RateRecorder | undefined;
  #started = false;

  /** @param follows keeps the last segment readable after its step */
  constructor(problem: OdeProblem, options: SolveOptions, follows = false) {
    super(problem, planOf(problem, options, { name: "solve", options: solveOptionNames }));
    const { plan, stepper, sinks, system } = this;
    this.#y0 = Float64Array.from(problem.y0);
    if (follows) sinks.push({ segment: (view) => void view.form() });
    if (plan.keep === "all") {
      this.#dense = new DenseOutput(system.n, stepper.degree, plan.t0, plan.bounds);
      sinks.push(this.#dense);
    }
    if (plan.rates) {
      this.#rates = new RateRecorder(stepper);
      sinks.push(this.#rates);
    }
    this.#recorder = recorderOf(plan, this.#y0);
    if (this.#recorder) sinks.push(this.#recorder);
  }

  /** Takes a step, the first time from the initial state; a status if the run is over. */
  override step(): Status | undefined {
    if (!this.#started) {
      this.#started = true;
      const status = this.start(this.#y0);
      if (status !== undefined) return status;
    }
    return super.step();
  }

  /** The solution of a run that is over. */
  solution(status: Status): Solution {
    const { plan, integration, watch } = this;
    const recorder = this.#recorder;
    const tEnd = integration.t;
    const yEnd = integration.y.slice();
    return solutionOf(
      {
        status,
        hint: this.hint(status),
        n: this.system.n,
        t: recorder ? recorder.t.toArray() : Float64Array.of(tEnd),
        y: recorder ? recorder.y.toArray() : yEnd.slice(),
        tEnd,
        yEnd,
        events: watch?.records ?? [],
        eventCounts: watch?.counts.slice() ?? new Int32Array(0),
        switches: [...(this.stepper.switches ?? [])],
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
