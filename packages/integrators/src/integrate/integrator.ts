import { misuse } from "../errors.ts";
import type { OdeProblem, Stats } from "../problem.ts";
import { RecordedRun } from "./recorded-run.ts";
import type { Solution } from "./solution.ts";
import type { SolveOptions } from "./solve-options.ts";
import type { Status } from "./status.ts";

/** A run that is driven by hand. Iterating takes the steps that are left. */
export interface Integrator extends Iterable<{ readonly t: number; readonly y: Float64Array }> {
  readonly t: number;
  /** The state at t: the solver's own array, to be copied where it is to be kept. */
  readonly y: Float64Array;
  /** `running` until the run has ended. */
  readonly status: Status | "running";
  readonly hint: string;
  readonly stats: Readonly<Stats>;
  /** Takes one step that is kept. False when the run has ended, with this step or before. */
  step(): boolean;
  /** y inside the last step, by its continuous extension. */
  within(t: number, out?: Float64Array): Float64Array;
  /** The solution so far: only its end unless `keep` or `saveAt` say more. */
  solution(): Solution;
}

/** Solves a problem step by step, as its caller asks: `for (const { t, y } of integrator(problem)) ...`, or
 *  `step()`. */
export function integrator(problem: OdeProblem, options: SolveOptions = {}): Integrator {
  const { saveAt, keep = saveAt === undefined ? "end" : "saveAt" } = options;
  const run = new RecordedRun(problem, { ...options, keep }, true);
  const { integration, view } = run;
  const state = Float64Array.from(problem.y0);
  let status: Status | undefined;
  let begun = false;
  const step = () => {
    if (status !== undefined) return false;
    begun = true;
    status = run.step();
    return status === undefined;
  };
  return {
    get t() {
      return integration.t;
    },
    get y() {
      return begun ? integration.y : state;
    },
    get status() {
      return status ?? "running";
    },
    get hint() {
      return status === undefined ? "" : run.hint(status);
    },
    stats: run.stats,
    step,
    within: (t, out = new Float64Array(state.length)) => {
      const end = integration.t;
      if (!(begun && (t - view.t) * (end - t) >= 0)) {
        throw misuse("bad_time", `within: t = ${t} is outside the last step, expected ${view.t} to ${end}`);
      }
      view.evaluate(t, out);
      return out;
    },
    solution: () => run.solution(status ?? "stopped"),
    *[Symbol.iterator]() {
      while (status === undefined) {
        const before = integration.t;
        step();
        if (integration.t !== before) yield { t: integration.t, y: integration.y };
      }
    },
  };
}
