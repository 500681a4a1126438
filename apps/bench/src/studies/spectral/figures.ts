import { type Figure, narrowChart, type Panel } from "@stiffnet/report/charts";
import { formatNumber } from "@stiffnet/terminal";
import type { AccuracyRun, AccuracySpec, MethodAccuracy } from "./accuracy.ts";

/** Errors and gradients over the epochs: a panel for each weight, a line for each method. */
export function accuracyFigures({ methods }: AccuracySpec, runs: readonly AccuracyRun[]): Figure[] {
  const panels = (name: string, label: string, of: (method: MethodAccuracy) => number): Panel[] =>
    runs.map(({ weight, points }, k) =>
      narrowChart(
        methods.map((method, m) => ({
          name: method,
          points: points.map(({ epoch, methods: measured }) => ({ x: epoch, y: of(measured[m]!) })),
        })),
        { name: `${name}-${k + 1}`, heading: `weight ${formatNumber(weight)}`, x: "epoch", y: label },
      ),
    );
  return [
    {
      title: "Median error of the values",
      caption:
        "Relative distance from the exact spectral radius, median over the (layer, sample) pairs of the batches that were looked at.",
      panels: panels("error-median", "relative error", ({ error }) => error.median),
    },
    {
      title: "99th percentile of the error",
      caption: "As above, for the worst pair in a hundred.",
      panels: panels("error-p99", "relative error", ({ error }) => error.p99),
    },
    {
      title: "Direction of the gradients",
      caption:
        "1 - cosine between the penalty gradient of a batch (weights) and the exact one, median over the batches. It counts ill-conditioned eigenvalues, which have the largest exact gradients and are not followed by the iterative methods.",
      panels: panels("gradient", "1 - cosine", ({ cosine }) => 1 - cosine.median),
    },
  ];
}
