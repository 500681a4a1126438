import * as Plot from "@observablehq/plot";
import { formatNumber } from "../format.ts";
import type { AccuracyRun, AccuracySpec, MethodAccuracy } from "../spectral/accuracy.ts";
import type { CostCase } from "../spectral/cost.ts";
import {
  drawSvg,
  type Figure,
  logTicks,
  type Panel,
  powerTick,
  seriesColour,
  seriesDashes,
} from "./canvas.ts";

interface SeriesPoint {
  readonly series: string;
  readonly x: number;
  readonly y: number;
}

/** Errors and gradients over the epochs: a panel for each weight, a line for each method. */
export function accuracyFigures({ methods }: AccuracySpec, runs: readonly AccuracyRun[]): Figure[] {
  const panels = (name: string, label: string, of: (method: MethodAccuracy) => number): Panel[] =>
    runs.map(({ weight, points }, k) =>
      lines(
        points.flatMap(({ epoch, methods: measured }) =>
          measured.map((method, m) => ({ series: methods[m]!, x: epoch, y: of(method) })),
        ),
        {
          name: `${name}-${k + 1}`,
          title: `weight ${formatNumber(weight)}`,
          xLabel: "epoch",
          yLabel: label,
          series: methods,
        },
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

/** Milliseconds a step against each size. */
export function costFigure(cases: readonly CostCase[]): Figure {
  const axes = (["width", "depth", "batch"] as const).filter((axis) =>
    cases.some((entry) => entry.axis === axis),
  );
  return {
    title: "Time of a step",
    caption: "Medians over the timed steps; both axes are logarithmic.",
    panels: axes.map((axis) => {
      const own = cases.filter((entry) => entry.axis === axis);
      return lines(
        own.flatMap((entry) =>
          entry.models.map(({ model, ms }) => ({ series: model, x: entry[axis], y: ms.median })),
        ),
        {
          name: `cost-${axis}`,
          title: axis,
          xLabel: axis,
          yLabel: "ms a step",
          series: own[0]!.models.map(({ model }) => model),
        },
      );
    }),
  };
}

/** Lines with points on two logarithmic axes, and their names below. Values that are not positive are left out. */
function lines(
  all: readonly SeriesPoint[],
  options: { name: string; title: string; xLabel: string; yLabel: string; series: readonly string[] },
): Panel {
  const points = all.filter(({ x, y }) => x > 0 && y > 0 && Number.isFinite(y));
  const { series } = options;
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  const domain = (values: readonly number[], margin: number): [number, number] =>
    values.length === 0 ? [0.1, 1] : [Math.min(...values) / margin, Math.max(...values) * margin];
  const [across, up] = [domain(xs, 1.15), domain(ys, 1.4)];
  const legend = 15 * series.length;
  return drawSvg(options.name, `${options.yLabel}, ${options.title}`, {
    width: 320,
    height: 270 + legend,
    marginLeft: 54,
    marginRight: 14,
    marginTop: 34,
    marginBottom: 44 + legend,
    x: { type: "log", domain: across, axis: null },
    y: {
      type: "log",
      domain: up,
      label: options.yLabel,
      grid: true,
      ticks: logTicks(...up),
      tickFormat: powerTick,
    },
    marks: [
      // A logarithmic scale's own axis leaves out the labels of all but a few ticks.
      Plot.axisX([...new Set(xs)], {
        text: powerTick,
        label: options.xLabel,
        labelAnchor: "center",
        labelArrow: "none",
        labelOffset: 34,
      }),
      ...series.flatMap((name, k) => {
        const own = points.filter((point) => point.series === name);
        return [
          Plot.line(own, {
            x: "x",
            y: "y",
            stroke: seriesColour(k),
            strokeWidth: 1.8,
            strokeDasharray: seriesDashes[k % 6]!,
          }),
          Plot.dot(own, { x: "x", y: "y", r: 3, fill: seriesColour(k) }),
          Plot.text([name], {
            frameAnchor: "bottom-left",
            textAnchor: "start",
            dx: 14,
            dy: 50 + 15 * k,
            fill: seriesColour(k),
            fontWeight: 600,
          }),
          Plot.dot([0], { frameAnchor: "bottom-left", dx: 6, dy: 46 + 15 * k, r: 3, fill: seriesColour(k) }),
        ];
      }),
      Plot.text([options.title], { frameAnchor: "top", dy: -24, fontWeight: 600 }),
      Plot.frame({ strokeOpacity: 0.3 }),
    ],
  });
}
