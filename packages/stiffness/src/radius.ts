import { denseSpectralRadius } from "./dense.ts";
import { gelfand } from "./gelfand.ts";
import type { DifferentiableProxy, StiffnessProxy } from "./proxy.ts";

/** |l_1|, the largest modulus of the eigenvalues of J, in 1/time. */
export function spectralRadius(options: { method: "gelfand"; squarings?: number }): DifferentiableProxy;
export function spectralRadius(options?: { method: "dense" }): StiffnessProxy;
export function spectralRadius(
  options: { method: "gelfand" | "dense"; squarings?: number } = { method: "dense" },
): StiffnessProxy {
  return options.method === "gelfand" ? gelfand(options.squarings ?? 10) : denseSpectralRadius();
}
