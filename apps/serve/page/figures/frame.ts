// The axes of a figure.

import { type Range, ticks } from "../numbers.ts";
import { label, svg } from "./svg.ts";

export interface Axes {
  readonly title: string;
  readonly x: Range;
  readonly y: Range;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly logarithmic?: boolean;
  /** As high as wide, in the same units. */
  readonly square?: boolean;
  /** Room at the right, and above. */
  readonly right?: number;
  readonly top?: number;
}

export interface Frame {
  readonly figure: SVGElement;
  readonly at: { x(v: number): number; y(v: number): number };
  readonly width: number;
  /** The sides of what the axes enclose. */
  readonly box: { left: number; right: number; top: number; bottom: number };
}

/** The available width. A figure that is scaled down has unreadable letters. */
const room = (): number =>
  Math.min(720, Math.max(260, (document.getElementById("view")?.clientWidth ?? 640) - 2));

export function frame(axes: Axes): Frame {
  const { title, x, y, xLabel, yLabel, logarithmic = false, square = false, right = 16, top = 14 } = axes;
  const yTicks = logarithmic ? decades(y) : ticks(y[0], y[1]);
  // A digit is about 7 wide. The label of the axis needs 24.
  const left = Math.max(64, 30 + 7 * Math.max(...yTicks.map(({ text }) => text.length)));
  const foot = 46;
  const available = room();
  const width = square ? Math.min(available, 380 + left + right) : available;
  const height = square ? width - left - right + top + foot : 316 + top;
  const scale = (v: number, [low, high]: Range, start: number, end: number) =>
    start + ((v - low) / (high - low || 1)) * (end - start);
  const yMap = logarithmic ? Math.log10 : (v: number) => v;
  const yRange: Range = [yMap(y[0]), yMap(y[1])];
  const box = { left, right: width - right, top, bottom: height - foot };
  const at = {
    x: (v: number) => scale(v, x, box.left, box.right),
    y: (v: number) => scale(yMap(v), yRange, box.bottom, box.top),
  };
  const figure = svg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    "aria-label": title,
    class: "figure",
  });
  for (const { at: v, text } of ticks(x[0], x[1], Math.max(4, Math.floor((box.right - left) / 65)))) {
    figure.append(
      svg("line", { x1: at.x(v), x2: at.x(v), y1: top, y2: box.bottom, class: "grid" }),
      label(text, at.x(v), box.bottom + 17, "middle"),
    );
  }
  for (const { at: v, text } of yTicks) {
    figure.append(
      svg("line", { x1: left, x2: box.right, y1: at.y(v), y2: at.y(v), class: "grid" }),
      label(text, left - 6, at.y(v) + 4, "end"),
    );
  }
  const middle = (box.bottom + top) / 2;
  figure.append(
    label(xLabel, (left + box.right) / 2, height - 8, "middle", { class: "label" }),
    svg(
      "text",
      { transform: `translate(13 ${middle}) rotate(-90)`, "text-anchor": "middle", class: "label" },
      yLabel,
    ),
  );
  return { figure, at, width, box };
}

/** Powers of ten, with twice and five times each where they are few. */
function decades([low, high]: Range): { at: number; text: string }[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const times = last - first > 4 ? [1] : [1, 2, 5];
  return Array.from({ length: last - first + 1 }, (_, k) => first + k)
    .flatMap((power) => times.map((k) => Number(`${k}e${power}`)))
    .filter((v) => v >= low && v <= high)
    .map((v) => ({ at: v, text: v < 1e-3 || v >= 1e5 ? v.toExponential(0) : String(v) }));
}
