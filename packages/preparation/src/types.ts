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

/** What stands between physical units and the numbers a network sees: plain data, so that it can be written
 *  to JSON, travel with a model and be put inside an exported graph. `prepare` applies the steps in order and
 *  `restore` undoes them in reverse. */
export interface Preparation {
  /** Columns in physical units. `preparedColumns` gives how many a network sees. */
  readonly columns: number;
  readonly steps: readonly PreparationStep[];
  /** Columns that stand for texts; absent where there are none. */
  readonly categories?: readonly Category[];
}

/** A column of texts in the user's table, of which each value has a column of its own: 1 where a row holds
 *  the value and 0 elsewhere. */
export interface Category {
  /** Of the column of texts. */
  readonly name: string;
  /** Where the first value's column stands, from 0; those of the other values follow. */
  readonly first: number;
  readonly values: readonly string[];
}

/** Fits a preparation to training rows, row-major [count, names.length]. */
export type Fit = (rows: Float64Array, names: readonly string[]) => Preparation;

/** Rows in physical units: inputs row-major [count, inputs], outputs row-major [count, outputs]. */
export interface Samples {
  readonly count: number;
  readonly inputs: Float64Array;
  readonly outputs: Float64Array;
}

/** What a network is trained on. `@stiffnet/tables` and `@stiffnet/datasets` make these; any
 *  object of this shape will do. */
export interface TrainingData {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly train: Samples;
  readonly test?: Samples;
  readonly validation?: Samples;
  /** Fitted on `train` alone. */
  readonly preparation: { readonly inputs: Preparation; readonly outputs: Preparation };
}
