/** Column by column, prepared = (x - mean) / scale and x = mean + scale * prepared. */
export interface AffineStep {
  readonly kind: "affine";
  /** In the column's unit. */
  readonly mean: readonly number[];
  /** In the column's unit, positive. */
  readonly scale: readonly number[];
}

export type PreparationStep = AffineStep;

/** What stands between physical units and the numbers a network sees: plain data, so that it can be written to
 *  JSON, travel with a model and be put inside an exported graph. `prepare` applies the steps in order and
 *  `restore` undoes them in reverse. */
export interface Preparation {
  readonly columns: number;
  readonly steps: readonly PreparationStep[];
}
