/** Measurements of one epoch. Epoch 0 is the untrained network. */
export interface EpochRecord {
  readonly epoch: number;
  /** RMSE over samples and outputs, on prepared outputs, gathered over the epoch's batches (while the
   *  parameters moved); exact for epoch 0. */
  readonly riskTrain: number;
  /** Mean of the penalty p over the epoch's samples; 0 without one. */
  readonly penalty: number;
  /** Quadratic mean over the epoch of the loss L. */
  readonly total: number;
  /** RMSE on the test and validation set with the parameters at the end of the epoch. */
  readonly riskTest?: number;
  readonly riskValidation?: number;
  /** Learning rate of the epoch. */
  readonly rate: number;
  /** Mean over the parameter tensors of their Euclidean norm. */
  readonly norm: number;
  /** The result of `measure`, in the epochs that call it. */
  readonly measures?: Readonly<Record<string, number>>;
  /** Statistics of the penalty's own computation. */
  readonly statistics?: Readonly<Record<string, number>>;
}
