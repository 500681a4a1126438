import { type DifferentiableProxy, spectralRadius } from "@stiffnet/stiffness";

export type SpectralMethod = "arnoldi" | "power" | "gelfand";

const makers: Readonly<Record<SpectralMethod, () => DifferentiableProxy>> = {
  arnoldi: () => spectralRadius(),
  power: () => spectralRadius({ method: "power" }),
  gelfand: () => spectralRadius({ method: "gelfand" }),
};

/** Ways to the spectral radius that can be trained with. */
export const spectralMethods = Object.keys(makers) as readonly SpectralMethod[];

export function proxyOf(method: SpectralMethod): DifferentiableProxy {
  return makers[method]();
}

/** Epochs from the first to the last, at about equal ratios. */
export function pointsOf(epochs: number, count: number): number[] {
  const at = Array.from({ length: count }, (_, k) =>
    Math.round(count === 1 ? epochs : epochs ** (k / (count - 1))),
  );
  return [...new Set(at)];
}
