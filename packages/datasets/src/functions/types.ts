import type { Axis } from "../axis.ts";

/** One output of a test function or model. */
export interface Output {
  readonly name: string;
  /** Empty where there is none. */
  readonly unit: string;
  readonly meaning: string;
}

/** A known map from inputs to outputs that a surrogate can be tried on. */
export interface TestFunction {
  readonly name: string;
  /** Inputs in order, each with bounds, distribution, unit and meaning. */
  readonly inputs: readonly Axis[];
  readonly outputs: readonly Output[];
  /** As written in the source. */
  readonly formula: string;
  /** Publication of the formula and the ranges. */
  readonly source: string;
  /** Rows of inputs, row-major [count, inputs.length], to rows of outputs, [count, outputs.length]. A new
   *  array; the same bits on every machine. Points outside the bounds are evaluated where the formula allows;
   *  NaN gives NaN. */
  evaluate(rows: Float64Array): Float64Array;
}
