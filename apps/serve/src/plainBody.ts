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
  const numbers = newRows(dtype, Math.min(most, Math.ceil((end - begin + 1) / 2)));
  const count = end < 0 ? -1 : scan(body, begin, end, numbers);
  if (count < 1) return undefined;
  return {
    rest: Buffer.concat([body.subarray(0, begin), body.subarray(end)]),
    numbers: numbers.length === count ? numbers : numbers.slice(0, count),
  };
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

/** Reads one JSON number into `numbers[k]`; returns where it ends, or -1. */
function readNumber(bytes: Buffer, begin: number, numbers: Rows, k: number): number {
  let at = begin;
  const negative = bytes[at] === minus;
  if (negative) at++;
  // The first 15 digits, and the following ones, at most 7.
  let high = 0;
  let low = 0;
  let digits = 0;
  let exponent = 0;
  const first = at;
  for (; ; at++) {
    const digit = bytes[at]! - zero;
    if (!(digit >= 0 && digit <= 9)) break;
    if (digits === 0 && digit === 0) continue;
    if (digits < 15) high = high * 10 + digit;
    else if (digits < 22) low = low * 10 + digit;
    else exponent++;
    digits++;
  }
  const whole = at - first;
  if (whole === 0 || (bytes[first] === zero && whole > 1)) return -1;
  if (bytes[at] === point) {
    const from = ++at;
    for (; ; at++) {
      const digit = bytes[at]! - zero;
      if (!(digit >= 0 && digit <= 9)) break;
      if (digits < 22) exponent--;
      if (digits === 0 && digit === 0) continue;
      if (digits < 15) high = high * 10 + digit;
      else if (digits < 22) low = low * 10 + digit;
      digits++;
    }
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
  const size = nearest(high, low, digits, exponent, numbers);
  const value = size ?? Math.abs(Number(bytes.toString("latin1", begin, at)));
  numbers[k] = negative ? -value : value;
  return Number.isFinite(numbers[k]!) ? at : -1;
}

const powers = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

/** high and low, times a power of ten, as a number of the type of `numbers`; undefined where plain arithmetic does not settle it.
 *  With 15 digits and a power up to 10^22 both factors are exact, so their product or quotient is the nearest float64. With more digits it is
 *  within two roundings of that (2^-52), which settles the float32 unless one of its borders lies that near. */
function nearest(
  high: number,
  low: number,
  digits: number,
  exponent: number,
  numbers: Rows,
): number | undefined {
  const power = powers[Math.abs(exponent)];
  if (power === undefined) return high === 0 ? 0 : undefined;
  if (digits <= 15) return exponent < 0 ? high / power : high * power;
  if (numbers instanceof Float64Array) return undefined;
  const both = high * powers[Math.min(digits, 22) - 15]! + low;
  const near = exponent < 0 ? both / power : both * power;
  const below = Math.fround(near * (1 - 2 ** -50));
  return below === Math.fround(near * (1 + 2 ** -50)) ? below : undefined;
}
