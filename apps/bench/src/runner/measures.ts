import type { Model, Samples } from "@stiffnet/core";
import {
  frobenius,
  largestSingularValue,
  measure,
  type StiffnessProxy,
  spectralRadius,
} from "@stiffnet/stiffness";
import type { ProxySummary } from "./record.ts";

/** What is recorded of every network, all exact: the slides' three columns. */
const watchedProxies: Readonly<Record<string, StiffnessProxy>> = {
  spectralRadius: spectralRadius({ method: "dense" }),
  frobenius: frobenius(),
  largestSingularValue: largestSingularValue(),
};

/** Every proxy over all layers and samples. */
export function proxiesOf(model: Model, samples: Samples): Record<string, ProxySummary> {
  return Object.fromEntries(
    Object.entries(watchedProxies).map(([name, proxy]) => {
      const { mean, sum, median, max, meanSquare, depth, layers } = measure(model, samples, proxy);
      return [
        name,
        { mean, sum, median, max, meanSquare, sumSquare: depth * meanSquare, layers: [...layers] },
      ];
    }),
  );
}

/** The means over layers and at most `most` samples, for the history of a run. */
export function proxyMeans(model: Model, samples: Samples, most: number): Record<string, number> {
  return Object.fromEntries(
    Object.entries(watchedProxies).map(([name, proxy]) => [
      name,
      measure(model, samples, proxy, { most }).mean,
    ]),
  );
}
