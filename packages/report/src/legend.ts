import * as Plot from "@observablehq/plot";
import { shortened } from "@stiffnet/base";
import { seriesColour, seriesCount, seriesDash, seriesSymbol } from "./canvas.ts";

/** A series by its name and the number of its colour, symbol and dashes; without one, a line to compare
 *  with. */
export interface LegendEntry {
  readonly name: string;
  readonly style?: number;
}

/** Height of one entry. */
export const legendLine = 16;

/** Room for the longest of these names, in bold, in whatever font there is. */
export function nameWidth(names: readonly string[]): number {
  return 8.2 * Math.max(0, ...names.map((name) => shortened(name).length));
}

/** The looks of points that may lie on each other. */
export const hollow = { strokeWidth: 1.4, fillOpacity: 0.25 } as const;
/** The looks of a line to compare with. */
export const reference = { stroke: "currentColor", strokeOpacity: 0.6, strokeDasharray: "1 3" } as const;

/** Lists one name under the other, `below` the frame by so many pixels or at its right. The symbol of the
 *  points is before the name, hollow or on a piece of its line. */
export function legend(
  entries: readonly LegendEntry[],
  place: { readonly below: number } | "right",
  kind: "hollow" | "lined",
): Plot.Markish[] {
  const frameAnchor = place === "right" ? "top-right" : "bottom-left";
  const [left, top] = place === "right" ? [8, 6] : [0, place.below];
  const piece = kind === "lined" ? 30 : 10;
  return entries.flatMap(({ name, style }, k) => {
    const colour = style === undefined ? "currentColor" : seriesColour(style);
    const at = { frameAnchor, dx: left + piece / 2, dy: top + legendLine * k } as const;
    const line = style === undefined ? reference : { stroke: colour, strokeDasharray: dashesOf(style) };
    return [
      ...(kind === "lined"
        ? [Plot.vector([0], { ...at, rotate: 90, length: piece, shape: stroke, strokeWidth: 1.8, ...line })]
        : []),
      ...(style === undefined
        ? []
        : [
            Plot.dot([0], {
              ...at,
              r: 3.2,
              symbol: seriesSymbol(style),
              fill: colour,
              ...(kind === "hollow" && { ...hollow, r: 4, stroke: colour }),
            }),
          ]),
      Plot.text([shortened(name)], {
        ...at,
        dx: left + piece + 6,
        textAnchor: "start",
        lineAnchor: "middle",
        fill: colour,
        fontWeight: 600,
      }),
    ];
  });
}

/** Another dash where the colours come round again. */
export function dashesOf(style: number): string {
  return seriesDash(style + Math.floor(style / seriesCount));
}

const stroke: Plot.VectorShape = {
  draw(context, length) {
    context.moveTo(0, 0);
    context.lineTo(0, -length);
  },
};

/** Moves names beside the ends of lines up or down until they are a line apart, within a frame of so many
 *  pixels. */
export function apart<T extends { readonly y: number }>(
  ends: readonly T[],
  frame: {
    readonly low: number;
    readonly high: number;
    readonly pixels: number;
    readonly logarithmic: boolean;
  },
): T[] {
  const level = (v: number): number => (frame.logarithmic ? Math.log10(v) : v);
  const [bottom, top] = [level(frame.low), level(frame.high)];
  const gap = (14 / frame.pixels) * (top - bottom);
  const sorted = [...ends].sort((a, b) => a.y - b.y);
  const levels: number[] = [];
  for (const end of sorted)
    levels.push(Math.max(level(end.y), (levels.at(-1) ?? Number.NEGATIVE_INFINITY) + gap));
  // Names that were pushed out at the top come back down.
  for (let k = levels.length - 1, limit = top; k >= 0; k--) {
    levels[k] = Math.min(levels[k]!, limit);
    limit = levels[k]! - gap;
  }
  return sorted.map((end, k) => ({ ...end, y: frame.logarithmic ? 10 ** levels[k]! : levels[k]! }));
}
