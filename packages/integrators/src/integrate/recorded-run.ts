import { misuse } from "../errors.ts";
import { GrowingArray } from "../growing-array.ts";
import type { OdeProblem } from "../problem.ts";
import { DenseOutput } from "./dense-output.ts";
import { planOf } from "./plan.ts";
import { StepRecorder, TimeRecorder } from "./recorders.ts";
import { Run } from "./run.ts";
import { foreign, type Solution } from "./solution.ts";
import { type SolveOptions, solveOptionNames } from "./solve-options.ts";
import type { Status } from "./status.ts";

/** A run with what is kept of it, to be driven step by step. */
export class RecordedRun extends Run {
  readonly #y0: Float64Array;
  readonly #dense: DenseOutput | undefined;
  readonly #recorder: StepRecorder | TimeRecorder | undefined;
  readonly #rates = new GrowingArray(0);
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
    if (plan.rates) sinks.push({ segment: () => this.#rates.push(stepper.active.rate()) });
    if (plan.keep === "end") return;
    this.#recorder = plan.saveAt === undefined ? new StepRecorder() : new TimeRecorder(plan.saveAt, system.n);
    this.#recorder.start(plan.t0, this.#y0);
    sinks.push(this.#recorder);
  }

  /** Takes a step, the first time from the initial state; a status if the run is over. */
  step(): Status | undefined {
    return this.guarded(this.integration, () => {
      const begun = this.#started;
      this.#started = true;
      return (begun ? undefined : this.integration.start(this.#y0)) ?? this.integration.step();
    });
  }

  solution(status: Status): Solution {
    const { plan, integration, watch } = this;
    const recorder = this.#recorder;
    const tEnd = integration.t;
    const yEnd = integration.y.slice();
    const t = recorder ? recorder.t.toArray() : Float64Array.of(tEnd);
    const y = recorder ? recorder.y.toArray() : yEnd.slice();
    const { n } = this.system;
    const { t0 } = plan;
    const dense = this.#dense;
    return {
      __proto__: foreign,
      status,
      hint: this.hint(status),
      n,
      t,
      y,
      tEnd,
      yEnd,
      events: watch?.records ?? [],
      eventCounts: watch?.counts.slice() ?? new Int32Array(0),
      switches: [...(this.stepper.switches ?? [])],
      rates: this.#rates.toArray(),
      stats: this.stats,
      component: (i) => {
        if (!(Number.isInteger(i) && i >= 0 && i < n)) {
          throw misuse("bad_index", `component: there is no unknown ${i}, expected 0 to ${n - 1}`);
        }
        return Float64Array.from(t, (_, k) => y[k * n + i]!);
      },
      at: (time, out = new Float64Array(n)) => {
        if (dense === undefined) {
          throw misuse(
            "no_dense_output",
            'at needs dense output: pass keep: "all", or leave saveAt and keep out',
          );
        }
        if (!((time - t0) * (tEnd - time) >= 0)) {
          throw misuse("bad_time", `at: t = ${time} is outside the solution, expected ${t0} to ${tEnd}`);
        }
        if (time !== tEnd) return dense.evaluate(time, out);
        out.set(yEnd);
        return out;
      },
      *[Symbol.iterator]() {
        for (let k = 0; k < t.length; k++) yield { t: t[k]!, y: y.slice(k * n, (k + 1) * n) };
      },
    } as Solution;
  }
}
