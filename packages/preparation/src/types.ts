/** Column by column, prepared = (x - mean) / scale and x = mean + scale * prepared. */
export interface AffineStep {
  readonly kind: "affine";
  /** In the column's unit. */
  readonly mean: readonly number[];
  /** In the column's unit, positive. */
  readonly scale: readonly number[];
}

/** The natural logarithm of some columns: prepared = ln(x) and x = exp(prepared); the others pass through. */
export interface LogStep {
  readonly kind: "log";
  /** One flag for each column. */
  readonly applies: readonly boolean[];
}

/** Coordinates along orthonormal directions: prepared = D x and x = D^T prepared, with D [components,
 *  columns]. With fewer components than columns `restore` gives the nearest point of their span. */
export interface ComponentsStep {
  readonly kind: "components";
  /** Rows of D, each of length 1 and at right angles to the others. */
  readonly directions: readonly (readonly number[])[];
}

export type PreparationStep = AffineStep | LogStep | ComponentsStep;

/** The steps from physical units to the numbers that a network sees. They are plain data: JSON and an
 *  exported graph hold them. `prepare` applies the steps in order, `restore` undoes them in reverse. */
export interface Preparation {
  /** Columns in physical units. `preparedColumns` gives how many a network sees. */
  readonly columns: number;
  readonly steps: readonly PreparationStep[];
  /** Text columns of the user's table. Absent if the table has none. */
  readonly categories?: readonly Category[];
}

/** A text column of the user's table. Each value has an input of its own: 1 for the rows that hold the value,
 *  and 0 for the others. */
export interface Category {
  /** Name of the text column. */
  readonly name: string;
  /** Number of the first value's input, from 0. The inputs of the other values follow. */
  readonly first: number;
  readonly values: readonly string[];
}

/** Fits a preparation to training rows, row-major [count, names.length]. */
export type Fit = (rows: Float64Array, names: readonly string[]) => Preparation;

/** The fits of inputs and of outputs. */
export interface Fits {
  inputs?: Fit;
  outputs?: Fit;
}

/** Rows in physical units: inputs row-major [count, inputs], outputs row-major [count, outputs]. */
export interface Samples {
  readonly count: number;
  readonly inputs: Float64Array;
  readonly outputs: Float64Array;
}

/** Training data of a network. `@stiffnet/tables` and `@stiffnet/datasets` make them, and any object of this
 *  shape will do. */
export interface TrainingData {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly train: Samples;
  readonly test?: Samples;
  readonly validation?: Samples;
  /** Fitted on `train` alone. */
  readonly preparation: { readonly inputs: Preparation; readonly outputs: Preparation };
}
