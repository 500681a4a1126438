import { ConfigError } from "@stiffnet/core";
import type { StiffnessProxy } from "../proxy.ts";
import { smallEigenvalues } from "../spectra/closed-form.ts";
import { ratioOf } from "../spectra/ratio.ts";
import { denseProxy } from "./dense-proxy.ts";

export interface EigenRatioOptions {
  /** "real": Re(l_1) / Re(l_n). "modulus" (default): |l_1| / |l_n|. */
  readonly form?: "real" | "modulus";
  /** Parts and moduli below this share of |l_1| are raised to it, so that the ratio is at most 1 / floor.
   *  Default 1e-12: smaller eigenvalues are rounding. */
  readonly floor?: number;
}

/** The stiffness ratio of the slides, how far apart the time scales of J lie; 1 or more, no unit.
 *
 *  "real" (p. 9) is Re(l_1) / Re(l_n) of a spectrum in the left half plane, l_1 its fastest and l_n its
 *  slowest decay; elsewhere, with the signs left out, max |Re l| / min |Re l|, which is the same there
 *  (Lambert 1991). "modulus" (p. 12) is max |l| / min |l|. J = 0 has no time scale: NaN, as is what is not
 *  finite.
 *
 *  Eigenvalues are those of the closed forms up to width 4, of the QR algorithm in float64 beyond and where a
 *  closed form would lose digits. Diagnostic: the smallest eigenvalue's derivative says nothing of
 *  stiffness. */
export function eigenRatio(options: EigenRatioOptions = {}): StiffnessProxy {
  const { form = "modulus", floor = 1e-12 } = options;
  if (form !== "real" && form !== "modulus") {
    throw new ConfigError(`eigenRatio: form is '${form}', expected real or modulus`);
  }
  if (!(floor > 0 && floor < 1)) {
    throw new ConfigError(`eigenRatio: floor is ${floor}, expected a number between 0 and 1`);
  }
  const name = `eigenRatio (${form}${floor === 1e-12 ? "" : `, floor ${floor}`})`;
  const [smallRe, smallIm] = [new Float64Array(4), new Float64Array(4)];
  return denseProxy(name, "eigenvalues", ({ n, matrices, re, im }, k) => {
    if (n <= 4 && smallEigenvalues(matrices.subarray(k * n * n, (k + 1) * n * n), n, smallRe, smallIm)) {
      return ratioOf(smallRe.subarray(0, n), smallIm.subarray(0, n), form, floor);
    }
    return ratioOf(re.subarray(k * n, (k + 1) * n), im.subarray(k * n, (k + 1) * n), form, floor);
  });
}
