import { GrowingArray } from "../growing-array.ts";
import type { SegmentView } from "../integrate/segment-view.ts";
import type { StepSink } from "../integrate/step-sink.ts";
import type { AnyStepper } from "../steppers/stepper.ts";

/** The accepted steps of a run: their times and sizes, which solver took them, and every `every`-th state. */
export class StepTape implements StepSink {
  readonly every: number;
  readonly t: GrowingArray = new GrowingArray();
  readonly h: GrowingArray = new GrowingArray();
  readonly solvers: string[] = [];
  readonly #n: number;
  readonly #states: GrowingArray = new GrowingArray();
  readonly #stepper: AnyStepper;
  readonly #marks: Float64Array;
  /** The number of steps before each mark, or -1 for a mark that was not reached. */
  readonly marked: Int32Array;
  readonly markedStates: Float64Array;
  #nextMark = 0;

  /** @param marks times in the direction of integration; the first may be t0 */
  constructor(stepper: AnyStepper, t0: number, y0: Float64Array, marks: Float64Array, every: number) {
    this.every = every;
    this.#n = y0.length;
    this.#stepper = stepper;
    this.#marks = marks;
    this.marked = new Int32Array(marks.length).fill(-1);
    this.markedStates = new Float64Array(marks.length * y0.length);
    this.#states.pushAll(y0);
    this.#mark(t0, y0);
  }

  get steps(): number {
    return this.t.length;
  }

  segment(view: SegmentView, tEnd: number, yEnd: Float64Array): void {
    this.t.push(view.t);
    this.h.push(view.h);
    this.solvers.push(this.#stepper.active.solverName);
    if (this.steps % this.every === 0) this.#states.pushAll(yEnd);
    this.#mark(tEnd, yEnd);
  }

  #mark(t: number, y: Float64Array): void {
    if (this.#marks[this.#nextMark] !== t) return;
    const i = this.#nextMark++;
    this.marked[i] = this.steps;
    this.markedStates.set(y, i * this.#n);
  }

  /** The state before step `step`, a multiple of `every`. */
  checkpoint(step: number): Float64Array {
    const at = (step / this.every) * this.#n;
    return this.#states.data.subarray(at, at + this.#n);
  }
}
