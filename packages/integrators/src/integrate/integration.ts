import { consistentStart } from "../consistent-start.ts";
import { type AnyStepper, STEP_NON_FINITE, STEP_OK } from "../steppers/stepper.ts";
import { allFinite } from "../vectors.ts";
import { ErrorNorm, errorWeights } from "./error-norm.ts";
import type { EventWatch } from "./events.ts";
import { initialStep } from "./initial-step.ts";
import { confine, isJump } from "./jumps.ts";
import { type Limits, tell } from "./limits.ts";
import type { Plan } from "./plan.ts";
import type { SegmentView } from "./segment-view.ts";
import type { Status } from "./status.ts";
import { StepController } from "./step-controller.ts";
import type { StepSink } from "./step-sink.ts";
import { StiffnessWatch } from "./stiffness-watch.ts";
import type { Grid } from "./times.ts";

/** So many steps ahead make a run that creeps at its stability limit hopeless. */
const MANY_STEPS = 50_000;
/** So many tolerances of rounding end a run: the estimate may be several times the rounding. */
const MOST_ROUNDING = 10;

/** Runs a stepper over a plan, step by step. The sinks record the steps. `t` and `y` are the last good
 *  state. */
export class Integration {
  t: number;
  /** The state at `t`: the stepper's own, or an event's. */
  y: Float64Array;
  stiffness: StiffnessWatch;
  /** Entries of dy that f did not write at the start. */
  unwritten: readonly number[] = [];
  readonly #stepper: AnyStepper;
  readonly #plan: Plan;
  readonly #view: SegmentView;
  readonly #sinks: readonly StepSink[];
  readonly #events: EventWatch | undefined;
  readonly #weights: Float64Array;
  readonly #middle: Float64Array;
  readonly #norm: ErrorNorm;
  readonly #limits: Limits;
  #controller = new StepController();
  /** The smallest absolute tolerance, and the largest component so far. */
  readonly #smallestAtol: number;
  #largest = 0;
  #stopIndex = 0;
  /** The size of the next step to try, and what the run ends with if it cannot be that small. */
  #next = 0;
  #failure: Status = "step_too_small";
  /** Attempts so far; with fixed steps the number of the step. */
  #tries = 0;

  constructor(
    plan: Plan,
    limits: Limits,
    stepper: AnyStepper,
    view: SegmentView,
    sinks: readonly StepSink[],
    events: EventWatch | undefined,
  ) {
    this.#stepper = stepper;
    this.#plan = plan;
    this.#view = view;
    this.#sinks = sinks;
    this.#events = events;
    this.#limits = limits;
    this.#norm = new ErrorNorm(plan);
    this.#weights = new Float64Array(stepper.system.n);
    this.#middle = new Float64Array(stepper.system.n);
    this.#smallestAtol = plan.atol.reduce((smallest, x) => Math.min(smallest, x));
    this.stiffness = new StiffnessWatch(stepper, plan.solver);
    this.t = plan.t0;
    this.y = stepper.active.y;
  }

  /** Begins; a status if that is the end already. */
  start(y0: Float64Array): Status | undefined {
    const stepper = this.#stepper;
    const { t0, t1, grid } = this.#plan;
    this.t = t0;
    this.#plan.bounds?.require(y0, "y0");
    this.#controller = new StepController();
    this.#stopIndex = 0;
    this.#largest = 0;
    this.#tries = 0;
    this.#failure = "step_too_small";
    this.stiffness = new StiffnessWatch(stepper, this.#plan.solver);
    this.y = y0;
    this.#events?.start(t0);
    const initial = this.#consistent(t0, y0);
    for (const sink of this.#sinks) sink.start?.(t0, initial ?? y0);
    if (initial === undefined) return this.#failure;
    stepper.start(t0, initial);
    this.y = stepper.active.y;
    this.#events?.evaluate(t0, initial);
    if (t0 === t1) return "finished";
    if (!allFinite(stepper.active.slope(t0))) {
      this.unwritten = stepper.system.unwritten(t0, this.y);
      return "non_finite";
    }
    if (grid !== undefined) return undefined;
    errorWeights(this.#plan, this.y, this.#weights);
    this.#propose(t0, t1);
    return undefined;
  }

  /** The state that the run begins with, or goes on from after a jump. If there is none inside of the bounds,
   *  undefined, and the failure says so. */
  #consistent(t: number, y: Float64Array): Float64Array | undefined {
    const { system } = this.#stepper;
    confine(system, this.#plan.jumps, t, this.#plan.direction);
    if (system.mass === undefined) return y;
    errorWeights(this.#plan, y, this.#weights);
    const found = consistentStart(system, t, y, this.#weights);
    if (found !== undefined && this.#plan.bounds?.admits(found, this.#weights) !== false) return found;
    this.#failure = found === undefined ? "inconsistent_start" : "bounds_violated";
    return undefined;
  }

  /** Takes the next step that can be kept; a status if the run is then over. */
  step(): Status | undefined {
    return this.#plan.grid === undefined ? this.#adaptive() : this.#fixed(this.#plan.grid);
  }

  #fixed({ times, sizes }: Grid): Status | undefined {
    const stepper = this.#stepper;
    const { maxSteps, jumps } = this.#plan;
    const k = this.#tries++;
    if (k >= maxSteps) return "max_steps_reached";
    const limit = this.#limits.before();
    if (limit !== undefined) return limit;
    const t = times[k]!;
    const h = sizes[k]!;
    confine(stepper.system, jumps, t, h);
    if (k > 0 && isJump(jumps, t, h)) stepper.start(t, this.y, "jump");
    errorWeights(this.#plan, this.y, this.#weights);
    const code = stepper.attempt(t, h, this.#weights);
    if (code !== STEP_OK) {
      stepper.system.stats.failed++;
      return code === STEP_NON_FINITE ? "non_finite" : "newton_diverged";
    }
    return this.#keep(h, times[k + 1]!);
  }

  #adaptive(): Status | undefined {
    const stepper = this.#stepper;
    const { t1, direction, minStep, maxSteps, stops, jumps } = this.#plan;
    for (;;) {
      const { t } = this;
      const size = this.#next;
      if (this.#tries++ >= maxSteps) return "max_steps_reached";
      const limit = this.#limits.before();
      if (limit !== undefined) return limit;
      while (this.#stopIndex < stops.length && (stops[this.#stopIndex]! - t) * direction <= 0)
        this.#stopIndex++;
      const stop = this.#stopIndex < stops.length ? stops[this.#stopIndex]! : t1;
      const room = Math.abs(stop - t);
      // A sliver left over would be a step too small; a step and a bit are better taken as two equal ones.
      const reaches = size * (1 + 1e-6) >= room;
      let h = direction * (reaches ? room : size);
      if (!reaches && stepper.active.maxIterations === 0 && 2 * size > room) h = (direction * room) / 2;
      const tNew = reaches ? stop : t + h;
      if (Math.abs(h) < minStep && !reaches) return this.#failure;
      if (Math.abs(h) <= 4 * Number.EPSILON * Math.abs(t) || tNew === t) return this.#failure;
      confine(stepper.system, jumps, t, direction);
      const err = this.#attempt(t, h);
      if (err === undefined) continue;
      return this.#accept(h, tNew, err, reaches && stop !== t1);
    }
  }

  /** Tries a step of h: its error if it can be kept; else the size of the next try is decided. */
  #attempt(t: number, h: number): number | undefined {
    const stepper = this.#stepper;
    const code = stepper.attempt(t, h, this.#weights);
    if (code !== STEP_OK) {
      stepper.system.stats.failed++;
      this.#failure = code === STEP_NON_FINITE ? "non_finite" : "newton_diverged";
      this.#next = Math.abs(h) * this.#controller.failed(code === STEP_NON_FINITE);
      stepper.reject();
      return undefined;
    }
    const { active } = stepper;
    const err = this.#norm.of(active);
    const smaller = err <= 1 ? this.#plan.bounds?.examine(active, t, h, this.#weights) : undefined;
    if (err <= 1 && smaller === undefined) return err;
    stepper.system.stats.rejected++;
    stepper.reject();
    if (smaller !== undefined) {
      this.#controller.failed(false);
      this.#failure = "bounds_violated";
      this.#next = smaller;
    } else if (err < Number.POSITIVE_INFINITY) {
      this.#failure = "step_too_small";
      this.#next = Math.abs(h) * this.#controller.refused(active, err);
    } else {
      // The weights are finite: an infinite norm comes of a zero weight or of an overflow in f.
      this.#failure = allFinite(active.error) ? "step_too_small" : "non_finite";
      this.#next = Math.abs(h) * this.#controller.failed(true);
    }
    return undefined;
  }

  /** Keeps a step and proposes the next. `cutShort` says that it was to meet a stop. */
  #accept(h: number, tNew: number, err: number, cutShort: boolean): Status | undefined {
    const stepper = this.#stepper.active;
    const { t1, maxStep, jumps, stops, limited } = this.#plan;
    this.#largest = Math.max(this.#largest, this.#norm.size);
    if (this.#smallestAtol < Number.EPSILON * this.#largest) {
      if ((stepper.rounding?.(h, this.#weights) ?? 0) > MOST_ROUNDING) return "rounding_dominates";
    }
    this.stiffness.examine(h);
    const factor = stepper.proposal?.(err, this.#weights) ?? this.#controller.accepted(stepper, err, h);
    // A step cut short to meet a stop says nothing about the size that accuracy allows.
    const proposed = Math.abs(h) * factor;
    this.#next = Math.min(maxStep, cutShort ? Math.max(this.#next, proposed) : proposed);
    const status = this.#keep(h, tNew);
    // An action has begun the run anew before the step's end.
    if (status !== undefined || this.t !== tNew) return status;
    if (this.stiffness.found && !limited && Math.abs(t1 - tNew) > MANY_STEPS * Math.abs(h)) return "stiff";
    errorWeights(this.#plan, this.y, this.#weights);
    if (!cutShort || !isJump(jumps, tNew, this.#plan.direction)) return undefined;
    const from = this.#consistent(tNew, this.y);
    return from ? this.#restart(tNew, from, stops[this.#stopIndex + 1] ?? t1) : this.#failure;
  }

  /** f or the state has jumped: nothing from before holds. */
  #restart(t: number, from: Float64Array, stop: number): Status | undefined {
    this.#stepper.start(t, from, "jump");
    if (!allFinite(this.#stepper.active.slope(t))) return "non_finite";
    this.#controller = new StepController();
    this.#propose(t, stop);
    return undefined;
  }

  #propose(t: number, stop: number): void {
    const { firstStep, maxStep, t0 } = this.#plan;
    const given = t === t0 ? firstStep : undefined;
    this.#next = Math.min(given ?? initialStep(this.#stepper.active, t, stop, this.#weights), maxStep);
  }

  /** Tells the sinks, looks for events, moves on. */
  #keep(h: number, tNew: number): Status | undefined {
    const stepper = this.#stepper;
    const { segments, yNew } = stepper.active;
    const size = h / segments;
    stepper.system.stats.steps += segments;
    for (let segment = 0; segment < segments; segment++) {
      const start = segment === 0 ? this.t : this.t + segment * size;
      const last = segment === segments - 1;
      const end = last ? tNew : start + size;
      this.#view.moveTo(start, size, segment);
      let state = yNew;
      if (!last) {
        state = this.#middle;
        this.#view.evaluate(end, state);
      }
      const event = this.#events?.examine(this.#view, end, state);
      if (event !== undefined) {
        for (const sink of this.#sinks) sink.segment(this.#view, event.t, event.y);
        this.t = event.t;
        this.y = event.y;
        return this.#events!.ends ? "event" : this.#act(event.t);
      }
      for (const sink of this.#sinks) sink.segment(this.#view, end, state);
    }
    stepper.accept();
    if (this.#plan.bounds?.moved) stepper.active.moved();
    this.t = tNew;
    this.y = stepper.active.y;
    return this.#kept();
  }

  /** An event's action has its say, and the run begins anew from the state that it leaves. */
  #act(t: number): Status | undefined {
    const { stops, t1 } = this.#plan;
    const events = this.#events!;
    const after = events.act((y) => {
      this.#plan.bounds?.require(y, "after an event's action y");
      return this.#consistent(t, y);
    });
    if (after === undefined) return this.#failure;
    for (const sink of this.#sinks) sink.jump?.(t, after);
    this.y = after;
    const status = this.#kept();
    if (status !== undefined) return status;
    if (events.accumulates) return "events_accumulate";
    errorWeights(this.#plan, after, this.#weights);
    const outcome = this.#restart(t, after, stops[this.#stopIndex] ?? t1);
    this.y = this.#stepper.active.y;
    this.#next = Math.min(this.#next, events.wait / 2);
    return outcome;
  }

  /** Why the step that has come to t is the last. */
  #kept(): Status | undefined {
    const stop = tell(this.#plan, this.t, this.y, this.#stepper.system.stats);
    if (this.t === this.#plan.t1) return "finished";
    if (stop) return "stopped";
    let stored = this.#events?.size ?? 0;
    for (const sink of this.#sinks) stored += sink.size ?? 0;
    return 8 * stored > this.#plan.maxMemory ? "memory_limit_reached" : undefined;
  }
}
