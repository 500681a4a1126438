import { ConfigError, requireOptions } from "@stiffnet/core";
import type { DifferentiableProxy } from "../proxy.ts";
import { type ArnoldiOptions, arnoldi } from "./arnoldi.ts";
import { denseSpectralRadius } from "./dense-spectral-radius.ts";
import { gelfand } from "./gelfand.ts";
import { type PowerOptions, power } from "./power.ts";

/** |l_1|, the largest modulus of the eigenvalues of J, in 1/time. Arnoldi iteration is the default, for
 *  training. Gelfand's formula and the complex power method are the slides' two ways. Dense QR with
 *  eigenvectors is exact, to measure and to check by. */
export function spectralRadius(options?: { method?: "arnoldi" } & ArnoldiOptions): DifferentiableProxy;
export function spectralRadius(options: { method: "gelfand"; squarings?: number }): DifferentiableProxy;
export function spectralRadius(options: { method: "power" } & PowerOptions): DifferentiableProxy;
export function spectralRadius(options: { method: "dense" }): DifferentiableProxy;
export function spectralRadius({
  method = "arnoldi",
  ...options
}: {
  method?: string;
} = {}): DifferentiableProxy {
  switch (method) {
    case "arnoldi":
      return arnoldi(options);
    case "gelfand":
      return gelfand(options);
    case "power":
      return power(options);
    case "dense":
      requireOptions("spectralRadius", options, {});
      return denseSpectralRadius();
    default:
      throw new ConfigError(
        `spectralRadius: method is '${method}', expected arnoldi, gelfand, power or dense`,
      );
  }
}
