import * as Plot from "@observablehq/plot";
import {
  drawSvg,
  logTicks,
  type Panel,
  powerTick,
  seriesColour,
  seriesDash,
  seriesSymbol,
} from "./canvas.ts";

export interface SeriesPoint {
  readonly series: string;
  readonly x: number;
  readonly y: number;
  /** Ends of a bar through the point. */
  readonly low?: number;
  readonly high?: number;
}

/** Lines with points on two logarithmic axes, and their names below. Values that are not positive are left out. */
export function lines(
  all: readonly SeriesPoint[],
  options: {
    name: string;
    title: string;
    xLabel: string;
    yLabel: string;
    series: readonly string[];
    /** Horizontal lines to compare with; one alone is named. */
    marks?: readonly { readonly value: number; readonly text: string }[];
  },
): Panel {
  const points = all.filter(({ x, y }) => x > 0 && y > 0 && Number.isFinite(y));
  const { series, marks = [] } = options;
  const [xs, ys] = [
    points.map(({ x }) => x),
    [...points.flatMap(({ y, low = y, high = y }) => [y, low, high]), ...marks.map(({ value }) => value)],
  ];
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
      label: options.yLabel === options.title ? null : options.yLabel,
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
      ...marks.flatMap(({ value, text }) => [
        Plot.ruleY([value], { stroke: "currentColor", strokeOpacity: 0.6, strokeDasharray: "1 3" }),
        Plot.text(marks.length === 1 ? [text] : [], {
          y: [value],
          frameAnchor: "right",
          textAnchor: "end",
          dx: -4,
          dy: -6,
          fillOpacity: 0.8,
        }),
      ]),
      ...series.flatMap((name, k) => {
        const own = points.filter((point) => point.series === name);
        return [
          Plot.ruleX(
            own.filter(({ low = 0, high }) => low > 0 && high !== undefined),
            { x: "x", y1: "low", y2: "high", stroke: seriesColour(k), strokeOpacity: 0.6 },
          ),
          Plot.line(own, {
            x: "x",
            y: "y",
            stroke: seriesColour(k),
            strokeWidth: 1.8,
            strokeDasharray: seriesDash(k),
          }),
          Plot.dot(own, { x: "x", y: "y", r: 3, symbol: seriesSymbol(k), fill: seriesColour(k) }),
          Plot.text([name], {
            frameAnchor: "bottom-left",
            textAnchor: "start",
            dx: 14,
            dy: 50 + 15 * k,
            fill: seriesColour(k),
            fontWeight: 600,
          }),
          Plot.dot([0], {
            frameAnchor: "bottom-left",
            dx: 6,
            dy: 46 + 15 * k,
            r: 3,
            symbol: seriesSymbol(k),
            fill: seriesColour(k),
          }),
        ];
      }),
      Plot.text([options.title], { frameAnchor: "top", dy: -24, fontWeight: 600 }),
      Plot.frame({ strokeOpacity: 0.3 }),
    ],
  });
}
