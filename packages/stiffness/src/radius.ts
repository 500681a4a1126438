import { type ArnoldiOptions, arnoldi } from "./arnoldi.ts";
import { denseSpectralRadius } from "./dense.ts";
import { gelfand } from "./gelfand.ts";
import type { DifferentiableProxy, StiffnessProxy } from "./proxy.ts";

/** |l_1|, the largest modulus of the eigenvalues of J, in 1/time: by Arnoldi iteration (default, for training), by
 *  Gelfand's formula (the slides' way), or by dense QR (exact, not differentiable). */
export function spectralRadius(options?: { method?: "arnoldi" } & ArnoldiOptions): DifferentiableProxy;
export function spectralRadius(options: { method: "gelfand"; squarings?: number }): DifferentiableProxy;
export function spectralRadius(options: { method: "dense" }): StiffnessProxy;
export function spectralRadius(
  options: { method?: "arnoldi" | "gelfand" | "dense"; squarings?: number } & ArnoldiOptions = {},
): StiffnessProxy {
  if (options.method === "dense") return denseSpectralRadius();
  return options.method === "gelfand" ? gelfand(options.squarings ?? 10) : arnoldi(options);
}
