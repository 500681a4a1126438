import { needed, oneOf } from "@stiffnet/base";
import { requireOptions } from "@stiffnet/core";
import { share } from "../iteration/options.ts";
import type { DifferentiableProxy, StiffnessProxy } from "../proxy.ts";
import { largestRatio, ratioOf } from "../spectra/ratio.ts";
import { type ArnoldiOptions, arnoldi } from "./arnoldi.ts";
import { denseProxy } from "./dense-proxy.ts";
import { ratio } from "./ratio.ts";

export interface DenseRatioOptions {
  readonly method: "dense";
  /** "real": Re(l_1) / Re(l_n). "modulus" (default): |l_1| / |l_n|. */
  readonly form?: "real" | "modulus";
  /** Parts and moduli below this share of |l_1| are raised to it, so that the ratio is at most 1 / floor.
   *  Default 1e-12: smaller eigenvalues are rounding. */
  readonly floor?: number;
}

/** The stiffness ratio of Hudson et al. (2022): how far apart the time scales of J lie. 1 or more, no unit.
 *  Penalise its `logarithm`.
 *
 *  "arnoldi" (default): r = |l_1(J)| |l_1(J^-1)|, as r / (1 + floor r) with a `floor` of 1e-6, so at most
 *  1e6. Its gradient uses the gradient of `spectralRadius()` at both ends of the spectrum, which is not the
 *  derivative of the exact ratio. It is 0 at a singular J, and at J = 0, whose value is 1.
 *
 *  "dense": by QR in float64, exact, not differentiable. Form "modulus" (p. 12) is max |l| / min |l|. Form
 *  "real" (p. 9) is Re(l_1) / Re(l_n) if the spectrum lies in the left half plane, where l_1 decays fastest
 *  and l_n slowest. For other spectra it is max |Re l| / min |Re l| (Lambert 1991), which agrees in the left
 *  half plane. NaN for J = 0, which has no time scale, and for entries that are not finite. */
export function eigenRatio(
  options?: { method?: "arnoldi"; floor?: number } & ArnoldiOptions,
): DifferentiableProxy;
export function eigenRatio(options: DenseRatioOptions): StiffnessProxy;
export function eigenRatio(
  options: DenseRatioOptions | ({ method?: "arnoldi"; floor?: number } & ArnoldiOptions) = {},
): StiffnessProxy {
  if (options.method === "dense") return dense(options);
  const { method, floor = 1e-6, ...own } = options;
  requireOptions<object>(
    "eigenRatio",
    { method, floor },
    { method: oneOf("arnoldi", "dense"), floor: share },
  );
  const size = arnoldi(own);
  const exact = dense({ method: "dense" });
  return ratio(`eigenRatio (of ${size.name}, floor ${floor})`, size, { exact, floor, subset: 0.2 });
}

function dense(options: DenseRatioOptions): StiffnessProxy {
  requireOptions("eigenRatio", options, {
    method: needed(oneOf("dense")),
    form: oneOf("real", "modulus"),
    floor: share,
  });
  const { form = "modulus", floor = 1 / largestRatio } = options;
  const name = `eigenRatio (${form}${floor === 1 / largestRatio ? "" : `, floor ${floor}`})`;
  return denseProxy(name, "eigenvalues", ({ n, re, im }, k) =>
    ratioOf(re.subarray(k * n, (k + 1) * n), im.subarray(k * n, (k + 1) * n), form, floor),
  );
}
