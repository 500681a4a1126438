import { IntegratorError } from "../errors.ts";
import type { System } from "../system.ts";
import type { SegmentView } from "./segment-view.ts";
import type { EventSpec } from "./solve-options.ts";

/** A zero of an event function. */
export interface EventRecord {
  /** Which of the given events, and its name where it has one. */
  readonly index: number;
  readonly name: string | undefined;
  readonly t: number;
  readonly y: Float64Array;
}

/** Watches the signs of the event functions from step to step. Two zeros of one event within one segment go
 *  unnoticed: choose `largestStep` with that in mind. */
export class EventWatch {
  readonly records: EventRecord[] = [];
  readonly #events: readonly EventSpec[];
  readonly #system: System;
  readonly #values: Float64Array;
  readonly #state: Float64Array;

  constructor(events: readonly EventSpec[], system: System) {
    this.#events = events;
    this.#system = system;
    this.#values = new Float64Array(events.length);
    this.#state = new Float64Array(system.n);
  }

  start(t: number, y: Float64Array): void {
    this.#events.forEach((event, i) => {
      const value: unknown = event.value(t, y, this.#system.p);
      if (typeof value !== "number" || Number.isNaN(value)) {
        throw new IntegratorError(
          `events[${i}] returned ${value}, expected a number that passes through zero`,
          {
            code: "bad_event",
          },
        );
      }
      this.#values[i] = value;
    });
  }

  /** Looks through a segment that ends at (tEnd, yEnd); a terminal event is returned, zeros after it are not
   *  recorded. */
  examine(view: SegmentView, tEnd: number, yEnd: Float64Array): EventRecord | undefined {
    const found: EventRecord[] = [];
    this.#events.forEach((event, index) => {
      const before = this.#values[index]!;
      const after = event.value(tEnd, yEnd, this.#system.p);
      this.#values[index] = after;
      const rises = before < 0 && after >= 0;
      const falls = before > 0 && after <= 0;
      const wanted = event.direction === 1 ? rises : event.direction === -1 ? falls : rises || falls;
      if (!wanted) return;
      const t = after === 0 ? tEnd : this.#zero(event, view, tEnd, before, after);
      const y = new Float64Array(yEnd.length);
      if (t === tEnd) y.set(yEnd);
      else view.evaluate(t, y);
      found.push({ index, name: event.name, t, y });
    });
    found.sort((a, b) => (a.t - b.t) * Math.sign(view.h) || a.index - b.index);
    for (const record of found) {
      this.records.push(record);
      if (this.#events[record.index]!.terminal) return record;
    }
    return undefined;
  }

  /** The zero in (view.t, tEnd] to the rounding of t: regula falsi with Illinois weights, every third step a
   *  bisection. What is returned lies on the far side of the zero. */
  #zero(event: EventSpec, view: SegmentView, tEnd: number, before: number, after: number): number {
    let near = view.t;
    let nearValue = before;
    let far = tEnd;
    let farValue = after;
    let side = 0;
    const rounding = 2 * Number.EPSILON * Math.max(Math.abs(near), Math.abs(far));
    for (let k = 1; k < 200 && Math.abs(far - near) > rounding; k++) {
      let t = k % 3 === 0 ? (near + far) / 2 : far - (farValue * (far - near)) / (farValue - nearValue);
      if (!((t - near) * (far - t) > 0)) t = (near + far) / 2;
      view.evaluate(t, this.#state);
      const value = event.value(t, this.#state, this.#system.p);
      if (value === 0) return t;
      if (value > 0 === before > 0) {
        near = t;
        nearValue = value;
        if (side === 1) farValue /= 2;
        side = 1;
      } else {
        far = t;
        farValue = value;
        if (side === -1) nearValue /= 2;
        side = -1;
      }
    }
    return far;
  }
}
