/** 10^k for k = -60..60. */
const powers = Float64Array.from({ length: 121 }, (_, k) => Number(`1e${k - 60}`));
/** The decimal exponent of the smallest float32 with each binary one; subnormal numbers have none of their
 *  own. */
const orders = Int32Array.from({ length: 255 }, (_, k) =>
  k === 0 ? -45 : Math.floor(Math.log10(2 ** (k - 127))),
);
/** The digits of 0 to 99. */
const tens = Uint8Array.from({ length: 100 }, (_, k) => 48 + Math.floor(k / 10));
const ones = Uint8Array.from({ length: 100 }, (_, k) => 48 + (k % 10));
/** Bytes that `writeFloat32` may take: sign, nine digits, point, exponent, and up to four zeros before the
 *  digits. */
export const longestFloat32 = 18;
const [zero, point, minus] = [48, 46, 45];
const float = new Float32Array(1);
const word = new Uint32Array(float.buffer);

/** Writes the finite float32 values[k] as decimal text at `at` and returns where it ends: at most 9
 *  significant digits, which is enough for every one to be read back as the same float32 (half a unit in the
 *  ninth digit is less than a sixth of half the distance to its neighbours). Ten times faster than the 17
 *  digits that the same number needs as float64, and half as long. Given the number itself, each call would
 *  make an object of it. */
export function writeFloat32(bytes: Uint8Array, at: number, values: Float32Array, k: number): number {
  float[0] = values[k]!;
  const bits = word[0]!;
  if (bits >= 2 ** 31) bytes[at++] = minus;
  const size = Math.abs(values[k]!);
  if (size === 0) {
    bytes[at] = zero;
    return at + 1;
  }
  let exponent = orders[(bits >>> 23) & 255]!;
  while (size >= powers[61 + exponent]!) exponent++;
  let digits = (size * powers[68 - exponent]! + 0.5) | 0;
  if (digits === 1e9) {
    // Nine nines, and more.
    exponent++;
    digits = 1e8;
  }
  let count = 9;
  for (let shorter = (digits / 10) | 0; digits === 10 * shorter; shorter = (digits / 10) | 0) {
    digits = shorter;
    count--;
  }
  if (exponent < -5 || exponent > 8) {
    at = writeDigits(bytes, at, digits, count, 1);
    bytes[at++] = 101;
    if (exponent < 0) bytes[at++] = minus;
    const order = Math.abs(exponent);
    return writeDigits(bytes, at, order, order < 10 ? 1 : 2, 2);
  }
  if (exponent < 0) {
    bytes[at++] = zero;
    bytes[at++] = point;
    for (let k = exponent + 1; k < 0; k++) bytes[at++] = zero;
    return writeDigits(bytes, at, digits, count, count);
  }
  at = writeDigits(bytes, at, digits, count, exponent + 1);
  for (let k = count; k <= exponent; k++) bytes[at++] = zero;
  return at;
}

/** `count` digits with a point behind the first `whole` of them, where more follow. */
function writeDigits(bytes: Uint8Array, at: number, digits: number, count: number, whole: number): number {
  if (count <= whole) {
    backwards(bytes, at + count, digits, count);
    return at + count;
  }
  const end = at + count + 1;
  const rest = backwards(bytes, end, digits, count - whole);
  bytes[at + whole] = point;
  backwards(bytes, at + whole, rest, whole);
  return end;
}

/** Writes the last `count` digits so that they end at `end`, two at a time; returns the digits before
 *  them. */
function backwards(bytes: Uint8Array, end: number, digits: number, count: number): number {
  let [rest, place] = [digits, end];
  for (let left = count; left > 1; left -= 2) {
    const shorter = (rest / 100) | 0;
    const two = rest - 100 * shorter;
    bytes[--place] = ones[two]!;
    bytes[--place] = tens[two]!;
    rest = shorter;
  }
  if (count % 2 === 0) return rest;
  const shorter = (rest / 10) | 0;
  bytes[place - 1] = zero + rest - 10 * shorter;
  return shorter;
}
