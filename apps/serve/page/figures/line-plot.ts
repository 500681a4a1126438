import { rangeOf } from "../numbers.ts";
import { type Axes, frame } from "./frame.ts";
import { label, path, svg } from "./svg.ts";

export interface Line {
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** A band about y. */
  readonly low?: readonly number[];
  readonly high?: readonly number[];
  /** A point on the line. */
  readonly mark?: { readonly x: number; readonly y: number };
}

type Plot = Omit<Axes, "x" | "y" | "square" | "right"> & { readonly lines: readonly Line[] };

export function linePlot({ lines, ...axes }: Plot): SVGElement {
  const values = lines.flatMap(({ y, low = [], high = [], mark }) => [
    ...y,
    ...low,
    ...high,
    ...(mark ? [mark.y] : []),
  ]);
  const x = rangeOf(lines.flatMap((line) => [...line.x, ...(line.mark ? [line.mark.x] : [])]));
  const [least, most] = rangeOf(values);
  const y = axes.logarithmic ? ([least / 1.3, most * 1.3] as const) : rangeOf(values, 0.06);
  const { figure, at, box } = frame({ ...axes, x, y, ...(lines.length > 1 && { top: 34 }) });
  for (const [k, line] of lines.entries()) {
    if (line.low && line.high) {
      const back = path(line.x.toReversed(), line.low.toReversed(), at).replace("M", "L");
      figure.append(svg("path", { d: `${path(line.x, line.high, at)}${back}Z`, class: `band band-${k}` }));
    }
    figure.append(svg("path", { d: path(line.x, line.y, at), class: `line line-${k}` }));
    if (line.mark) {
      figure.append(
        svg("circle", { cx: at.x(line.mark.x), cy: at.y(line.mark.y), r: 5, class: `mark mark-${k}` }),
      );
    }
  }
  if (lines.length > 1) figure.append(...legend(lines, box));
  return figure;
}

/** Above the axes, where no line runs; from further left where the figure is narrow. */
function legend(lines: readonly Line[], { left, right }: { left: number; right: number }): SVGElement[] {
  // About as wide as the letters are.
  const widths = lines.map(({ name }) => 50 + 7 * name.length);
  let x = Math.max(0, Math.min(left, right - widths.reduce((sum, width) => sum + width)));
  return lines.flatMap(({ name }, k) => {
    const from = x;
    x += widths[k]!;
    return [
      svg("line", { x1: from, x2: from + 24, y1: 14, y2: 14, class: `line line-${k}` }),
      label(name, from + 30, 18),
    ];
  });
}
