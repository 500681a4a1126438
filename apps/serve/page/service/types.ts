import type { ModelDescription } from "../../src/models/describe.ts";

export type { ModelDescription } from "../../src/models/describe.ts";

/** Numbers in the order of the model's outputs, row by row. In a service's answer, the spread is one standard
 *  deviation over the networks of an ensemble. On the page it is half the interval, if the file is
 *  calibrated. */
export interface Values {
  readonly mean: ArrayLike<number>;
  readonly spread?: ArrayLike<number>;
  /** Ends of the interval, where the file is calibrated. */
  readonly low?: ArrayLike<number>;
  readonly high?: ArrayLike<number>;
}

/** Eigenvalues of every layer's Jacobian. */
export type LayerSpectra = readonly (readonly (readonly [re: number, im: number])[])[];

/** The eigenvalues, in 1/time, and the explicit Runge-Kutta method of the network's steps. */
export interface Spectrum {
  readonly layers: LayerSpectra;
  readonly method: { readonly a: readonly (readonly number[])[]; readonly b: readonly number[] };
}

/** Source of answers. A request without an answer throws an error with a text for people. */
export interface PageService {
  /** The server's address, for the Code view; a document without server has none. */
  readonly url?: string;
  setKey(key: string): void;
  /** The newest version of each name. */
  models(): Promise<readonly ModelDescription[]>;
  version(name: string, version: string): Promise<ModelDescription>;
  /** One point, as `/predict` answers it. */
  predict(model: ModelDescription, point: readonly number[]): Promise<Values>;
  /** Many points. */
  evaluate(model: ModelDescription, rows: readonly (readonly number[])[]): Promise<Values>;
  /** At a point, of one network of the ensemble. */
  spectra(model: ModelDescription, point: readonly number[], member: number): Promise<Spectrum>;
}
