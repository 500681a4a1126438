import type { Model, Samples } from "@stiffnet/core";
import {
  eigenRatio,
  frobenius,
  largestSingularValue,
  type Measurement,
  measure,
  type StiffnessProxy,
  singularRatio,
  spectralRadius,
} from "@stiffnet/stiffness";
import type { MeasuresSpec, ProxyName } from "./config.ts";
import type { ProxySummary } from "./record.ts";

/** The slides' three columns. */
const slidesProxies: readonly ProxyName[] = ["spectralRadius", "frobenius", "largestSingularValue"];

/** What can be recorded of a network, all exact. Ratios have no mean worth telling: one tiny eigenvalue makes it. */
const watched: Readonly<
  Record<ProxyName, { proxy: StiffnessProxy; history: "mean" | "median"; most?: number }>
> = {
  spectralRadius: { proxy: spectralRadius({ method: "dense" }), history: "mean" },
  frobenius: { proxy: frobenius(), history: "mean" },
  // An exact singular value decomposition of every Jacobian of a large test set would take longer than a plain training.
  largestSingularValue: { proxy: largestSingularValue({ method: "dense" }), history: "mean", most: 100 },
  eigenRatio: { proxy: eigenRatio(), history: "median", most: 100 },
  singularRatio: { proxy: singularRatio(), history: "median", most: 100 },
};

/** Every proxy of the study over all layers and samples (at most a hundred where it is dear). */
export function proxiesOf(
  model: Model,
  samples: Samples,
  { proxies = slidesProxies }: MeasuresSpec,
): Record<string, ProxySummary> {
  return byName(proxies, (name) => {
    const { proxy, most } = watched[name];
    const found = measure(model, samples, proxy, most === undefined ? {} : { most });
    return summaryOf(found);
  });
}

function summaryOf({
  mean,
  sum,
  median,
  max,
  meanSquare,
  depth,
  layers,
  samples,
}: Measurement): ProxySummary {
  return { samples, mean, sum, median, max, meanSquare, sumSquare: depth * meanSquare, layers: [...layers] };
}

/** One number a proxy over layers and some of the samples, for the history of a run. */
export function proxyHistory(
  model: Model,
  samples: Samples,
  { proxies = slidesProxies, samples: most }: MeasuresSpec,
): Record<string, number> {
  return byName(proxies, (name) => {
    const { proxy, history } = watched[name];
    return measure(model, samples, proxy, { most })[history];
  });
}

function byName<T>(names: readonly ProxyName[], of: (name: ProxyName) => T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, of(name)]));
}
