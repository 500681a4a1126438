import type { IntegrateConfig } from "./config.ts";

export interface ToSolver {
  readonly number: number;
  readonly config: IntegrateConfig;
}

/** Results of one solver. */
export interface Run {
  readonly solver: string;
  readonly status: string;
  /** Advice on a failure. */
  readonly hint: string;
  readonly steps: number;
  readonly rejected: number;
  readonly evaluations: number;
  readonly factorisations: number;
  readonly curves: readonly { readonly name: string; readonly t: Float64Array; readonly y: Float64Array }[];
  /** Ends of the accepted steps and their sizes. */
  readonly t: Float64Array;
  readonly h: Float64Array;
  /** Eigenvalues of the Jacobian times the step, of some steps. */
  readonly re: Float32Array;
  readonly im: Float32Array;
  readonly group: number;
}

export type FromSolver =
  | { readonly number: number; readonly runs: readonly Run[] }
  | { readonly number: number; readonly failed: string };
