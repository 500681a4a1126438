import { GrowingArray } from "../growing-array.ts";
import type { SegmentView } from "./segment-view.ts";
import type { StepSink } from "./step-sink.ts";

class Recorder {
  readonly t: GrowingArray = new GrowingArray();
  readonly y: GrowingArray = new GrowingArray();

  get size(): number {
    return this.y.length;
  }

  protected keep(t: number, y: Float64Array): void {
    this.t.push(t);
    this.y.pushAll(y);
  }
}

/** Every step's end, after the initial state. */
export class StepRecorder extends Recorder implements StepSink {
  segment(_view: SegmentView, tEnd: number, yEnd: Float64Array): void {
    this.keep(tEnd, yEnd);
  }

  jump(t: number, y: Float64Array): void {
    this.keep(t, y);
  }
}

/** The states at given times, by dense output. */
export class TimeRecorder extends Recorder implements StepSink {
  readonly #times: Float64Array;
  readonly #state: Float64Array;
  #next = 0;

  constructor(times: Float64Array, t0: number, y0: Float64Array) {
    super();
    this.#times = times;
    this.#state = new Float64Array(y0.length);
    this.restart(t0, y0);
  }

  restart(t0: number, y0: Float64Array): void {
    this.t.length = 0;
    this.y.length = 0;
    this.#next = 0;
    if (this.#times[0] !== t0) return;
    this.#next = 1;
    this.keep(t0, y0);
  }

  segment(view: SegmentView, tEnd: number, yEnd: Float64Array): void {
    const direction = view.h > 0 ? 1 : -1;
    while (this.#next < this.#times.length && (tEnd - this.#times[this.#next]!) * direction >= 0) {
      const t = this.#times[this.#next++]!;
      if (t !== tEnd) view.evaluate(t, this.#state);
      this.keep(t, t === tEnd ? yEnd : this.#state);
    }
  }
}
