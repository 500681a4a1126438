import { stabilityFunction } from "@stiffnet/integrators/tableaus";
import { openFrame, type Range } from "./frame.ts";

/** A and b of a method, whose region |R(z)| <= 1 is shaded. */
export interface Matrices {
  readonly a: readonly (readonly number[])[];
  readonly b: readonly number[];
}

export interface PlanePoints {
  /** Eigenvalues times the step. */
  readonly re: ArrayLike<number>;
  readonly im: ArrayLike<number>;
  /** Points of one colour in a row: a layer's, or a step's. */
  readonly group: number;
}

/** The visible part of the complex plane. */
export interface Window {
  readonly x: Range;
  readonly y: Range;
}

/** Pixels between two values of |R|. */
const cell = 2;

const regions = new Map<string, HTMLCanvasElement>();

/** A window around the origin that holds all points, and no less than the region near it; `most` bounds it.
 *  It grows by quarters, so that points which move seldom move the region, whose picture takes long. */
export function windowOf(all: readonly PlanePoints[], least: Window, most?: Window): Window {
  let [left, right, height] = [0, 0, 0];
  for (const { re, im } of all) {
    for (let k = 0; k < re.length; k++) {
      if (!Number.isFinite(re[k]!) || !Number.isFinite(im[k]!)) continue;
      left = Math.min(left, re[k]!);
      right = Math.max(right, re[k]!);
      height = Math.max(height, Math.abs(im[k]!));
    }
  }
  const wide = (reached: number, from: number, to = Number.POSITIVE_INFINITY): number => {
    const quarters = Math.ceil(Math.log((1.05 * Math.abs(reached)) / from) / Math.log(1.25));
    return Math.min(to, from * 1.25 ** Math.max(0, quarters));
  };
  const up = wide(height, least.y.high, most?.y.high);
  return {
    x: {
      low: -wide(left, -least.x.low, most && -most.x.low),
      high: wide(right, least.x.high, most?.x.high),
    },
    y: { low: -up, high: up },
  };
}

/** Draws eigenvalues times the step over the stability region of the step. The first groups are light, the
 *  last ones strong. */
export function drawPlane(
  canvas: HTMLCanvasElement,
  matrices: Matrices,
  { re, im, group }: PlanePoints,
  { x: across, y: up }: Window,
  series: number,
): void {
  const frame = openFrame(canvas, { x: across, y: up, square: true, xLabel: "Re(h λ)", yLabel: "Im(h λ)" });
  if (frame === undefined) return;
  const { context, x, y, left, right, top, bottom, colour } = frame;
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  drawRegion(frame, canvas, matrices);
  context.strokeStyle = colour("quiet");
  context.globalAlpha = 0.6;
  context.beginPath();
  context.moveTo(left, y(0));
  context.lineTo(right, y(0));
  context.moveTo(x(0), top);
  context.lineTo(x(0), bottom);
  context.stroke();
  const groups = Math.max(1, Math.ceil(re.length / group));
  context.fillStyle = colour(`series-${series}`);
  for (let k = 0; k < re.length; k++) {
    context.globalAlpha = 0.25 + (0.6 * Math.floor(k / group)) / Math.max(1, groups - 1);
    context.fillRect(x(re[k]!) - 1.5, y(im[k]!) - 1.5, 3, 3);
  }
  context.restore();
}

/** Shades |R(z)| <= 1; the picture is kept for the next time. */
function drawRegion(
  { context, x, y, left, right, top, bottom, colour }: NonNullable<ReturnType<typeof openFrame>>,
  canvas: HTMLCanvasElement,
  { a, b }: Matrices,
): void {
  const shade = colour("accent");
  const key = JSON.stringify([a, b, x(0), x(1), y(0), y(1), left, right, top, bottom, shade]);
  let picture = regions.get(key);
  if (picture === undefined) {
    if (regions.size > 24) regions.clear();
    picture = canvas.ownerDocument.createElement("canvas");
    picture.width = Math.max(1, Math.ceil((right - left) / cell));
    picture.height = Math.max(1, Math.ceil((bottom - top) / cell));
    const pen = picture.getContext("2d")!;
    const image = pen.createImageData(picture.width, picture.height);
    const [unitX, unitY] = [x(1) - x(0), y(1) - y(0)];
    for (let j = 0; j < picture.height; j++) {
      const im = (top + (j + 0.5) * cell - y(0)) / unitY;
      for (let i = 0; i < picture.width; i++) {
        const r = stabilityFunction(a, b, (left + (i + 0.5) * cell - x(0)) / unitX, im);
        if (Math.hypot(r.re, r.im) <= 1) image.data[4 * (j * picture.width + i) + 3] = 255;
      }
    }
    pen.putImageData(image, 0, 0);
    pen.globalCompositeOperation = "source-in";
    pen.fillStyle = shade;
    pen.fillRect(0, 0, picture.width, picture.height);
    regions.set(key, picture);
  }
  context.globalAlpha = 0.16;
  context.drawImage(picture, left, top, picture.width * cell, picture.height * cell);
  context.globalAlpha = 1;
}
