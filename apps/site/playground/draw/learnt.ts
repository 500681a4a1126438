import type { Learnt } from "../train/protocol.ts";
import { openFrame, prepared } from "./frame.ts";
import { drawLines } from "./lines.ts";

/** What a network says, beside or over what is right. */
export function drawLearnt(canvas: HTMLCanvasElement, learnt: Learnt, truth: Learnt, series: number): void {
  if (learnt.kind === "surface") drawSurface(canvas, learnt, truth.values);
  else if (learnt.kind === "curve") {
    const { x } = learnt;
    const lines = [
      { name: "to be learnt", series: 6, x, y: truth.values, dashed: true },
      { name: "learnt", series, x, y: learnt.values },
    ];
    drawLines(canvas, lines, { xLabel: "x", yLabel: "y" });
  } else drawPoints(canvas, learnt.truth, learnt.values, series);
}

/** Height of the words above a surface. */
const captioned = 18;

/** The surface in its own resolution, before it is enlarged. */
let tiles: CanvasRenderingContext2D | undefined;

/** The surface as tiles, on the colour scale of the true one. */
function drawSurface(
  canvas: HTMLCanvasElement,
  { side, values }: Extract<Learnt, { kind: "surface" }>,
  truth: Float32Array,
): void {
  const context = prepared(canvas);
  if (context === undefined) return;
  const [low, high] = extent([truth]);
  tiles ??= canvas.ownerDocument.createElement("canvas").getContext("2d")!;
  const { canvas: picture } = tiles;
  if (picture.width !== side) picture.width = picture.height = side;
  const image = tiles.createImageData(side, side);
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      // The second input grows upwards.
      const at = 4 * ((side - 1 - row) * side + column);
      image.data.set(colourAt((values[row * side + column]! - low) / (high - low)), at);
    }
  }
  tiles.putImageData(image, 0, 0);
  const { clientWidth: width, clientHeight: height } = canvas;
  const style = getComputedStyle(canvas);
  context.font = `11px ${style.fontFamily}`;
  context.fillStyle = style.getPropertyValue("--quiet") || style.color;
  context.fillText("learnt: x1 to the right, x2 upwards", 4, 11);
  const size = Math.min(width, height - captioned);
  context.imageSmoothingEnabled = true;
  context.drawImage(picture, (width - size) / 2, captioned, size, size);
}

/** From blue over near white to orange: told apart with any colour vision. */
function colourAt(share: number): [number, number, number, number] {
  const at = Number.isFinite(share) ? Math.min(1, Math.max(0, share)) : 0.5;
  const [from, to, part] = at < 0.5 ? [ends[0]!, ends[1]!, 2 * at] : [ends[1]!, ends[2]!, 2 * at - 1];
  const mix = (k: number): number => Math.round(from[k]! + part * (to[k]! - from[k]!));
  return [mix(0), mix(1), mix(2), 255];
}
const ends = [
  [0, 84, 150],
  [244, 242, 236],
  [196, 84, 0],
];

function drawPoints(
  canvas: HTMLCanvasElement,
  truth: Float32Array,
  values: Float32Array,
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

function extent(all: readonly Float32Array[]): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of all.flatMap((values) => [...values])) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low < high ? [low, high] : [low - 1 || 0, high + 1 || 1];
}
