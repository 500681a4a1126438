import { STEP_NON_FINITE, STEP_OK, type Stepper } from "../steppers/stepper.ts";
import { allFinite } from "../vectors.ts";
import type { EventWatch } from "./events.ts";
import { initialStep } from "./initial-step.ts";
import { confine, jumpAt } from "./jumps.ts";
import type { Plan } from "./options.ts";
import type { SegmentView } from "./segment-view.ts";
import type { Status } from "./status.ts";
import { StepController } from "./step-controller.ts";

/** So many tolerances of rounding end a run: what is estimated may be several times what there is. */
const ROUNDING_LIMIT = 10;

/** Hears of every accepted segment [view.t, tEnd], at whose end the state is yEnd, before the stepper moves
 *  on. */
export interface StepSink {
  segment(view: SegmentView, tEnd: number, yEnd: Float64Array): void;
}

/** Runs a stepper over a plan. What is remembered is the sinks' business; `t` and `stepper.y` are the last
 *  good state. */
export class Integration {
  t: number;
  /** The state at `t`: the stepper's own, or an event's. */
  y: Float64Array;
  readonly #stepper: Stepper;
  readonly #plan: Plan;
  readonly #view: SegmentView;
  readonly #sinks: readonly StepSink[];
  readonly #events: EventWatch | undefined;
  readonly #weights: Float64Array;
  readonly #middle: Float64Array;
  readonly #controller = new StepController();
  #stopIndex = 0;
  /** The largest component in the last attempt, and in all that were kept: where an atol is below its
   *  rounding, rounding is watched. */
  #size = 0;
  #largest = 0;
  readonly #smallestAtol: number;

  constructor(
    stepper: Stepper,
    plan: Plan,
    view: SegmentView,
    sinks: readonly StepSink[],
    events: EventWatch | undefined,
  ) {
    this.#stepper = stepper;
    this.#plan = plan;
    this.#view = view;
    this.#sinks = sinks;
    this.#events = events;
    this.#weights = new Float64Array(stepper.system.n);
    this.#middle = new Float64Array(stepper.system.n);
    this.#smallestAtol = plan.atol.reduce((smallest, x) => Math.min(smallest, x), Number.POSITIVE_INFINITY);
    this.t = plan.t0;
    this.y = stepper.y;
  }

  run(y0: Float64Array): Status {
    const stepper = this.#stepper;
    const { t0, t1, grid, jumps } = this.#plan;
    this.t = t0;
    this.#controller.restart();
    this.#stopIndex = 0;
    this.#largest = 0;
    confine(stepper.system, jumps, t0, t0, t1 - t0);
    stepper.start(t0, y0);
    this.y = stepper.y;
    this.#events?.start(t0, y0);
    if (t0 === t1) return "finished";
    if (!allFinite(stepper.slope(t0))) return "non_finite";
    return grid === undefined ? this.#adaptive() : this.#fixed(grid.times, grid.sizes);
  }

  #fixed(times: Float64Array, sizes: Float64Array): Status {
    const stepper = this.#stepper;
    const { maxSteps, jumps } = this.#plan;
    const { system } = stepper;
    const { stats } = system;
    for (let k = 0; k < sizes.length; k++) {
      if (k >= maxSteps) return "max_steps_reached";
      confine(system, jumps, times[k]!, times[k + 1]!, sizes[k]!);
      if (k > 0 && jumpAt(jumps, times[k]!, sizes[k]!) !== undefined) {
        stepper.start(times[k]!, stepper.y, "jump");
      }
      this.#weigh(stepper.y);
      const code = stepper.attempt(times[k]!, sizes[k]!, this.#weights);
      if (code !== STEP_OK) {
        stats.failed++;
        return code === STEP_NON_FINITE ? "non_finite" : "newton_diverged";
      }
      if (this.#keep(sizes[k]!, times[k + 1]!)) return "event";
    }
    return "finished";
  }

  #adaptive(): Status {
    const stepper = this.#stepper;
    const controller = this.#controller;
    const { t1, largestStep, smallestStep, maxSteps, firstStep, stops, jumps } = this.#plan;
    const { system } = stepper;
    const { stats } = system;
    const weights = this.#weights;
    const direction = t1 >= this.t ? 1 : -1;
    this.#weigh(stepper.y);
    let size = Math.min(firstStep ?? initialStep(stepper, this.t, t1, weights), largestStep);
    let failure: Status = "step_too_small";
    for (let tries = 0; ; tries++) {
      const { t } = this;
      if (tries >= maxSteps) return "max_steps_reached";
      while (this.#stopIndex < stops.length && (stops[this.#stopIndex]! - t) * direction <= 0)
        this.#stopIndex++;
      const stop = this.#stopIndex < stops.length ? stops[this.#stopIndex]! : t1;
      const room = Math.abs(stop - t);
      // A sliver left over would be a step too small; a step and a bit are better taken as two equal ones.
      const reaches = size * (1 + 1e-6) >= room;
      let h = direction * (reaches ? room : size);
      if (!reaches && !stepper.prefersConstantStep && 2 * size > room) h = (direction * room) / 2;
      const tNew = reaches ? stop : t + h;
      if (reaches) h = stop - t;
      if (Math.abs(h) < smallestStep && !reaches) return failure;
      if (Math.abs(h) <= 4 * Number.EPSILON * Math.abs(t) || tNew === t) return failure;

      confine(system, jumps, t, tNew, direction);
      const code = stepper.attempt(t, h, weights);
      if (code !== STEP_OK) {
        stats.failed++;
        failure = code === STEP_NON_FINITE ? "non_finite" : "newton_diverged";
        size = Math.abs(h) * controller.failed(code === STEP_NON_FINITE);
        stepper.reject();
        continue;
      }
      const err = this.#errorNorm();
      if (!(err <= 1)) {
        stats.rejected++;
        stepper.reject();
        if (err < Number.POSITIVE_INFINITY) {
          failure = "step_too_small";
          size = Math.abs(h) * controller.refused(stepper, err);
        } else {
          // The weights are finite: an infinite norm comes of a zero weight or of an overflow in f.
          failure = allFinite(stepper.error) ? "step_too_small" : "non_finite";
          size = Math.abs(h) * controller.failed(true);
        }
        continue;
      }
      this.#largest = Math.max(this.#largest, this.#size);
      if (this.#smallestAtol < Number.EPSILON * this.#largest) {
        const rounding = stepper.rounding?.(h, weights) ?? 0;
        if (rounding > ROUNDING_LIMIT) return "rounding_dominates";
      }
      const factor = controller.accepted(stepper, err, h);
      // A step cut short to meet a stop says nothing about the size that accuracy allows.
      const proposed = Math.abs(h) * factor;
      size = Math.min(largestStep, reaches && stop !== t1 ? Math.max(size, proposed) : proposed);
      if (this.#keep(h, tNew)) return "event";
      if (tNew === t1) return "finished";
      this.#weigh(stepper.y);
      if (reaches && jumpAt(jumps, tNew, direction) !== undefined) {
        confine(system, jumps, tNew, tNew, direction);
        stepper.start(tNew, stepper.y, "jump");
        if (!allFinite(stepper.slope(tNew))) return "non_finite";
        controller.restart();
        const next = stops[this.#stopIndex + 1] ?? t1;
        size = Math.min(initialStep(stepper, tNew, next, weights), largestStep);
      }
    }
  }

  /** Tells the sinks, looks for events, moves on. True when a terminal event ended the run. */
  #keep(h: number, tNew: number): boolean {
    const stepper = this.#stepper;
    const view = this.#view;
    const { segments } = stepper;
    const size = h / segments;
    stepper.system.stats.steps += segments;
    for (let segment = 0; segment < segments; segment++) {
      const start = segment === 0 ? this.t : this.t + segment * size;
      const last = segment === segments - 1;
      const end = last ? tNew : start + size;
      view.moveTo(start, size, segment);
      let state = stepper.yNew;
      if (!last) {
        state = this.#middle;
        view.evaluate(end, state);
      }
      const event = this.#events?.examine(view, end, state);
      if (event !== undefined) {
        for (const sink of this.#sinks) sink.segment(view, event.t, event.y);
        this.t = event.t;
        this.y = event.y;
        return true;
      }
      for (const sink of this.#sinks) sink.segment(view, end, state);
    }
    stepper.accept();
    this.t = tNew;
    this.y = stepper.y;
    return false;
  }

  #weigh(y: Float64Array): void {
    const weights = this.#weights;
    const { atol, rtol } = this.#plan;
    for (let i = 0; i < y.length; i++) weights[i] = Math.max(atol[i]! + rtol * Math.abs(y[i]!), 1e-300);
  }

  #errorNorm(): number {
    const { error, y, yNew } = this.#stepper;
    const { atol, rtol } = this.#plan;
    const n = y.length;
    let sum = 0;
    let largest = 0;
    for (let i = 0; i < n; i++) {
      const size = Math.max(Math.abs(y[i]!), Math.abs(yNew[i]!));
      if (size > largest) largest = size;
      const r = error[i]! / Math.max(atol[i]! + rtol * size, 1e-300);
      sum += r * r;
    }
    this.#size = largest;
    return Math.sqrt(sum / n);
  }
}
