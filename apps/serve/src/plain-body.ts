import type { RealType } from "@stiffnet/onnx";
import type { Rows } from "./batch.ts";
import { newRows } from "./tensors.ts";

/** The body of an inference request, its numbers read already. */
export interface PlainBody {
  /** JSON text: the body with an empty array in the place of the numbers. */
  readonly rest: Buffer;
  readonly numbers: Rows;
}

const key = Buffer.from('"data"');
const [backslash, colon, comma, open, close, minus, plus, point, zero, nine] = [
  92, 58, 44, 91, 93, 45, 43, 46, 48, 57,
];

/** Takes the numbers out of a body that holds one flat array of them, as the value of its one "data": they are most of it, and several times
 *  faster read from the bytes than as JSON. Each is the one that JSON.parse and rounding to `dtype` give, to the bit. Undefined where
 *  anything is unusual, wrong numbers and other numbers than `most` among it: then the whole is to be read as JSON. */
export function readPlainBody(body: Buffer, dtype: RealType, most: number): PlainBody | undefined {
  const found = body.indexOf(key);
  // With escapes, "data" may stand within a text, or be written otherwise.
  if (found < 0 || body.indexOf(key, found + 1) >= 0 || body.includes(backslash)) return undefined;
  let at = space(body, found + key.length);
  if (body[at] !== colon) return undefined;
  at = space(body, at + 1);
  if (body[at] !== open) return undefined;
  const begin = at + 1;
  const end = body.indexOf(close, begin);
  // A number and its comma are two bytes or more.
  const numbers = spaceFor(dtype, Math.min(most, Math.ceil((end - begin + 1) / 2)));
  const count = end < 0 ? -1 : scan(body, begin, end, numbers);
  if (count < 1) return undefined;
  return {
    rest: Buffer.concat([body.subarray(0, begin), body.subarray(end)]),
    numbers: numbers.slice(0, count),
  };
}

const kept: Record<RealType, Rows> = { float32: new Float32Array(), float64: new Float64Array() };

/** Used again and again: how many numbers there are is known only when they are read. */
function spaceFor(dtype: RealType, count: number): Rows {
  if (kept[dtype].length < count) kept[dtype] = newRows(dtype, count);
  return kept[dtype].subarray(0, Math.max(0, count));
}

function space(bytes: Uint8Array, at: number): number {
  let next = at;
  while (bytes[next] === 32 || bytes[next] === 10 || bytes[next] === 13 || bytes[next] === 9) next++;
  return next;
}

/** Reads numbers, with commas between them, from `begin` to `end`; -1 where there is anything else. */
function scan(bytes: Buffer, begin: number, end: number, numbers: Rows): number {
  let count = 0;
  for (let at = begin; ; at++) {
    at = space(bytes, at);
    const next = readNumber(bytes, at, numbers, count);
    if (next < 0 || next > end) return -1;
    count++;
    at = space(bytes, next);
    if (at === end) return count;
    if (bytes[at] !== comma || count === numbers.length) return -1;
  }
}

/** Reads one JSON number into `numbers[k]`; returns where it ends, or -1. No number with a fraction is handed from one function to another
 *  here: each would be an object of its own, and there are many. */
function readNumber(bytes: Buffer, begin: number, numbers: Rows, k: number): number {
  let at = begin;
  const negative = bytes[at] === minus;
  if (negative) at++;
  // The first nine significant digits, and the nine behind them; further ones change nothing but the exponent.
  let high = 0;
  let low = 0;
  let exponent = 0;
  let digit = (bytes[at]! - zero) >>> 0;
  if (digit > 9) return -1;
  let kept = 0;
  if (digit === 0) {
    digit = (bytes[++at]! - zero) >>> 0;
    if (digit <= 9) return -1;
  } else {
    for (let begin = at; digit <= 9; digit = (bytes[++at]! - zero) >>> 0) {
      if (kept < 9) high = (Math.imul(high, 10) + digit) | 0;
      else if (kept < 18) low = (Math.imul(low, 10) + digit) | 0;
      kept = at + 1 - begin;
    }
    exponent = Math.max(0, kept - 18);
  }
  if (bytes[at] === point) {
    const from = ++at;
    digit = (bytes[at]! - zero) >>> 0;
    if (kept === 0) while (digit === 0) digit = (bytes[++at]! - zero) >>> 0;
    const start = at - kept;
    for (const stop = start + 9; at < stop && digit <= 9; digit = (bytes[++at]! - zero) >>> 0) {
      high = (Math.imul(high, 10) + digit) | 0;
    }
    for (const stop = start + 18; at < stop && digit <= 9; digit = (bytes[++at]! - zero) >>> 0) {
      low = (Math.imul(low, 10) + digit) | 0;
    }
    exponent -= Math.min(at, Math.max(from, start + 18)) - from;
    kept = at - start;
    while (digit <= 9) digit = (bytes[++at]! - zero) >>> 0;
    if (at === from) return -1;
  }
  if ((bytes[at]! | 32) === 101) {
    at++;
    const down = bytes[at] === minus;
    if (down || bytes[at] === plus) at++;
    let order = 0;
    const from = at;
    for (; at < bytes.length && bytes[at]! >= zero && bytes[at]! <= nine; at++) {
      order = Math.min(1e6, order * 10 + bytes[at]! - zero);
    }
    if (at === from) return -1;
    exponent += down ? -order : order;
  }
  if (!settle(high, low, Math.min(kept, 18), exponent, negative, numbers, k)) {
    numbers[k] = Number(bytes.toString("latin1", begin, at));
  }
  return Number.isFinite(numbers[k]!) ? at : -1;
}

const powers = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

/** Stores high and, behind its nine digits, low, times a power of ten, as a number of the type of `numbers`; false where plain
 *  arithmetic does not settle it. With 15 digits and a power up to 10^22 both factors are exact, so their product or quotient is the nearest
 *  float64. With more digits it is within three roundings and what 18 digits leave out of that (2^-51), which settles the float32
 *  unless one of its borders lies that near. */
function settle(
  high: number,
  low: number,
  digits: number,
  exponent: number,
  negative: boolean,
  numbers: Rows,
  k: number,
): boolean {
  if (high === 0) {
    numbers[k] = negative ? -0 : 0;
    return true;
  }
  if (exponent < -22 || exponent > 22) return false;
  const both = digits > 9 ? high * powers[digits - 9]! + low : high;
  const near = exponent < 0 ? both / powers[-exponent]! : both * powers[exponent]!;
  if (digits > 15) {
    if (numbers instanceof Float64Array) return false;
    if (Math.fround(near * (1 - 2 ** -50)) !== Math.fround(near * (1 + 2 ** -50))) return false;
  }
  numbers[k] = negative ? -near : near;
  return true;
}
