import type { Model, Samples } from "@stiffnet/core";
import { type Measurement, measure, type ProxyName, proxies } from "@stiffnet/stiffness";
import type { MeasuresSpec } from "../configuration/config.ts";
import type { ProxySummary } from "./record.ts";

/** The slides' three columns. */
const slidesProxies: readonly ProxyName[] = ["spectralRadius", "frobenius", "largestSingularValue"];

/** Samples of a proxy whose exact values would take longer than a plain training. */
const mostOfCostly = 100;

/** Every proxy of the study over all layers and samples, or so many as it says (at most a hundred where it is
 *  dear). */
export function proxiesOf(
  model: Model,
  samples: Samples,
  { proxies: names = slidesProxies, last = samples.count }: MeasuresSpec,
): Record<string, ProxySummary> {
  return byName(names, (name) => {
    const { exact, costly } = proxies[name];
    const most = costly ? Math.min(last, mostOfCostly) : last;
    return summaryOf(measure(model, samples, exact(), { most }));
  });
}

function summaryOf({ proxy: _, values: __, depth, ...figures }: Measurement): ProxySummary {
  const { meanSquare, layers } = figures;
  return { ...figures, sumSquare: depth * meanSquare, layers: [...layers] };
}

/** One number a proxy over layers and some of the samples, for the history of a run. */
export function proxyHistory(
  model: Model,
  samples: Samples,
  { proxies: names = slidesProxies, samples: most }: MeasuresSpec,
): Record<string, number> {
  return byName(names, (name) => {
    const { exact, typical } = proxies[name];
    return measure(model, samples, exact(), { most })[typical];
  });
}

function byName<T>(names: readonly ProxyName[], of: (name: ProxyName) => T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, of(name)]));
}
