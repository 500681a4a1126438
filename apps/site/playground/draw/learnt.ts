import type { Learnt } from "../train/protocol.ts";
import { openFrame, type Range } from "./frame.ts";
import { drawLines } from "./lines.ts";

/** Draws a network's answers beside or over the truth. */
export function drawLearnt(canvas: HTMLCanvasElement, learnt: Learnt, series: number): void {
  const { kind, x, truth, trained, values, rows } = learnt;
  if (kind === "points") drawPoints(canvas, truth, values, series);
  else {
    const lines = [
      { name: "true", series: 6, x, y: truth, dashed: true },
      { name: "all layers", series, x, y: trained, width: 0.8 },
      { name: "the chosen number of layers", series, x, y: values, width: 2.6 },
      { name: "", series: 6, ...rows, dots: true, width: 0 },
    ];
    drawLines(canvas, lines, { xLabel: "x", yLabel: "", y: rangeOf(truth) });
  }
}

/** The readout of the states after each layer, and the right answers. */
export function drawPaths(canvas: HTMLCanvasElement, { paths, truth }: Learnt, series: number): void {
  const lines = paths.map(({ y }) => ({ name: "", series, x: y.map((_, n) => n), y, dots: true, width: 1 }));
  const last = (paths[0]?.y.length ?? 1) - 1;
  const ends = { x: paths.map(() => last), y: paths.map((path) => path.truth) };
  const target = { name: "where they should end", series: 6, ...ends, dots: true, width: 0 };
  const labels = { xLabel: "layer", yLabel: "answer so far", wholeX: true };
  drawLines(canvas, [...lines, target], { ...labels, y: rangeOf(truth) });
}

/** The same for all pictures of one truth, whatever a network answers. */
function rangeOf(truth: Float64Array): Range {
  const [low, high] = extent([truth]);
  return { low: low - 0.25 * (high - low), high: high + 0.25 * (high - low) };
}

function drawPoints(
  canvas: HTMLCanvasElement,
  truth: Float64Array,
  values: Float64Array,
  series: number,
): void {
  const [low, high] = extent([truth, values]);
  const margin = 0.05 * (high - low) || 1;
  const range = { low: low - margin, high: high + margin };
  const frame = openFrame(canvas, { x: range, y: range, xLabel: "true", yLabel: "predicted" });
  if (frame === undefined) return;
  const { context, x, y, colour } = frame;
  context.strokeStyle = colour("quiet");
  context.beginPath();
  context.moveTo(x(range.low), y(range.low));
  context.lineTo(x(range.high), y(range.high));
  context.stroke();
  context.fillStyle = colour(`series-${series}`);
  context.globalAlpha = 0.6;
  truth.forEach((value, k) => {
    context.fillRect(x(value) - 1.5, y(values[k]!) - 1.5, 3, 3);
  });
  context.globalAlpha = 1;
}

function extent(all: readonly Float64Array[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of all.flatMap((values) => [...values])) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low < high ? [low, high] : [low - 1 || 0, high + 1 || 1];
}
