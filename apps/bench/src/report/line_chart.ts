import * as Plot from "@observablehq/plot";
import {
  drawSvg,
  logTicks,
  type Panel,
  powerTick,
  seriesColour,
  seriesCount,
  seriesDash,
  thinned,
} from "./canvas.ts";

export interface Line {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Index of colour and dashes; default: the line's place in the list. */
  readonly colour?: number;
}

interface Axis {
  readonly label: string;
  readonly logarithmic?: boolean;
  /** Default: what the points and marks span. */
  readonly domain?: readonly [number, number];
}

/** Curves over a common axis, named at their right ends; what is not finite, or not positive on a logarithmic axis, is left out. */
export function lineChart(
  lines: readonly Line[],
  options: {
    readonly name: string;
    readonly title: string;
    readonly x: Axis;
    readonly y: Axis;
    /** A dot at every point. */
    readonly dots?: boolean;
    readonly width?: number;
    readonly height?: number;
    /** Straight lines to compare with. */
    readonly marks?: readonly { readonly y: number; readonly text: string }[];
  },
): Panel {
  const { x, y, marks = [], width = 640, height = 330 } = options;
  const usable = (axis: Axis, value: number): boolean =>
    Number.isFinite(value) && (!axis.logarithmic || value > 0);
  const drawn = lines.map((line, k) => ({
    ...line,
    style: line.colour ?? k,
    points: thinned(
      line.points.filter((point) => usable(x, point.x) && usable(y, point.y)),
      options.dots ? 400 : 1500,
    ),
  }));
  const shown = drawn.filter(({ points }) => points.length > 0);
  const all = shown.flatMap(({ points }) => points);
  const [xLow, xHigh] =
    x.domain ??
    span(
      all.map((point) => point.x),
      x.logarithmic === true,
    );
  const [yLow, yHigh] =
    y.domain ??
    span([...all.map((point) => point.y), ...marks.map((mark) => mark.y)], y.logarithmic === true);
  const inside = (point: { x: number; y: number }): boolean =>
    point.x >= xLow && point.x <= xHigh && point.y >= yLow && point.y <= yHigh;
  const ends = shown.flatMap(({ name, style, points }) => {
    const seen = points.filter(inside);
    const last = seen.reduce((a, b) => (b.x >= a.x ? b : a), seen[0]!);
    return last === undefined ? [] : [{ name, style, x: xHigh, y: last.y }];
  });
  return drawSvg(options.name, options.title, {
    width,
    height,
    marginLeft: 62,
    marginRight: 16 + 7 * Math.max(0, ...shown.map(({ name }) => name.length)),
    marginTop: 26,
    marginBottom: 40,
    x: scale(x, [xLow, xHigh], { labelAnchor: "center" as const, labelArrow: "none" as const }),
    y: scale(y, [yLow, yHigh], { grid: true }),
    marks: [
      ...marks.flatMap((mark) => [
        Plot.ruleY([mark.y], { stroke: "currentColor", strokeOpacity: 0.55, strokeDasharray: "1 3" }),
        Plot.text([mark], {
          y: "y",
          text: "text",
          frameAnchor: "left",
          textAnchor: "start",
          dx: 5,
          dy: -7,
          fillOpacity: 0.8,
        }),
      ]),
      ...shown.map(({ style, points }) =>
        Plot.line(points, {
          x: "x",
          y: "y",
          stroke: seriesColour(style),
          strokeDasharray: dashesOf(style),
          strokeWidth: 1.8,
          clip: true,
        }),
      ),
      ...(options.dots
        ? shown.map(({ style, points }) =>
            Plot.dot(points, { x: "x", y: "y", r: 2.6, fill: seriesColour(style), clip: true }),
          )
        : []),
      ...apart(ends, { low: yLow, high: yHigh, height, logarithmic: y.logarithmic === true }).map(
        ({ name, style, x: at, y: level }) =>
          Plot.text([{ x: at, y: level }], {
            x: "x",
            y: "y",
            text: () => name,
            textAnchor: "start",
            dx: 7,
            fill: seriesColour(style),
            fontWeight: 600,
          }),
      ),
      Plot.frame({ strokeOpacity: 0.25 }),
    ],
  });
}

/** Another dash where the colours come round again. */
function dashesOf(style: number): string {
  return seriesDash(style + Math.floor(style / seriesCount));
}

function scale(
  axis: Axis,
  [low, high]: readonly [number, number],
  more: Partial<Plot.ScaleOptions>,
): Plot.ScaleOptions {
  return {
    label: axis.label,
    domain: [low, high],
    ...(axis.logarithmic ? { type: "log", ticks: logTicks(low, high), tickFormat: powerTick } : { ticks: 6 }),
    ...more,
  };
}

function span(values: readonly number[], logarithmic: boolean): [number, number] {
  const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (!(low <= high)) return [0.1, 1];
  if (logarithmic) return [low / 1.15, high * 1.15];
  const margin = 0.03 * (high - low) || 1;
  return [low - margin, high + margin];
}

/** Moves labels up or down until they are a line apart, within the frame. */
function apart<T extends { readonly y: number }>(
  ends: readonly T[],
  frame: { low: number; high: number; height: number; logarithmic: boolean },
): T[] {
  const level = (v: number): number => (frame.logarithmic ? Math.log10(v) : v);
  const [bottom, top] = [level(frame.low), level(frame.high)];
  const gap = (14 / (frame.height - 66)) * (top - bottom);
  const sorted = [...ends].sort((a, b) => a.y - b.y);
  const levels: number[] = [];
  for (const end of sorted)
    levels.push(Math.max(level(end.y), (levels.at(-1) ?? Number.NEGATIVE_INFINITY) + gap));
  // What was pushed out at the top comes back down.
  for (let k = levels.length - 1, limit = top; k >= 0; k--) {
    levels[k] = Math.min(levels[k]!, limit);
    limit = levels[k]! - gap;
  }
  return sorted.map((end, k) => ({ ...end, y: frame.logarithmic ? 10 ** levels[k]! : levels[k]! }));
}
