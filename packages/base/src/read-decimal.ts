const [minus, plus, point, zero] = [45, 43, 46, 48];
const lowerE = 101;

/** Powers of ten that a float64 holds exactly. */
const powers = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
/** Splitter of Dekker: 2^27 + 1. */
const splitter = 134217729;

/** Reads one decimal number from the ASCII text at `begin` into `into[k]`, rounded to nearest with the same
 *  bits as `Number` and `Math.fround`. Returns the end of the number, or -1 if there is no number or it is
 *  out of range.
 *
 *  A number may have a sign, digits with or without a point (`.5`, `5.`), and an exponent. Several times
 *  faster than through a string. The functions here pass no fractions to each other, because the engine would
 *  allocate an object for each. */
export function readDecimal(
  bytes: Uint8Array,
  begin: number,
  into: Float32Array | Float64Array,
  k: number,
): number {
  let at = begin;
  const negative = bytes[at] === minus;
  if (negative || bytes[at] === plus) at++;
  // The first nine significant digits, and the ten behind them; further ones change nothing but the exponent.
  let high = 0;
  let low = 0;
  let kept = 0;
  let exponent = 0;
  let places = 0;
  const whole = at;
  let digit = digitAt(bytes, at);
  while (digit === 0) digit = digitAt(bytes, ++at);
  for (; digit <= 9; digit = digitAt(bytes, ++at)) {
    if (kept < 9) high = (Math.imul(high, 10) + digit) | 0;
    else if (kept < 19) low = low * 10 + digit;
    else exponent++;
    kept++;
  }
  const before = at - whole;
  if (bytes[at] === point) {
    const from = ++at;
    digit = digitAt(bytes, at);
    if (kept === 0) while (digit === 0) digit = digitAt(bytes, ++at);
    exponent -= at - from;
    for (; digit <= 9; digit = digitAt(bytes, ++at)) {
      if (kept < 9) high = (Math.imul(high, 10) + digit) | 0;
      else if (kept < 19) low = low * 10 + digit;
      else exponent++;
      kept++;
      exponent--;
    }
    places = at - from;
  }
  if (before + places === 0) return -1;
  if ((bytes[at]! | 32) === lowerE) {
    at++;
    const down = bytes[at] === minus;
    if (down || bytes[at] === plus) at++;
    let order = 0;
    const from = at;
    for (digit = digitAt(bytes, at); digit <= 9; digit = digitAt(bytes, ++at)) {
      order = Math.min(1e6, order * 10 + digit);
    }
    if (at === from) return -1;
    exponent += down ? -order : order;
  }
  if (!settle(high, low, kept, exponent, negative, into, k)) into[k] = Number(textOf(bytes, begin, at));
  return Number.isFinite(into[k]!) ? at : -1;
}

/** The digit at this place, or a number above 9 if there is no digit. */
function digitAt(bytes: Uint8Array, at: number): number {
  return at < bytes.length ? (bytes[at]! - zero) >>> 0 : 10;
}

/** Stores (high, then nine digits low) times a power of ten. Returns false if plain arithmetic cannot be sure
 *  of the last bit. `digits` counts all digits of the number. high and low hold at most 19.
 *
 *  Up to 2^53 one exact operation rounds once (Clinger 1990). A larger float32 is certain unless a rounding
 *  border is within three roundings plus the digits left out (2^-51). A larger float64 is computed from all
 *  its digits by a quotient or product in twice the precision. It is certain unless the result is within
 *  2^-31 ulp of the middle between two numbers. */
function settle(
  high: number,
  low: number,
  digits: number,
  exponent: number,
  negative: boolean,
  into: Float32Array | Float64Array,
  k: number,
): boolean {
  if (high === 0) {
    into[k] = negative ? -0 : 0;
    return true;
  }
  if (exponent < -22 || exponent > 22) return false;
  const shift = digits > 9 ? powers[Math.min(digits, 19) - 9]! : 1;
  const product = high * shift;
  const sum = product + low;
  const power = powers[Math.abs(exponent)]!;
  let value = exponent < 0 ? sum / power : sum * power;
  if (sum >= 9007199254740992) {
    if (into instanceof Float32Array) {
      if (Math.fround(value * (1 - 2 ** -50)) !== Math.fround(value * (1 + 2 ** -50))) return false;
    } else {
      if (digits > 19) return false;
      // sum + rest is exactly the number: both products of halves are below 2^53 times a power of two.
      const rest = productError(high, shift, product) + sumError(product, low, sum);
      const first = value;
      let correction: number;
      if (exponent < 0) {
        const back = first * power;
        correction = (sum - back - productError(first, power, back) + rest) / power;
      } else correction = productError(sum, power, first) + rest * power;
      value = first + correction;
      const off = Math.abs(sumError(first, correction, value));
      const half = ulp(value) / 2;
      // Below a power of two the floats lie twice as close.
      const near = half * 2 ** -30;
      if (Math.abs(off - half) <= near || Math.abs(off - half / 2) <= near) return false;
    }
  }
  into[k] = negative ? -value : value;
  return true;
}

/** a * b - fl(a * b), exactly. */
function productError(a: number, b: number, product: number): number {
  const aBig = splitter * a;
  const aHigh = aBig - (aBig - a);
  const aLow = a - aHigh;
  const bBig = splitter * b;
  const bHigh = bBig - (bBig - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** a + b - fl(a + b), exactly. */
function sumError(a: number, b: number, sum: number): number {
  const bRounded = sum - a;
  return a - (sum - bRounded) + (b - bRounded);
}

const float = new Float64Array(1);
const words = new Uint32Array(float.buffer);
const highWord = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** The distance to the next float64 of a positive normal number. */
function ulp(x: number): number {
  float[0] = x;
  const exponent = (words[highWord]! >>> 20) & 2047;
  return 2 ** (exponent - 1075);
}

function textOf(bytes: Uint8Array, begin: number, end: number): string {
  let text = "";
  for (let at = begin; at < end; at++) text += String.fromCharCode(bytes[at]!);
  return text;
}
