import { GrowingArray } from "../growing-array.ts";
import type { SegmentView } from "./segment-view.ts";
import type { StepSink } from "./step-sink.ts";

class Recorder {
  readonly t: GrowingArray = new GrowingArray();
  readonly y: GrowingArray = new GrowingArray();

  get size(): number {
    return this.y.length;
  }

  start(t: number, y: Float64Array): void {
    this.t.length = this.y.length = 0;
    this.keep(t, y);
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

  constructor(times: Float64Array, n: number) {
    super();
    this.#times = times;
    this.#state = new Float64Array(n);
  }

  override start(t0: number, y0: Float64Array): void {
    super.start(t0, y0);
    this.#next = this.#times[0] === t0 ? 1 : 0;
    if (this.#next === 0) this.t.length = this.y.length = 0;
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
