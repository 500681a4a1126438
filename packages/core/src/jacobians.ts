/** The Jacobians of a chunk of samples, J_{n,i} = diag(slopes[n, :, i]) weights[n], in 1/time: what every
 *  stiffness proxy works on. Slopes are feature-major with the samples innermost, as the engine keeps them.
 *  So a proxy handles all samples of a layer as one matrix product. `stride >= batch` is their padded
 *  count. */
export interface JacobianBatch {
  /** N */
  readonly depth: number;
  /** D */
  readonly width: number;
  /** Samples. */
  readonly batch: number;
  /** Distance between features in `slopes`. */
  readonly stride: number;
  /** [N, D, D], row-major. */
  readonly weights: Float32Array;
  /** s'(z): [N, D, stride]; the lanes from `batch` on hold no sample. */
  readonly slopes: Float32Array;
}

/** Derivatives with respect to a batch of Jacobians are added here. */
export interface JacobianGradient {
  /** [N, D, D] */
  readonly weights: Float32Array;
  /** [N, D, stride] */
  readonly slopes: Float32Array;
}
