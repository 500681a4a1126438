import { misuse } from "../errors.ts";
import type { Stats } from "../problem.ts";
import type { Switch } from "../steppers/stepper.ts";
import type { EventRecord } from "./events.ts";
import type { Status } from "./status.ts";

/** The result of `solve`. After a failure it holds everything up to the last good state. Iterating gives the
 *  saved times with their states. */
export interface Solution extends Iterable<{ readonly t: number; readonly y: Float64Array }> {
  readonly status: Status;
  /** Advice on a failure, or "". */
  readonly hint: string;
  /** The number of unknowns. */
  readonly n: number;
  /** Saved times, and the states there, row-major [t.length, n]. */
  readonly t: Float64Array;
  readonly y: Float64Array;
  /** End of the run, and the state there. */
  readonly tEnd: number;
  readonly yEnd: Float64Array;
  /** y_i at the saved times. */
  component(i: number): Float64Array;
  /** y(t) by dense output, anywhere between tSpan[0] and tEnd; into `out` when given. Throws outside, or
   *  where `keep` is not `"all"`. */
  at(t: number, out?: Float64Array): Float64Array;
  readonly events: readonly EventRecord[];
  /** How often each of the given events was met, those that are not recorded included. */
  readonly eventCounts: Int32Array;
  /** Changes of side of a switching solver. */
  readonly switches: readonly Switch[];
  /** With `rates: true`, the spectral radius estimate of every step in 1/time (NaN where a method has
   *  none). */
  readonly rates: Float64Array;
  readonly stats: Stats;
}

/** Names that results of other packages have, for users without types. */
const elsewhere: Readonly<Record<string, string>> = {
  success: 'status === "finished"',
  message: "hint",
  nfev: "stats.evaluations",
  njev: "stats.jacobians",
  nlu: "stats.factorisations",
  sol: "at(t)",
  t_events: "events",
  y_events: "events",
  retcode: "status",
  u: "y",
  ts: "t",
  ys: "y",
};

export const foreign: object = {};
for (const [name, here] of Object.entries(elsewhere)) {
  Object.defineProperty(foreign, name, {
    get: () => {
      throw misuse("unknown_field", `a solution has no ${name}, it is called ${here}`);
    },
  });
}
