import { type Frame, type FrameOptions, openFrame, type Range } from "./frame.ts";

export interface Line {
  readonly name: string;
  /** Its number among the page's colours, from 1. */
  readonly series: number;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  readonly dots?: boolean;
  readonly dashed?: boolean;
  /** Width of the line; 0 draws only its dots. */
  readonly width?: number;
}

interface LinesOptions {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly logarithmicX?: boolean;
  /** Ticks of x are whole numbers. */
  readonly wholeX?: boolean;
  readonly logarithmicY?: boolean;
  /** The default covers all lines. */
  readonly y?: Range;
}

/** Lines over common axes, as far as they can be drawn there, named in the upper right corner. */
export function drawLines(canvas: HTMLCanvasElement, lines: readonly Line[], options: LinesOptions): void {
  const { logarithmicX = false, logarithmicY = false, wholeX = false, xLabel, yLabel } = options;
  const frame = openFrame(canvas, {
    x: { ...spanOf(lines, "x", logarithmicX), whole: wholeX },
    y: options.y ?? spanOf(lines, "y", logarithmicY),
    ...({ xLabel, yLabel } satisfies Partial<FrameOptions>),
  });
  if (frame === undefined) return;
  const { context, x, y, left, right, top, bottom, colour } = frame;
  context.save();
  context.beginPath();
  context.rect(left, top - 4, right - left, bottom - top + 8);
  context.clip();
  for (const { series, x: xs, y: ys, dots = false, dashed = false, width = 1.8 } of lines) {
    context.strokeStyle = colour(`series-${series}`);
    context.fillStyle = context.strokeStyle;
    context.lineWidth = width || 1;
    context.setLineDash(dashed ? [5, 4] : []);
    context.beginPath();
    let pen = false;
    for (let i = 0; i < xs.length; i++) {
      const there = usable(xs[i]!, logarithmicX) && usable(ys[i]!, logarithmicY);
      if (there && pen) context.lineTo(x(xs[i]!), y(ys[i]!));
      else if (there) context.moveTo(x(xs[i]!), y(ys[i]!));
      pen = there;
      if (there && dots) context.fillRect(x(xs[i]!) - 1.5, y(ys[i]!) - 1.5, 3, 3);
    }
    if (width > 0) context.stroke();
  }
  context.restore();
  context.setLineDash([]);
  nameLines(frame, lines);
}

/** Names in a row above the frame, from its right end. */
function nameLines({ context, right, colour }: Frame, lines: readonly Line[]): void {
  context.textAlign = "right";
  context.font = context.font.replace(/^(?:600 )?/, "600 ");
  const named = lines.filter(
    (line, k) => line.name && lines.findIndex(({ name }) => name === line.name) === k,
  );
  let at = right;
  for (const { name, series } of [...named].reverse()) {
    context.fillStyle = colour(`series-${series}`);
    context.fillText(name, at, 11);
    at -= context.measureText(name).width + 10;
  }
}

/** Range of the values, with a margin. */
function spanOf(lines: readonly Line[], axis: "x" | "y", logarithmic: boolean): Range {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const line of lines) {
    const values = line[axis];
    for (let i = 0; i < values.length; i++) {
      if (!usable(values[i]!, logarithmic)) continue;
      low = Math.min(low, values[i]!);
      high = Math.max(high, values[i]!);
    }
  }
  if (!(low <= high)) return logarithmic ? { low: 0.1, high: 10, logarithmic } : { low: 0, high: 1 };
  if (logarithmic) return { low: low / 1.15, high: Math.max(high * 1.15, low * 1.5), logarithmic };
  const margin = axis === "x" ? 0 : 0.06 * (high - low) || 0.5;
  return { low: low - margin, high: high > low || margin > 0 ? high + margin : low + 1 };
}

function usable(value: number, logarithmic: boolean): boolean {
  return Number.isFinite(value) && (!logarithmic || value > 0);
}
