import { misuse } from "../errors.ts";
import { requireKnownOptions } from "../known-names.ts";
import type { OdeProblem, Stats } from "../problem.ts";
import type { EventRecord } from "./events.ts";
import { planOf } from "./plan.ts";
import { TimeRecorder } from "./recorders.ts";
import { requireNumbers } from "./requirements.ts";
import { Run } from "./run.ts";
import { type SolveOptions, solveOptionNames } from "./solve-options.ts";
import type { Status } from "./status.ts";

/** Initial values, and parameters where they differ, of a batch: row-major [count, n] and [count,
 *  p.length]. */
export interface Batch {
  readonly y0: ArrayLike<number>;
  readonly parameters?: ArrayLike<number>;
}

export interface BatchOptions extends Omit<SolveOptions, "keep" | "rates" | "onStep"> {
  /** Times to save. Default: the end alone. */
  readonly saveAt?: number | ArrayLike<number>;
}

export interface BatchSolution {
  readonly count: number;
  readonly n: number;
  /** Saved times, the same for every member. */
  readonly t: Float64Array;
  /** [count, t.length, n]; NaN where a member did not get. */
  readonly y: Float64Array;
  readonly statuses: readonly Status[];
  /** End of each member's run [count], and its last good state [count, n]. */
  readonly tEnd: Float64Array;
  readonly yEnd: Float64Array;
  /** Of each member. */
  readonly events: readonly (readonly EventRecord[])[];
  readonly eventCounts: readonly Int32Array[];
  /** Work of all members together. */
  readonly stats: Stats;
}

const { keep: _keep, rates: _rates, onStep: _onStep, ...batchOptionNames } = solveOptionNames;

/** Integrates one problem from many initial values, each with its own steps; a member that fails does not
 *  disturb the others. The work arrays are shared, so that many small systems cost no allocation each.
 *  `problem.y0` says how many unknowns there are. */
export function solveBatch(problem: OdeProblem, batch: Batch, options: BatchOptions = {}): BatchSolution {
  const run = new Run(problem, planOf(problem, options, { name: "solveBatch", options: batchOptionNames }));
  const { plan, system, stats, watch, integration } = run;
  const { n } = system;
  requireKnownOptions(batch, { y0: true, parameters: true }, "solveBatch, the batch: ");
  const initial = rowsOf(batch.y0, "y0", n);
  const count = initial.length / n;
  const shared = system.p.slice();
  const parameters = batch.parameters && rowsOf(batch.parameters, "parameters", shared.length, count);
  const times = plan.saveAt ?? Float64Array.of(plan.t1);
  const recorder = new TimeRecorder(times, n);
  run.sinks.push(recorder);
  const y = new Float64Array(count * times.length * n).fill(Number.NaN);
  const statuses: Status[] = [];
  const events: (readonly EventRecord[])[] = [];
  const eventCounts: Int32Array[] = [];
  const tEnd = new Float64Array(count);
  const yEnd = new Float64Array(count * n);
  for (let member = 0; member < count; member++) {
    const y0 = initial.subarray(member * n, (member + 1) * n);
    const width = shared.length;
    // Each member has its own, an action of the one before may have changed them.
    system.p.set(parameters?.subarray(member * width, (member + 1) * width) ?? shared);
    recorder.start(plan.t0, y0);
    statuses.push(run.complete(y0));
    y.set(recorder.y.data.subarray(0, recorder.y.length), member * times.length * n);
    events.push(watch?.records ?? []);
    eventCounts.push(watch?.counts.slice() ?? new Int32Array(0));
    tEnd[member] = integration.t;
    yEnd.set(integration.y, member * n);
  }
  return { count, n, t: times, y, statuses, tEnd, yEnd, events, eventCounts, stats };
}

function rowsOf(given: ArrayLike<number>, name: string, width: number, count?: number): Float64Array {
  const values = requireNumbers(given, `solveBatch: ${name}`);
  const rows = count ?? values.length / width;
  if (Number.isInteger(rows) && values.length === rows * width) return values;
  throw misuse(
    "shape_mismatch",
    `solveBatch: ${name} has ${values.length} values, expected rows of ${width}, as many as y0 has`,
  );
}
