import { scaleLinear, scaleLog } from "d3-scale";

export interface Range {
  readonly low: number;
  readonly high: number;
  readonly logarithmic?: boolean;
  /** Ticks are whole numbers. */
  readonly whole?: boolean;
}

/** A canvas with axes: places of values in it, and the colours of the page. */
export interface Frame {
  readonly context: CanvasRenderingContext2D;
  x(value: number): number;
  y(value: number): number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  colour(name: string): string;
}

export interface FrameOptions {
  readonly x: Range;
  readonly y: Range;
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** A unit is as long upwards as sideways: the ranges are widened. */
  readonly square?: boolean;
}

const margins = { left: 46, right: 10, top: 18, bottom: 30 };

/** Clears the canvas, at the resolution of the screen, and draws axes with their ticks. */
export function openFrame(canvas: HTMLCanvasElement, options: FrameOptions): Frame | undefined {
  const context = prepared(canvas);
  if (context === undefined) return undefined;
  const { clientWidth: width, clientHeight: height } = canvas;
  const [left, right] = [margins.left, width - margins.right];
  const [top, bottom] = [margins.top, height - margins.bottom];
  const { x: across, y: up } = options.square
    ? squared(options.x, options.y, (right - left) / (bottom - top))
    : options;
  const x = scaleOf(across, left, right);
  const y = scaleOf(up, bottom, top);
  const style = getComputedStyle(canvas);
  const colour = (name: string): string => style.getPropertyValue(`--${name}`) || style.color;
  context.font = `11px ${style.fontFamily}`;
  context.lineWidth = 1;
  context.strokeStyle = colour("line");
  context.fillStyle = colour("quiet");
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const tick of ticksOf(x, (right - left) / 70)) {
    if (across.whole && !Number.isInteger(tick)) continue;
    const text = tickText(tick, across.logarithmic);
    // The last one stays within the canvas.
    context.fillText(text, Math.min(x(tick), width - context.measureText(text).width / 2), bottom + 5);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.beginPath();
  let free = Number.POSITIVE_INFINITY;
  for (const tick of ticksOf(y, (bottom - top) / 34)) {
    if (free - y(tick) < 13) continue;
    free = y(tick);
    context.fillText(tickText(tick, up.logarithmic), left - 6, y(tick));
    context.moveTo(left, Math.round(y(tick)) + 0.5);
    context.lineTo(right, Math.round(y(tick)) + 0.5);
  }
  context.stroke();
  context.textBaseline = "alphabetic";
  if (options.xLabel) context.fillText(options.xLabel, right, bottom + 28);
  context.textAlign = "left";
  if (options.yLabel) context.fillText(options.yLabel, 4, 11);
  return { context, x, y, left, right, top, bottom, colour };
}

/** A cleared canvas; undefined where it is not laid out. */
export function prepared(canvas: HTMLCanvasElement): CanvasRenderingContext2D | undefined {
  const { clientWidth: width, clientHeight: height } = canvas;
  const context = canvas.getContext("2d");
  if (context === null || width === 0 || height === 0) return undefined;
  const ratio = globalThis.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) {
    canvas.width = w;
    canvas.height = h;
  }
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

type Scale = ReturnType<typeof scaleOf>;

function scaleOf({ low, high, logarithmic }: Range, from: number, to: number) {
  const scale = logarithmic ? scaleLog() : scaleLinear();
  return scale.domain([low, high]).range([from, to]).clamp(false);
}

function ticksOf(scale: Scale, count: number): number[] {
  const ticks = scale.ticks(Math.max(2, Math.floor(count)));
  return ticks.length <= 2 * count + 2 ? ticks : ticks.filter((tick) => Math.log10(tick) % 1 === 0);
}

function tickText(value: number, logarithmic = false): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(0).replace("e+", "e");
  return String(Number(value.toPrecision(logarithmic ? 1 : 4)));
}

function squared(x: Range, y: Range, ratio: number): { x: Range; y: Range } {
  const [width, height] = [x.high - x.low, y.high - y.low];
  if (width / height > ratio) return { x, y: around(y, width / ratio) };
  return { x: around(x, height * ratio), y };
}

function around({ low, high }: Range, size: number): Range {
  const middle = (low + high) / 2;
  return { low: middle - size / 2, high: middle + size / 2 };
}
