import * as Plot from "@observablehq/plot";
import { quantile } from "../statistics.ts";
import { drawSvg, logTicks, type Panel, powerTick, seriesColour, seriesDash, thinned } from "./canvas.ts";
import { hoverPoints } from "./hover.ts";
import { apart, nameWidth } from "./legend.ts";

/** One trial of one series over epochs. */
export interface Curve {
  readonly series: string;
  readonly trial: string;
  readonly points: readonly { readonly epoch: number; readonly value: number }[];
}

/** Values over epochs: every trial thin, the median over trials bold, the interquartile range shaded. */
// biome-ignore lint/complexity/noExcessiveLinesPerFunction: one figure, drawn from back to front
export function evolution(
  curves: readonly Curve[],
  options: {
    name: string;
    label: string;
    logarithmic: boolean;
    /** Order and colours of the series. */
    series: readonly string[];
    width?: number;
    height?: number;
    /** Horizontal lines to compare with. */
    marks?: readonly { readonly value: number; readonly text: string }[];
  },
): Panel {
  const { series, logarithmic, marks = [] } = options;
  const usable = (value: number): boolean => Number.isFinite(value) && (!logarithmic || value > 0);
  const crowded = curves.length > 30;
  const thin = curves.flatMap(({ series: name, trial, points }) =>
    thinned(
      points.filter(({ value }) => usable(value)),
      crowded ? 90 : 220,
    ).map((point) => ({ ...point, series: name, trial: `${name} ${trial}` })),
  );
  const bands = series.flatMap((name) =>
    bandOf(
      curves.filter((c) => c.series === name),
      usable,
      name,
    ),
  );
  const several = new Set(curves.map((c) => c.trial)).size > 1;
  const colour = { domain: [...series], range: series.map((_, k) => seriesColour(k)) };
  const height = options.height ?? 330;
  const last = Math.max(0, ...bands.map(({ epoch }) => epoch));
  const { low, high } = extent([...thin.map((p) => p.value), ...marks.map((m) => m.value)]);
  const [bottom, top] = logarithmic ? [low / 1.1, high * 1.1] : [Math.min(0, low), high];
  const labels = apart(
    series
      .flatMap((name) => bands.filter((b) => b.series === name).slice(-1))
      .map((b) => ({ ...b, y: b.median })),
    { low: bottom, high: top, pixels: height - 64, logarithmic },
  );
  return drawSvg(options.name, options.label, {
    width: options.width ?? 640,
    height,
    marginLeft: 58,
    marginRight: 10 + nameWidth(series),
    marginTop: 26,
    marginBottom: 38,
    x: { label: "epoch", labelAnchor: "center", ticks: 6, domain: [0, 1.08 * last || 1] },
    y: {
      type: logarithmic ? "log" : "linear",
      label: options.label,
      domain: [bottom, top],
      grid: true,
      ...(logarithmic ? { ticks: logTicks(bottom, top), tickFormat: powerTick } : { nice: true }),
    },
    color: colour,
    marks: [
      ...(several
        ? [
            Plot.areaY(bands, { x: "epoch", y1: "low", y2: "high", fill: "series", fillOpacity: 0.16 }),
            Plot.line(thin, {
              x: "epoch",
              y: "value",
              z: "trial",
              stroke: "series",
              strokeWidth: crowded ? 0.5 : 0.6,
              strokeOpacity: crowded ? 0.35 : 0.55,
            }),
          ]
        : []),
      ...series.map((name, k) =>
        Plot.line(
          bands.filter((b) => b.series === name),
          {
            x: "epoch",
            y: "median",
            stroke: seriesColour(k),
            strokeWidth: 2.2,
            strokeDasharray: seriesDash(k),
          },
        ),
      ),
      ...marks.flatMap(({ value, text }) => [
        Plot.ruleY([value], { stroke: "currentColor", strokeOpacity: 0.5, strokeDasharray: "1 3" }),
        Plot.text([value], {
          y: (v: number) => v,
          text: () => text,
          frameAnchor: "left",
          textAnchor: "start",
          dx: 4,
          dy: -6,
          fillOpacity: 0.75,
        }),
      ]),
      ...series.map((name) =>
        hoverPoints(
          thinned(
            bands.filter((b) => b.series === name),
            24,
          ).map(({ epoch, median }) => ({ x: epoch, y: median, name })),
          { x: "epoch", y: options.label },
        ),
      ),
      // A piece of each line before its name: lines that coincide are still told apart, in grey too.
      ...series.map((name, k) =>
        Plot.link(
          labels.filter((label) => label.series === name),
          {
            x1: 1.015 * last,
            x2: 1.08 * last,
            y1: "y",
            y2: "y",
            stroke: seriesColour(k),
            strokeWidth: 2.2,
            strokeDasharray: seriesDash(k),
          },
        ),
      ),
      Plot.text(labels, {
        x: 1.08 * last,
        y: "y",
        text: "series",
        textAnchor: "start",
        dx: 5,
        fill: "series",
        fontWeight: 600,
      }),
    ],
  });
}

interface BandPoint {
  readonly series: string;
  readonly epoch: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Quartiles over the trials at the epochs that any of them has. */
function bandOf(curves: readonly Curve[], usable: (value: number) => boolean, series: string): BandPoint[] {
  const at = new Map<number, number[]>();
  for (const { points } of curves) {
    for (const { epoch, value } of points) {
      if (usable(value)) at.set(epoch, [...(at.get(epoch) ?? []), value]);
    }
  }
  const epochs = thinned(
    [...at.keys()].sort((a, b) => a - b),
    220,
  );
  return epochs.map((epoch) => {
    const values = at.get(epoch)!;
    return {
      series,
      epoch,
      median: quantile(values, 0.5),
      low: quantile(values, 0.25),
      high: quantile(values, 0.75),
    };
  });
}

function extent(values: readonly number[]): { low: number; high: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(low <= high)) return { low: 0.1, high: 1 };
  return low === high ? { low: low / 2, high: high * 2 || 1 } : { low, high };
}
