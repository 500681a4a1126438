import * as Plot from "@observablehq/plot";
import { centred, drawSvg, heading, margins } from "./canvas.ts";
import type { Panel } from "./page.ts";

/** A function of two variables on a regular grid: values[row * columns + column], x along columns. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly values: ArrayLike<number>;
}

/** Viridis: monotone in lightness, so grey print keeps its order. */
const scheme = "viridis";

/** Filled contours with lines. `range` is the common colour scale of panels that are compared. */
export function surface(
  grid: Grid,
  options: { name: string; title: string; range: readonly [number, number]; xLabel: string; yLabel: string },
): Panel {
  const { x, y } = grid;
  const at = interpolated(grid);
  const placed = { x1: x[0], x2: x[1], y1: y[0], y2: y[1], pixelSize: 2.5 };
  return drawSvg(options.name, options.title, {
    width: 262,
    height: 274,
    ...margins(26, 8, 40, 42),
    x: { label: options.xLabel, domain: [...x], ticks: 5, ...centred },
    y: { label: options.yLabel, domain: [...y], ticks: 5, ...centred },
    color: { type: "linear", scheme, domain: [...options.range], clamp: true },
    marks: [
      Plot.contour({ ...placed, fill: at, thresholds: levelsOf(options.range, 36) } as Plot.ContourOptions),
      Plot.contour({
        ...placed,
        value: at,
        stroke: "#fff",
        strokeOpacity: 0.55,
        strokeWidth: 0.6,
        thresholds: levelsOf(options.range, 12),
      } as Plot.ContourOptions),
      heading(options.title, 20),
      Plot.frame({ strokeOpacity: 0.4 }),
    ],
  });
}

/** Bilinear between the points of the grid. */
function interpolated({ columns, rows, x, y, values }: Grid): (px: number, py: number) => number {
  const place = (p: number, [low, high]: readonly [number, number], count: number) => {
    const at = Math.min(Math.max(((p - low) / (high - low)) * (count - 1), 0), count - 1);
    const index = Math.min(Math.floor(at), count - 2);
    return { index, part: at - index };
  };
  return (px, py) => {
    const [c, r] = [place(px, x, columns), place(py, y, rows)];
    const value = (dr: number, dc: number): number => values[(r.index + dr) * columns + c.index + dc]!;
    const lower = value(0, 0) + c.part * (value(0, 1) - value(0, 0));
    const upper = value(1, 0) + c.part * (value(1, 1) - value(1, 0));
    return lower + r.part * (upper - lower);
  };
}

/** The colour scale as a bar. */
export function colourBar(name: string, range: readonly [number, number], label: string): Panel {
  const steps = Array.from({ length: 64 }, (_, i) => {
    const at = (k: number): number => range[0] + (k / 64) * (range[1] - range[0]);
    return { low: at(i), high: at(i + 1), middle: at(i + 0.5) };
  });
  return drawSvg(name, `colour scale of ${label}`, {
    width: 66,
    height: 274,
    ...margins(26, 44, 40, 8),
    x: { axis: null, domain: [0, 1] },
    y: { axis: "right", label, domain: [...range], ticks: 6, labelAnchor: "top", labelArrow: "none" },
    color: { type: "linear", scheme, domain: [...range] },
    marks: [
      // Overlapping by a hair: no seams between the steps.
      Plot.rect(steps, { x1: 0, x2: 1, y1: "low", y2: "high", fill: "middle", insetTop: -0.5 }),
    ],
  });
}

/** Levels that start at the lowest value, so that the whole plane is covered. An infinite range has none. */
function levelsOf([low, high]: readonly [number, number], count: number): number[] {
  if (!Number.isFinite(high - low)) return [];
  return Array.from({ length: count }, (_, i) => low + (i / count) * (high - low));
}
