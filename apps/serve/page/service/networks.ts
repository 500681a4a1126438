// The networks themselves, in the browser: the packages that trained them, on the same kernels. No DOM, no
// requests.

import { discretisationOf, layoutOf, type Model, predict, predict64 } from "@stiffnet/core";
import { spectra } from "@stiffnet/stiffness";
import type { ModelDescription, NetworkDocument } from "../../src/models/describe.ts";
import type { Spectrum, Values } from "./types.ts";

/** Makes models from the answer of /models/{m}/network. */
export function modelsOf(
  { config, members }: NetworkDocument,
  { inputs, outputs }: ModelDescription,
): Model[] {
  return members.map(({ parameters, preparation }) => ({
    config,
    layout: layoutOf(config),
    parameters: new Float32Array(bytesOf(parameters).buffer),
    inputNames: inputs.map(({ name }) => name),
    outputNames: outputs.map(({ name }) => name),
    preparation,
  }));
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
}

/** Mean and standard deviation over the networks, as the exported file has them; in its type. */
export function evaluateHere(
  models: readonly Model[],
  dtype: ModelDescription["dtype"],
  rows: readonly (readonly number[])[],
): Values {
  const evaluate = dtype === "float64" ? predict64 : predict;
  const all = models.map((model) => evaluate(model, Float64Array.from(rows.flat())));
  const mean = all[0]!.map((_, k) => all.reduce((sum, y) => sum + y[k]!, 0) / all.length);
  if (all.length === 1) return { mean };
  const square = (k: number): number => all.reduce((sum, y) => sum + (y[k]! - mean[k]!) ** 2, 0);
  return { mean, spread: mean.map((_, k) => Math.sqrt(square(k) / (all.length - 1))) };
}

/** The eigenvalues of J_n = diag(s'(z_n)) W_n of every layer, or at the beginning of every step. */
export function spectraHere(model: Model, point: readonly number[]): Spectrum {
  const { method } = discretisationOf(model.config);
  if ("share" in method) throw new RangeError("spectraHere: no file holds an implicit method");
  const { depth, width, re, im } = spectra(model, { inputs: Float64Array.from(point) });
  const layers = Array.from({ length: depth }, (_, n) =>
    Array.from({ length: width }, (_, k) => [re[n * width + k]!, im[n * width + k]!] as const),
  );
  return { layers, method };
}
