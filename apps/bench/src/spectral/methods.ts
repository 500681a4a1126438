import { type DifferentiableProxy, spectralRadius } from "@stiffnet/stiffness";

/** Ways to the spectral radius that can be trained with. */
export const spectralMethods = ["arnoldi", "arnoldi-one-sided", "power", "gelfand"] as const;
export type SpectralMethod = (typeof spectralMethods)[number];

export function proxyOf(method: SpectralMethod): DifferentiableProxy {
  switch (method) {
    case "arnoldi":
      return spectralRadius();
    case "arnoldi-one-sided":
      return spectralRadius({ gradient: "oneSided" });
    case "power":
      return spectralRadius({ method: "power" });
    case "gelfand":
      return spectralRadius({ method: "gelfand" });
  }
}
