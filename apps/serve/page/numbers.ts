// Numbers as people read them, and values that are exactly what is shown. No DOM.

export type Range = readonly [low: number, high: number];

/** Powers of ten of a range: a thousandth to a ten-thousandth of it is one step. */
const gridExponent = ([low, high]: Range): number => Math.floor(Math.log10(high - low || 1)) - 3;

/** The nearest number of the range's grid, as the text that stands for it: `Number(text)` is the value. Ends
 *  of the range that are not on the grid are rounded inwards. */
export function gridText(value: number, range: Range): string {
  const exponent = gridExponent(range);
  // Decimal from the beginning: 3 * 0.1 is not 0.3.
  const number = (steps: number): number => Number(`${steps}e${exponent}`);
  const steps = Math.round(value / 10 ** exponent);
  const inside = (at: number): boolean => number(at) >= range[0] && number(at) <= range[1];
  const within = value >= range[0] && value <= range[1];
  const chosen = within ? ([steps, steps - 1, steps + 1].find(inside) ?? steps) : steps;
  const found = number(chosen);
  if (found !== 0 && (Math.abs(found) < 1e-4 || Math.abs(found) >= 1e7)) {
    const digits = Math.max(0, Math.floor(Math.log10(Math.abs(found)) + 1e-9) - exponent);
    return found.toExponential(Math.min(digits, 15));
  }
  return found.toFixed(Math.min(20, Math.max(0, -exponent)));
}

/** The value at a fraction of the range, on its grid. */
export const textAt = (fraction: number, range: Range): string =>
  gridText(range[0] + (range[1] - range[0]) * fraction, range);

/** How the numbers of one quantity are written: all with the same exponent and decimals. */
export interface Scale {
  readonly exponent: number;
  readonly decimals: number;
}

/** Four digits of the range that an output runs through, two of its spread, and never more than float32
 *  has. */
export function scaleOf([low, high]: Range, spread = 0): Scale {
  const largest = Math.max(Math.abs(low), Math.abs(high));
  if (!Number.isFinite(largest) || largest === 0) return { exponent: 0, decimals: 3 };
  const magnitude = Math.floor(Math.log10(largest));
  const exponent = magnitude < -3 || magnitude > 5 ? magnitude : 0;
  const digit = (of: number, count: number): number => Math.floor(Math.log10(of)) - count + 1;
  const finest = Math.min(digit(high - low || largest, 4), spread > 0 ? digit(spread, 2) : magnitude);
  return { exponent, decimals: Math.max(0, exponent - Math.max(finest, magnitude - 6)) };
}

/** A number on a scale; with an exponent of its own where it is far outside. */
export function written(value: number, { exponent, decimals }: Scale): string {
  const mantissa = Number(
    `${value}e${-exponent}`.replace(/e(.+)e(.+)/, (_, a, b) => `e${Number(a) + Number(b)}`),
  );
  if (Math.abs(mantissa) >= 1e6) return value.toExponential(3);
  const text = mantissa.toFixed(Math.min(decimals, 20));
  return `${Number(text) === 0 ? text.replace("-", "") : text}${exponent === 0 ? "" : `e${exponent}`}`;
}

/** A spread on the scale of its value, or by itself if it is too small to be seen there. */
export function spreadWritten(spread: number, scale: Scale): string {
  const text = written(spread, scale);
  return spread > 0 && Number(text) === 0 ? brief(spread, 2) : text;
}

/** Padding that aligns right-aligned numbers at their decimal points: spaces as wide as the missing
 *  decimals. */
export function trailing(texts: readonly string[]): string[] {
  const behind = texts.map((text) => {
    const point = text.indexOf(".");
    if (point >= 0) return text.length - point;
    const exponent = text.indexOf("e");
    return exponent >= 0 ? text.length - exponent : 0;
  });
  const most = Math.max(0, ...behind);
  // As wide as a point, and as a digit.
  return behind.map((count) =>
    count === 0 && most > 0 ? `\u2008${"\u2007".repeat(most - 1)}` : "\u2007".repeat(most - count),
  );
}

/** A single number on no scale: significant digits, with an exponent where that is shorter. */
export function brief(x: number, digits = 4): string {
  if (!Number.isFinite(x)) return String(x);
  if (x !== 0 && (Math.abs(x) < 1e-3 || Math.abs(x) >= 1e6)) {
    return x
      .toExponential(digits - 1)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e");
  }
  return String(Number(x.toPrecision(digits)));
}

/** Round numbers between low and high, and how they are written. */
export function ticks(low: number, high: number, count = 5): { at: number; text: string }[] {
  const raw = (high - low) / count || 1;
  const power = Math.floor(Math.log10(raw));
  const times = [1, 2, 5, 10].find((k) => k * 10 ** power >= raw * 0.999) ?? 10;
  const number = (k: number): number => Number(`${k * times}e${power}`);
  const step = number(1);
  const found = [];
  for (let k = Math.ceil(low / step - 1e-9); number(k) <= high + 1e-9 * step; k++) found.push(number(k));
  const scale = scaleOf([low, high]);
  const decimals = Math.max(0, scale.exponent - power - (times === 10 ? 1 : 0));
  return found.map((at) => ({ at, text: at === 0 ? "0" : written(at, { ...scale, decimals }) }));
}

export const spaced = ([low, high]: Range, count: number): number[] =>
  Array.from({ length: count }, (_, k) => low + ((high - low) * k) / (count - 1));

/** The least and the largest of these, widened by a share of their distance. */
export function rangeOf(values: Iterable<number>, margin = 0): Range {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  const extra = margin && ((high - low) * margin || Math.abs(high) * 0.05 || 1);
  return [low - extra, high + extra];
}

/** The text of a box if it is a number as programs write one, else "". "1,5" is refused; a browser's own box
 *  for numbers would read it as 15. */
export const numberText = (text: string): string =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) && Number.isFinite(Number(text))
    ? text.trim()
    : "";
