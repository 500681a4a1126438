import { misuse } from "../errors.ts";
import type { System } from "../system.ts";
import { Accumulation } from "./accumulation.ts";
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

/** A zero in a part of a step, and the value at the part's start. */
interface Crossing extends EventRecord {
  readonly before: number;
  record?: { after?: Float64Array };
}

/** Events are evaluated at the quarters of a step. */
const SAMPLES = 4;
/** An event that is zero where a step begins shows which way it leaves after this part of the step. */
const DEPARTURE = 2 ** -20;
/** Size of a record without its states, in numbers of eight bytes. Objects have heads. */
const OVERHEAD = 16;
const ARRAY_OVERHEAD = 24;

/** Watches the signs of the event functions, four times a step. Two zeros of one event in a quarter of a
 *  step go unnoticed: choose `maxStep` with that in mind. */
export class EventWatch {
  records: EventRecord[] = [];
  /** How often each event has been met. */
  readonly counts: Int32Array;
  /** How often the state has been changed. */
  actions = 0;
  /** Whether an event's actions follow one another ever faster. */
  accumulates = false;
  /** How soon one of the events that have acted last may act again. */
  wait: number = Number.POSITIVE_INFINITY;
  #accumulations: readonly Accumulation[] = [];
  readonly #events: readonly EventSpec[];
  readonly #system: System;
  readonly #values: Float64Array;
  /** Rounding left in the values of events that are zero because they have acted. */
  readonly #rest: Float64Array;
  readonly #state: Float64Array;
  /** Met at one and the same time, the last time that a run was interrupted. */
  #met: Crossing[] = [];
  /** How many numbers the records hold. */
  size = 0;

  constructor(events: readonly EventSpec[], system: System) {
    this.#events = events;
    this.#system = system;
    this.#values = new Float64Array(events.length);
    this.counts = new Int32Array(events.length);
    this.#rest = new Float64Array(events.length);
    this.#state = new Float64Array(system.n);
  }

  start(t: number): void {
    this.records = [];
    this.size = 0;
    this.actions = 0;
    this.accumulates = false;
    this.#accumulations = this.#events.map(() => new Accumulation(t));
    this.counts.fill(0);
    this.#rest.fill(0);
  }

  #valueOf(index: number, t: number, y: Float64Array): number {
    const value: unknown = this.#events[index]!.value(t, y, this.#system.p);
    if (typeof value === "number" && !Number.isNaN(value)) return value;
    throw misuse(
      "bad_event",
      `events[${index}] returned ${value}, expected a number that passes through zero (at t = ${t})`,
    );
  }

  /** The values at the state that the run goes on from. */
  evaluate(t: number, y: Float64Array): void {
    for (let i = 0; i < this.#values.length; i++) this.#values[i] = this.#valueOf(i, t, y);
  }

  /** Which events interrupted the run in the segment that was looked through last. */
  get met(): readonly number[] {
    return this.#met.map(({ index }) => index);
  }

  /** Looks through a segment that ends at (tEnd, yEnd). An event that ends the run or acts is returned;
   *  zeros after it are not recorded. */
  examine(view: SegmentView, tEnd: number, yEnd: Float64Array): EventRecord | undefined {
    const start = view.t;
    const state = this.#state;
    this.#met = [];
    this.#depart(view, tEnd);
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

  /** Finds the signs of events that are zero at the start of the segment. A ball that is thrown up from the
   *  floor meets it again, even within the first quarter. */
  #depart(view: SegmentView, tEnd: number): void {
    const values = this.#values;
    if (!values.includes(0)) return;
    const least = 2 * Number.EPSILON * Math.abs(view.t) * Math.sign(tEnd - view.t);
    const way = DEPARTURE * (tEnd - view.t);
    const t = view.t + (Math.abs(way) > Math.abs(least) ? way : least);
    if (!((tEnd - t) * way > 0)) return;
    view.evaluate(t, this.#state);
    for (let i = 0; i < values.length; i++) {
      if (values[i] !== 0) continue;
      values[i] = this.#valueOf(i, t, this.#state) - this.#rest[i]!;
      this.#rest[i] = 0;
    }
  }

  #between(view: SegmentView, from: number, to: number, yTo: Float64Array): EventRecord | undefined {
    const found: Crossing[] = [];
    this.#events.forEach((event, index) => {
      const before = this.#values[index]!;
      const after = this.#valueOf(index, to, yTo);
      this.#values[index] = after;
      const rises = before < 0 && after >= 0;
      const falls = before > 0 && after <= 0;
      const wanted = event.direction === 1 ? rises : event.direction === -1 ? falls : rises || falls;
      if (!wanted) return;
      const y = new Float64Array(yTo.length);
      const value = (t: number) => {
        view.evaluate(t, y);
        return this.#valueOf(index, t, y);
      };
      const t = after === 0 ? to : findZero(value, from, to, before, after);
      if (t === to) y.set(yTo);
      else view.evaluate(t, y);
      found.push({ index, name: event.name, t, y, before });
    });
    found.sort((a, b) => (a.t - b.t) * Math.sign(view.h) || a.index - b.index);
    for (let k = 0; k < found.length; k++) {
      const crossing = found[k]!;
      this.#count(crossing);
      if (!this.#interrupts(crossing)) continue;
      this.#met = [crossing, ...found.slice(k + 1).filter((other) => this.#isMet(other, crossing))];
      for (const other of this.#met.slice(1)) this.#count(other);
      return crossing;
    }
    return undefined;
  }

  #interrupts({ index }: EventRecord): boolean {
    return this.#events[index]!.action !== undefined || this.#isTerminal(index);
  }

  /** Whether a later zero is one at the same time, but for rounding: looked for once the state has changed
   *  it would be lost. */
  #isMet({ index, before }: Crossing, { t, y }: EventRecord): boolean {
    const here = this.#valueOf(index, t, y);
    return here === 0 || here > 0 !== before > 0;
  }

  #count(crossing: Crossing): void {
    const { index, name, t, y } = crossing;
    this.counts[index]!++;
    if (!(this.#events[index]!.record ?? true)) return;
    const record: EventRecord = { index, name, t, y };
    crossing.record = record;
    this.records.push(record);
    this.size += OVERHEAD + ARRAY_OVERHEAD + this.#system.n;
  }

  #isTerminal(index: number): boolean {
    const { terminal = false } = this.#events[index]!;
    return typeof terminal === "number" ? this.counts[index]! >= terminal : terminal;
  }

  /** Whether one of the events that were met ends the run. */
  get ends(): boolean {
    return this.#met.some(({ index }) => this.#isTerminal(index));
  }

  /** Applies the actions of the events that were met, and returns the new state, made consistent. */
  act(consistent: (y: Float64Array) => Float64Array | undefined): Float64Array | undefined {
    const [{ t, y }] = this.#met as [Crossing];
    const changed = y.slice();
    const acting = this.#met.filter(({ index }) => this.#events[index]!.action !== undefined);
    for (const { index } of acting) {
      this.#events[index]!.action!(t, changed, this.#system.p);
      const bad = changed.findIndex((x) => !Number.isFinite(x));
      if (bad < 0) continue;
      throw misuse(
        "not_finite",
        `events[${index}].action left ${changed[bad]} in y[${bad}] at t = ${t}, expected a finite number`,
      );
    }
    const after = consistent(changed);
    if (after === undefined) return undefined;
    for (const { record } of acting) {
      if (record === undefined) continue;
      record.after = after.slice();
      this.size += ARRAY_OVERHEAD + this.#system.n;
    }
    this.actions++;
    this.evaluate(t, after);
    this.wait = Number.POSITIVE_INFINITY;
    for (const { index } of acting) {
      const accumulation = this.#accumulations[index]!;
      accumulation.add(t);
      this.wait = Math.min(this.wait, accumulation.wait);
      this.accumulates ||= accumulation.found;
      const value = this.#values[index]!;
      if (Math.abs(value) > 2 * Math.abs(this.#valueOf(index, t, y))) continue;
      // It stands on its own zero still: which way it leaves is not known yet.
      this.#rest[index] = value;
      this.#values[index] = 0;
    }
    return after;
  }
}
