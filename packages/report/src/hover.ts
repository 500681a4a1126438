import * as Plot from "@observablehq/plot";
import { formatNumber } from "@stiffnet/terminal";

interface HoverPoint {
  readonly x: number;
  readonly y: number;
  /** Of its line. */
  readonly name: string;
}

/** Points that are not seen, but tell their values where a pointer rests on them: no script is needed. */
export function hoverPoints(
  points: readonly HoverPoint[],
  labels: { readonly x: string | null; readonly y: string | null },
): Plot.Markish {
  return Plot.dot(points, {
    x: "x",
    y: "y",
    r: 7,
    fill: "currentColor",
    fillOpacity: 0,
    stroke: "none",
    clip: true,
    title: ({ x, y, name }: HoverPoint) =>
      `${name}: ${labels.y ?? "value"} ${formatNumber(y)} at ${labels.x ?? "x"} ${formatNumber(x)}`,
  });
}
