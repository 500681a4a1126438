import { misuse } from "../errors.ts";
import { Interruption } from "../interruption.ts";
import type { Stats } from "../problem.ts";
import type { Plan } from "./plan.ts";
import type { Status } from "./status.ts";

/** Limits from outside, checked before every step and inside long ones. */
export class Limits {
  readonly #plan: Plan;
  readonly #stats: Stats;
  readonly #deadline: number;
  /** Why a step has been ended inside. */
  interrupted: Status | undefined;

  constructor(plan: Plan, stats: Stats) {
    this.#plan = plan;
    this.#stats = stats;
    this.#deadline = Date.now() + 1000 * plan.maxSeconds;
  }

  /** Why no further work should be done. */
  before(): Status | undefined {
    const { signal, maxEvaluations } = this.#plan;
    if (signal?.aborted) return "aborted";
    if (this.#stats.evaluations >= maxEvaluations) return "evaluation_limit_reached";
    if (this.#deadline < Number.POSITIVE_INFINITY && Date.now() >= this.#deadline)
      return "time_limit_reached";
    return undefined;
  }

  /** The check for work inside a step, if there is a limit. */
  get interruption(): (() => void) | undefined {
    const { signal, maxEvaluations } = this.#plan;
    const free = maxEvaluations === Number.POSITIVE_INFINITY && this.#deadline === Number.POSITIVE_INFINITY;
    if (free && signal === undefined) return undefined;
    return () => {
      this.interrupted = this.before();
      if (this.interrupted !== undefined) throw new Interruption(this.interrupted);
    };
  }
}

/** Tells `onStep` of a step that was kept. Whether the run is to stop. */
export function tell({ t0, t1, onStep }: Plan, t: number, y: Float64Array, stats: Stats): boolean {
  const answer = onStep?.({ t, y, fraction: (t - t0) / (t1 - t0), stats });
  if (typeof answer === "object" && answer !== null && "then" in answer) {
    throw misuse(
      "bad_option",
      "onStep returned a promise, expected false or nothing: the solver does not wait for promises (solveAsync lets other code run)",
    );
  }
  return answer === false;
}
