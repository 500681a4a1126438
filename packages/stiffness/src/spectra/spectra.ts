import { type Model, stateWidth } from "@stiffnet/core";
import { chooseRows, visitJacobians } from "../visit-jacobians.ts";
import { byModulus, denseOf, eachJacobian } from "./dense.ts";

/** Eigenvalues of every Jacobian J_{n,i}, in 1/time. */
export interface Spectra {
  readonly depth: number;
  readonly samples: number;
  readonly width: number;
  /** Row of the given samples of each. */
  readonly rows: Uint32Array;
  /** Layer n, sample i, number k stand at (n * samples + i) * width + k: by modulus, largest first, a pair
   *  with its positive imaginary part first. NaN throughout a Jacobian that is not finite. */
  readonly re: Float64Array;
  readonly im: Float64Array;
  /** Jacobians without eigenvalues: not finite, or the QR algorithm did not converge. */
  readonly failed: number;
}

/** All eigenvalues of a model's Jacobians, by the QR algorithm in float64. `samples` has row-major inputs in
 *  physical units. `most` takes at most so many samples, evenly spread (default: all). About 10 width^3
 *  operations for each Jacobian. */
export function spectra(
  model: Model,
  samples: { readonly inputs: Float64Array },
  options: { most?: number } = {},
): Spectra {
  const chosen = chooseRows(model, samples, options, "spectra");
  const { depth } = model.config;
  const width = stateWidth(model.config);
  const re = new Float64Array(depth * chosen.count * width);
  const im = new Float64Array(re.length);
  let failed = 0;
  visitJacobians(model, chosen, (kernels) => {
    const dense = denseOf(kernels, width);
    return ({ first, jacobians }) => {
      eachJacobian(dense, "eigenvalues", jacobians, ({ layer, sample, k }) => {
        if (dense.statusOf(k) !== "converged") failed++;
        const own = [k * width, (k + 1) * width] as const;
        const [real, imaginary] = [dense.re.subarray(...own), dense.im.subarray(...own)];
        const at = (layer * chosen.count + first + sample) * width;
        byModulus(real, imaginary, width).forEach((from, to) => {
          re[at + to] = real[from]!;
          im[at + to] = imaginary[from]!;
        });
      });
    };
  });
  return { depth, samples: chosen.count, width, rows: chosen.rows, re, im, failed };
}
