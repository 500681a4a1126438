import * as Plot from "@observablehq/plot";
import { shortened } from "@stiffnet/base";
import {
  centred,
  drawSvg,
  heading,
  logScale,
  margins,
  normalRange,
  powerTick,
  rangeWithMargin,
  seriesColour,
  seriesSymbol,
  thinned,
} from "./canvas.ts";
import { hoverPoints } from "./hover.ts";
import { apart, dashesOf, legend, legendLine, nameWidth, reference } from "./legend.ts";
import type { Panel } from "./page.ts";
import { rangeOf } from "./statistics.ts";

export interface LinePoint {
  readonly x: number;
  readonly y: number;
  /** Ends of a bar through the point. */
  readonly low?: number;
  readonly high?: number;
}

export interface Line {
  readonly name: string;
  readonly points: readonly LinePoint[];
  /** Number of colour, symbol and dashes; default: the line's place in the list. */
  readonly colour?: number;
}

/** A line with the number of its looks. */
interface StyledLine extends Line {
  readonly style: number;
}

interface Axis {
  /** Nothing where the heading says it. */
  readonly label: string | null;
  readonly logarithmic?: boolean;
  /** Default: what the points and marks span. */
  readonly domain?: readonly [number, number];
  /** A tick at the points, as far as there is room, instead of at round numbers. */
  readonly atPoints?: boolean;
}

export interface LineChartOptions {
  readonly name: string;
  /** For those who do not see it. */
  readonly title: string;
  /** Above the frame, where several panels stand side by side. */
  readonly heading?: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly dots?: boolean;
  /** Lines are named at their ends (the default) or in a list below the chart. */
  readonly names?: "atEnds" | "below";
  readonly width?: number;
  readonly height?: number;
  /** Straight lines to compare with. */
  readonly marks?: readonly { readonly y: number; readonly text: string }[];
}

/** Lines over a common axis; what is not finite, or not positive on a logarithmic axis, is left out. */
export function lineChart(lines: readonly Line[], options: LineChartOptions): Panel {
  const { x, y, dots = false, names = "atEnds", marks = [], width = 640 } = options;
  const styled = lines.map((line, k) => ({
    ...line,
    style: line.colour ?? k,
    points: thinned(
      line.points.filter((point) => isUsable(x, point.x) && isUsable(y, point.y)),
      dots ? 400 : 1500,
    ),
  }));
  const shown = styled.filter(({ points }) => points.length > 0);
  const all = shown.flatMap(({ points }) => points);
  const bars = all.flatMap(({ low, high }) => [low, high]).filter((v) => v !== undefined && isUsable(y, v));
  const across = x.domain ?? span(x, 1.15, ...all.map((point) => point.x));
  const heights = [...all.map((point) => point.y), ...(bars as number[]), ...marks.map((mark) => mark.y)];
  const up = y.domain ?? span(y, names === "below" ? 1.25 : 1.15, ...heights);

  const entries = [...styled, ...marks.filter(({ text }) => text !== "").map(({ text }) => ({ name: text }))];
  const listed = names === "below" ? legendLine * entries.length + 4 : 0;
  const room = margins(
    options.heading === undefined ? 26 : 36,
    names === "below" ? 16 : 14 + nameWidth(shown.map(({ name }) => name)),
    42 + listed,
    62,
  );
  const height = (options.height ?? 330) + listed;
  const ticks = [...new Set(all.map((point) => point.x))];
  const ends = { low: up[0], high: up[1], logarithmic: y.logarithmic === true };
  return drawSvg(options.name, options.title, {
    width,
    height,
    ...room,
    x: x.atPoints ? { ...scale(x, across), axis: null } : { ...scale(x, across), ...centred },
    y: { ...scale(y, up), grid: true },
    marks: [
      // A logarithmic scale's own axis leaves out the labels of all but a few ticks.
      x.atPoints ? axisAt(ticks, x, across, width - room.marginLeft - room.marginRight) : null,
      marks.map((mark) => [
        Plot.ruleY([mark.y], reference),
        Plot.text(names === "below" ? [] : [mark.text], {
          y: [mark.y],
          frameAnchor: "left",
          textAnchor: "start",
          dx: 5,
          dy: -7,
          fillOpacity: 0.8,
        }),
      ]),
      shown.map((line) => lineMarks(line, y)),
      shown.map(({ style, points }) =>
        Plot.dot(dots ? points : [], {
          x: "x",
          y: "y",
          r: 3,
          symbol: seriesSymbol(style),
          fill: seriesColour(style),
          clip: names === "atEnds",
        }),
      ),
      shown.map(({ name, points }) =>
        hoverPoints(
          thinned(points, 40).map((point) => ({ ...point, name })),
          { x: x.label, y: y.label ?? options.heading ?? null },
        ),
      ),
      names === "below"
        ? legend(entries, { below: 54 }, "lined")
        : apart(endsOf(shown, across, up), {
            ...ends,
            pixels: height - room.marginTop - room.marginBottom,
          }).map(({ name, style, x: at, y: level }) =>
            Plot.text([shortened(name)], {
              x: [at],
              y: [level],
              textAnchor: "start",
              dx: 7,
              fill: seriesColour(style),
              fontWeight: 600,
            }),
          ),
      options.heading === undefined ? null : heading(options.heading, 24),
      Plot.frame({ strokeOpacity: 0.3 }),
    ],
  });
}

function isUsable(axis: Axis, value = Number.NaN): boolean {
  return Number.isFinite(value) && (!axis.logarithmic || value > 0);
}

function lineMarks({ style, points }: StyledLine, y: Axis): Plot.Markish[] {
  return [
    Plot.ruleX(
      points.filter(({ low, high }) => isUsable(y, low) && isUsable(y, high)),
      { x: "x", y1: "low", y2: "high", stroke: seriesColour(style), strokeOpacity: 0.6 },
    ),
    Plot.line(points, {
      x: "x",
      y: "y",
      stroke: seriesColour(style),
      strokeWidth: 1.8,
      strokeDasharray: dashesOf(style),
      clip: true,
    }),
  ];
}

/** An axis with ticks at these values, as far as there is room in so many pixels. */
function axisAt(
  values: readonly number[],
  { label, logarithmic }: Axis,
  across: readonly [number, number],
  pixels: number,
): Plot.Markish {
  return Plot.axisX(withRoom(values, across, pixels, logarithmic), {
    text: logarithmic ? powerTick : String,
    label,
    labelOffset: 36,
    ...centred,
  });
}

/** One of several narrow panels side by side: lines with their points on two logarithmic axes, named
 *  below. */
export function narrowChart(
  lines: readonly Line[],
  options: Pick<LineChartOptions, "name" | "marks"> & {
    readonly heading: string;
    readonly x: string;
    readonly y: string;
    /** Range of the upright axis, for panels that are compared. */
    readonly domain?: readonly [number, number];
  },
): Panel {
  const { name, marks = [], heading, x, y, domain } = options;
  return lineChart(lines, {
    name,
    title: `${y}, ${heading}`,
    heading,
    x: { label: x, logarithmic: true, atPoints: true },
    y: { label: y === heading ? null : y, logarithmic: true, ...(domain && { domain }) },
    dots: true,
    names: "below",
    width: 320,
    height: 275,
    marks,
  });
}

function scale({ label, logarithmic }: Axis, domain: readonly [number, number]): Plot.ScaleOptions {
  return logarithmic ? logScale(label, domain) : { label, domain: [...domain], ticks: 6 };
}

/** Range of the values with a margin, which is a factor on a logarithmic axis. */
function span(axis: Axis, factor: number, ...values: readonly number[]): [number, number] {
  const [low, high] = rangeOf(values);
  if (axis.logarithmic && low <= high) return normalRange([low / factor, high * factor]);
  return rangeWithMargin(values, 0.03);
}

/** Places of the lines' names: the height of a line's last point within the frame. */
function endsOf(
  lines: readonly StyledLine[],
  across: readonly [number, number],
  up: readonly [number, number],
): { name: string; style: number; x: number; y: number }[] {
  return lines.flatMap(({ name, style, points }) => {
    const seen = points.filter(
      (point) => point.x >= across[0] && point.x <= across[1] && point.y >= up[0] && point.y <= up[1],
    );
    const [first] = seen;
    if (first === undefined) return [];
    return [{ name, style, x: across[1], y: seen.reduce((a, b) => (b.x >= a.x ? b : a), first).y }];
  });
}

/** The values, the last first, whose labels do not run into each other. */
function withRoom(
  values: readonly number[],
  [low, high]: readonly [number, number],
  pixels: number,
  logarithmic = false,
): number[] {
  const level = (v: number): number => (logarithmic ? Math.log10(v) : v);
  const at = (v: number): number => ((level(v) - level(low)) / (level(high) - level(low))) * pixels;
  const half = (v: number): number => 3.3 * (logarithmic ? powerTick(v) : String(v)).length + 3;
  const kept: number[] = [];
  for (const value of [...values].sort((a, b) => b - a)) {
    const next = kept.at(-1);
    if (next === undefined || at(next) - half(next) >= at(value) + half(value)) kept.push(value);
  }
  return kept.reverse();
}
