import { textOf } from "./bytes.ts";

const [minus, plus, point, zero, lowerE] = [45, 43, 46, 48, 101];

/** Powers of ten that a float64 holds exactly. */
const powers = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));

/** Reads one decimal number from the ASCII text at `begin` into `into[k]`, to the bits that `Number` gives.
 *  Returns the end of the number, or -1 if there is no number or it is out of range. A number may have a
 *  sign, digits with or without a point (`.5`, `5.`), and an exponent.
 *
 *  Digits below 2^53 and a power of ten up to 10^22 are exact, so that one product or quotient rounds once
 *  (Clinger 1990). Other numbers go through a string, which takes several times as long. */
export function readDecimal(bytes: Uint8Array, begin: number, into: Float64Array, k: number): number {
  let at = begin;
  const negative = bytes[at] === minus;
  if (negative || bytes[at] === plus) at++;
  let value = 0;
  let digits = 0;
  let exponent = 0;
  let fraction = false;
  for (; at < bytes.length; at++) {
    const digit = bytes[at]! - zero;
    if (digit >= 0 && digit <= 9) {
      value = 10 * value + digit;
      digits++;
      if (fraction) exponent--;
    } else if (bytes[at] === point && !fraction) fraction = true;
    else break;
  }
  if (digits === 0) return -1;
  if ((bytes[at]! | 32) === lowerE) {
    at++;
    const down = bytes[at] === minus;
    if (down || bytes[at] === plus) at++;
    const from = at;
    let order = 0;
    for (; bytes[at]! >= zero && bytes[at]! <= zero + 9; at++) order = 10 * order + bytes[at]! - zero;
    if (at === from) return -1;
    exponent += down ? -order : order;
  }
  const power = powers[Math.abs(exponent)];
  if (value < 2 ** 53 && power !== undefined) {
    const size = exponent < 0 ? value / power : value * power;
    into[k] = negative ? -size : size;
    return at;
  }
  into[k] = Number(textOf(bytes.subarray(begin, at)));
  return Number.isFinite(into[k]) ? at : -1;
}
