import { type DifferentiableProxy, spectralRadius } from "@stiffnet/stiffness";

/** Ways to the spectral radius that can be trained with. */
export const spectralMethods = ["arnoldi", "power", "gelfand"] as const;
export type SpectralMethod = (typeof spectralMethods)[number];

export function proxyOf(method: SpectralMethod): DifferentiableProxy {
  switch (method) {
    case "arnoldi":
      return spectralRadius();
    case "power":
      return spectralRadius({ method: "power" });
    case "gelfand":
      return spectralRadius({ method: "gelfand" });
  }
}
