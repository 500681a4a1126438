import { IntegratorError } from "../errors.ts";
import type { System } from "../system.ts";
import type { SegmentView } from "./segment-view.ts";
import type { EventSpec } from "./solve-options.ts";
import { findZero } from "./zero.ts";

/** A zero of an event function. */
export interface EventRecord {
  /** Which of the given events, and its name where it has one. */
  readonly index: number;
  readonly name: string | undefined;
  readonly t: number;
  readonly y: Float64Array;
  /** The state that its action has made of y, and that the run went on from. */
  readonly after?: Float64Array;
}

/** What a step is looked at: its quarters. */
const SAMPLES = 4;
/** An action again and again after less than this part of t, so many times: no run gets past that. */
const TINY = 1e-9;
const PATIENCE = 20;

/** Watches the signs of the event functions, four times a step. Two zeros of one event in a quarter of a
 *  step go unnoticed: choose `largestStep` with that in mind. */
export class EventWatch {
  records: EventRecord[] = [];
  /** Time from the action before to the last one. */
  gap: number = Number.POSITIVE_INFINITY;
  readonly #events: readonly EventSpec[];
  readonly #system: System;
  readonly #values: Float64Array;
  readonly #counts: Int32Array;
  readonly #state: Float64Array;
  #lastAction = Number.NaN;
  #crowded = 0;

  constructor(events: readonly EventSpec[], system: System) {
    this.#events = events;
    this.#system = system;
    this.#values = new Float64Array(events.length);
    this.#counts = new Int32Array(events.length);
    this.#state = new Float64Array(system.n);
  }

  /** How many numbers the records hold. */
  get size(): number {
    return this.records.length * (this.#system.n + 8);
  }

  /** Actions follow one another within the rounding of t. */
  get accumulates(): boolean {
    return this.#crowded >= PATIENCE;
  }

  start(t: number, y: Float64Array): void {
    this.records = [];
    this.gap = Number.POSITIVE_INFINITY;
    this.#lastAction = Number.NaN;
    this.#crowded = 0;
    this.#counts.fill(0);
    this.#evaluate(t, y);
  }

  #evaluate(t: number, y: Float64Array): void {
    this.#events.forEach((event, i) => {
      const value: unknown = event.value(t, y, this.#system.p);
      if (typeof value !== "number" || Number.isNaN(value)) {
        throw new IntegratorError(
          `events[${i}] returned ${value}, expected a number that passes through zero`,
          { code: "bad_event" },
        );
      }
      this.#values[i] = value;
    });
  }

  /** Looks through a segment that ends at (tEnd, yEnd). An event that ends the run or acts is returned;
   *  zeros after it are not recorded. */
  examine(view: SegmentView, tEnd: number, yEnd: Float64Array): EventRecord | undefined {
    const start = view.t;
    const state = this.#state;
    let from = start;
    for (let sample = 1; sample <= SAMPLES; sample++) {
      const last = sample === SAMPLES;
      const to = last ? tEnd : start + (sample / SAMPLES) * (tEnd - start);
      if (!last) view.evaluate(to, state);
      const interrupting = this.#between(view, from, to, last ? yEnd : state);
      if (interrupting !== undefined) return interrupting;
      from = to;
    }
    return undefined;
  }

  #between(view: SegmentView, from: number, to: number, yTo: Float64Array): EventRecord | undefined {
    const found: EventRecord[] = [];
    this.#events.forEach((event, index) => {
      const before = this.#values[index]!;
      const after = event.value(to, yTo, this.#system.p);
      this.#values[index] = after;
      const rises = before < 0 && after >= 0;
      const falls = before > 0 && after <= 0;
      const wanted = event.direction === 1 ? rises : event.direction === -1 ? falls : rises || falls;
      if (!wanted) return;
      const y = new Float64Array(yTo.length);
      const value = (t: number) => {
        view.evaluate(t, y);
        return event.value(t, y, this.#system.p);
      };
      const t = after === 0 ? to : findZero(value, from, to, before, after);
      if (t === to) y.set(yTo);
      else view.evaluate(t, y);
      found.push({ index, name: event.name, t, y });
    });
    found.sort((a, b) => (a.t - b.t) * Math.sign(view.h) || a.index - b.index);
    for (const record of found) {
      this.records.push(record);
      const { action } = this.#events[record.index]!;
      this.#counts[record.index]!++;
      if (this.isTerminal(record) || action !== undefined) return record;
    }
    return undefined;
  }

  isTerminal({ index }: EventRecord): boolean {
    const { terminal = false } = this.#events[index]!;
    return typeof terminal === "number" ? this.#counts[index]! >= terminal : terminal;
  }

  /** What the event's action makes of its state, from which the run goes on. */
  act(record: EventRecord): Float64Array {
    const { index, t, y } = record;
    const after = y.slice();
    this.#events[index]!.action!(t, after, this.#system.p);
    after.forEach((x, i) => {
      if (Number.isFinite(x)) return;
      throw new IntegratorError(
        `events[${index}].action left ${x} in y[${i}] at t = ${t}, expected a finite number`,
        {
          code: "not_finite",
        },
      );
    });
    this.records[this.records.length - 1] = { ...record, after };
    this.gap = Number.isNaN(this.#lastAction) ? Number.POSITIVE_INFINITY : Math.abs(t - this.#lastAction);
    this.#crowded = this.gap <= TINY * Math.abs(t) ? this.#crowded + 1 : 0;
    this.#lastAction = t;
    this.#evaluate(t, after);
    // It stands on its own zero: which way it leaves is not known yet.
    this.#values[index] = 0;
    return after;
  }
}
