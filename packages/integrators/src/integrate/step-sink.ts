import type { SegmentView } from "./segment-view.ts";

/** Receives every accepted segment [view.t, tEnd] and the state yEnd at its end, before the stepper moves
 *  on. */
export interface StepSink {
  /** The run begins at y. */
  start?(t: number, y: Float64Array): void;
  segment(view: SegmentView, tEnd: number, yEnd: Float64Array): void;
  /** The state has been changed at t. */
  jump?(t: number, y: Float64Array): void;
  /** How many numbers it keeps. */
  readonly size?: number;
}
