import * as Plot from "@observablehq/plot";
import { shortened } from "@stiffnet/base";
import { drawSvg, logScale, margins, normalRange, seriesColour, seriesDash, thinned } from "./canvas.ts";
import { hoverPoints } from "./hover.ts";
import { apart, nameWidth } from "./legend.ts";
import type { Panel } from "./page.ts";
import { quantile, rangeOf } from "./statistics.ts";

/** One trial of one series over epochs. */
export interface Curve {
  readonly series: string;
  readonly trial: string;
  readonly points: readonly { readonly epoch: number; readonly value: number }[];
}

const height = 330;

/** Values over epochs on a logarithmic axis: every trial thin, the median over trials bold, the interquartile
 *  range shaded. Values that are not positive are left out. `series`: their order and colours. */
export function evolution(
  curves: readonly Curve[],
  { name, label, series, width }: { name: string; label: string; series: readonly string[]; width: number },
): Panel {
  const usable = curves.map((curve) => ({
    ...curve,
    points: curve.points.filter(({ value }) => Number.isFinite(value) && value > 0),
  }));
  const bands = series.map((of) => bandOf(usable.filter((curve) => curve.series === of)));
  const last = usable.reduce((most, { points }) => Math.max(most, points.at(-1)?.epoch ?? 0), 0);
  const domain = spanOf(usable.flatMap(({ points }) => points.map(({ value }) => value)));
  return drawSvg(name, label, {
    width,
    height,
    ...margins(26, 10 + (series.length > 1 ? nameWidth(series) : 0), 38, 58),
    x: { label: "epoch", labelAnchor: "center", ticks: 5, domain: [0, 1.08 * last || 1] },
    y: { ...logScale(label, domain), grid: true },
    color: { domain: [...series], range: series.map((_, k) => seriesColour(k)) },
    marks: [
      trialMarks(usable, bands, series),
      bands.map((band, k) => Plot.line(band, { x: "epoch", y: "median", ...stroke(k) })),
      bands.map((band, k) =>
        hoverPoints(
          thinned(band, 24).map(({ epoch, median }) => ({ x: epoch, y: median, name: series[k]! })),
          { x: "epoch", y: label },
        ),
      ),
      series.length > 1 ? nameMarks(bands, series, last, domain) : null,
    ],
  });
}

function stroke(k: number) {
  return { stroke: seriesColour(k), strokeWidth: 2.2, strokeDasharray: seriesDash(k) };
}

/** Bands and thin lines, where there are several trials. */
function trialMarks(
  curves: readonly Curve[],
  bands: readonly (readonly BandPoint[])[],
  series: readonly string[],
): Plot.Markish[] {
  if (new Set(curves.map(({ trial }) => trial)).size <= 1) return [];
  const crowded = curves.length > 30;
  const thin = curves.flatMap(({ series: of, trial, points }) =>
    thinned(points, crowded ? 90 : 220).map((point) => ({ ...point, series: of, trial: `${of} ${trial}` })),
  );
  const shaded = bands.flatMap((band, k) => band.map((point) => ({ ...point, series: series[k]! })));
  return [
    Plot.areaY(shaded, { x: "epoch", y1: "low", y2: "high", fill: "series", fillOpacity: 0.16 }),
    Plot.line(thin, {
      x: "epoch",
      y: "value",
      z: "trial",
      stroke: "series",
      strokeWidth: crowded ? 0.5 : 0.6,
      strokeOpacity: crowded ? 0.35 : 0.55,
    }),
  ];
}

/** The names at the ends, each behind a piece of its line: lines that coincide are still told apart, in grey
 *  too. */
function nameMarks(
  bands: readonly (readonly BandPoint[])[],
  series: readonly string[],
  last: number,
  [low, high]: readonly [number, number],
): Plot.Markish[] {
  const ends = bands.flatMap((band, k) =>
    band.slice(-1).map(({ median }) => ({ y: median, series: series[k]!, k })),
  );
  const names = apart(ends, { low, high, pixels: height - 64, logarithmic: true });
  return [
    names.map((end) =>
      Plot.link([end], { x1: 1.015 * last, x2: 1.08 * last, y1: "y", y2: "y", ...stroke(end.k) }),
    ),
    Plot.text(names, {
      x: 1.08 * last,
      y: "y",
      text: (end: { series: string }) => shortened(end.series),
      textAnchor: "start",
      dx: 5,
      fill: "series",
      fontWeight: 600,
    }),
  ];
}

interface BandPoint {
  readonly epoch: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** Quartiles over the trials, until the first of them ends: a median over fewer would jump. */
function bandOf(curves: readonly Curve[]): BandPoint[] {
  const at = new Map<number, number[]>();
  for (const { epoch, value } of curves.flatMap(({ points }) => points)) {
    at.set(epoch, [...(at.get(epoch) ?? []), value]);
  }
  const ends = curves.flatMap(({ points }) => points.at(-1)?.epoch ?? []);
  const reached = Math.min(...ends);
  const epochs = [...at.keys()].filter((epoch) => epoch <= reached).sort((a, b) => a - b);
  return thinned(epochs, 220).map((epoch) => {
    const [low, median, high] = [0.25, 0.5, 0.75].map((q) => quantile(at.get(epoch)!, q));
    return { epoch, median: median!, low: low!, high: high! };
  });
}

function spanOf(values: readonly number[]): [number, number] {
  const [low, high] = rangeOf(values);
  if (!(low <= high)) return [0.1 / 1.1, 1.1];
  return normalRange(low === high ? [low / 2.2, high * 2.2] : [low / 1.1, high * 1.1]);
}
