import { FieldError, IntegratorError } from "../errors.ts";
import { requireKnownOptions } from "../known-names.ts";
import { emptyStats, type OdeProblem, type Stats } from "../problem.ts";
import { System } from "../system.ts";
import { type EventRecord, EventWatch } from "./events.ts";
import { Integration } from "./integration.ts";
import { planOf, stepperSettings } from "./plan.ts";
import { SegmentView } from "./segment-view.ts";
import { type SolveOptions, solveOptionNames } from "./solve-options.ts";
import type { Status } from "./status.ts";
import type { StepSink } from "./step-sink.ts";

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
  /** Where each member ended [count], and its last good state [count, n]. */
  readonly tEnd: Float64Array;
  readonly yEnd: Float64Array;
  /** Of each member. */
  readonly events: readonly (readonly EventRecord[])[];
  readonly eventCounts: readonly Int32Array[];
  /** Of all members together. */
  readonly stats: Stats;
}

const { keep: _keep, rates: _rates, onStep: _onStep, ...batchOptionNames } = solveOptionNames;

/** Integrates one problem from many initial values, each with its own steps; a member that fails does not
 *  disturb the others. The work arrays are shared, so that many small systems cost no allocation each.
 *  `problem.y0` says how many unknowns there are. */
export function solveBatch(problem: OdeProblem, batch: Batch, options: BatchOptions = {}): BatchSolution {
  const plan = planOf(problem, options, batchOptionNames);
  const stats = emptyStats();
  const system = new System(problem, stats);
  const { n } = system;
  requireKnownOptions(batch, { y0: true, parameters: true }, "solveBatch, the batch: ");
  if (batch.y0 === undefined) {
    throw new IntegratorError(`solveBatch: y0 is ${batch.y0}, expected rows of ${n} unknowns`, {
      code: "shape_mismatch",
    });
  }
  const initial = Float64Array.from(batch.y0);
  const count = initial.length / n;
  requireRows(initial, count, n, "y0", "unknowns");
  const shared = system.p.slice();
  const parameters = batch.parameters === undefined ? undefined : Float64Array.from(batch.parameters);
  if (parameters !== undefined) requireRows(parameters, count, shared.length, "parameters", "parameters");
  const stepper = plan.solver.createStepper(system, stepperSettings(plan));
  const times = plan.saveAt ?? Float64Array.of(plan.t1);
  const watch = plan.events.length > 0 ? new EventWatch(plan.events, system) : undefined;
  const recorder = new MemberRecorder(times, n, count);
  const integration = new Integration(
    stepper,
    plan,
    new SegmentView(stepper, plan.bounds),
    [recorder],
    watch,
  );
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
    recorder.start(member, plan.t0, y0);
    try {
      statuses.push(integration.run(y0));
    } catch (cause) {
      if (cause instanceof IntegratorError) throw cause;
      throw new FieldError(integration.t, integration.y.slice(), cause);
    }
    events.push(watch?.records ?? []);
    eventCounts.push(watch?.counts.slice() ?? new Int32Array(0));
    tEnd[member] = integration.t;
    yEnd.set(integration.y, member * n);
  }
  return { count, n, t: times, y: recorder.y, statuses, tEnd, yEnd, events, eventCounts, stats };
}

function requireRows(values: Float64Array, count: number, width: number, name: string, of: string): void {
  if (!Number.isInteger(count) || values.length !== count * width) {
    throw new IntegratorError(
      `solveBatch: ${name} has ${values.length} values, expected rows of ${width} ${of}, as many as y0 has`,
      { code: "shape_mismatch" },
    );
  }
  values.forEach((x, i) => {
    if (!Number.isFinite(x)) {
      throw new IntegratorError(
        `solveBatch: ${name} of member ${Math.floor(i / width)} has ${x} at ${i % width}, expected a finite number`,
        { code: "not_finite" },
      );
    }
  });
}

/** Writes the states at the saved times into the member's rows. */
class MemberRecorder implements StepSink {
  readonly y: Float64Array;
  readonly #times: Float64Array;
  readonly #n: number;
  readonly #state: Float64Array;
  #row = 0;
  #next = 0;

  constructor(times: Float64Array, n: number, count: number) {
    this.#times = times;
    this.#n = n;
    this.#state = new Float64Array(n);
    this.y = new Float64Array(count * times.length * n).fill(Number.NaN);
  }

  start(member: number, t0: number, y0: Float64Array): void {
    this.#row = member * this.#times.length;
    this.#next = 0;
    if (this.#times[0] === t0) this.#save(y0);
  }

  #save(y: Float64Array): void {
    this.y.set(y, (this.#row + this.#next) * this.#n);
    this.#next++;
  }

  segment(view: SegmentView, tEnd: number, yEnd: Float64Array): void {
    const times = this.#times;
    const direction = view.h > 0 ? 1 : -1;
    while (this.#next < times.length && (tEnd - times[this.#next]!) * direction >= 0) {
      const t = times[this.#next]!;
      if (t !== tEnd) view.evaluate(t, this.#state);
      this.#save(t === tEnd ? yEnd : this.#state);
    }
  }
}
