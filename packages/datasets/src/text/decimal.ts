/** Powers of ten that a float64 holds exactly. */
const powers: readonly number[] = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/** Splitter of Dekker: 2^27 + 1. */
const splitter = 134217729;

/** The float64 nearest to digits * 10^exponent, or NaN where this fast way cannot be sure of the last bit.
 *
 *  The whole number is given as high * 10^lowDigits + low, with high and low below 10^10; exponent from -22 to 22.
 *  Up to 2^53 one exact operation rounds once (Clinger 1990); beyond, a quotient or product in twice the precision is
 *  rounded unless it lies within 2^-31 ulp of the middle between two floats. */
export function decimal(high: number, low: number, lowDigits: number, exponent: number): number {
  const shift = powers[lowDigits]!;
  const whole = high * shift + low;
  if (whole < 9007199254740992) return exponent < 0 ? whole / powers[-exponent]! : whole * powers[exponent]!;
  // whole + rest is exactly the number: both products of halves are below 2^53 times a power of two.
  const product = high * shift;
  const sum = product + low;
  const rest = productError(high, shift, product) + sumError(product, low, sum);
  const power = powers[Math.abs(exponent)]!;
  let first: number;
  let correction: number;
  if (exponent < 0) {
    first = sum / power;
    const back = first * power;
    correction = (sum - back - productError(first, power, back) + rest) / power;
  } else {
    first = sum * power;
    correction = productError(sum, power, first) + rest * power;
  }
  const value = first + correction;
  const off = Math.abs(sumError(first, correction, value));
  const half = ulp(value) / 2;
  // Below a power of two the floats lie twice as close.
  const near = half * 2 ** -30;
  return Math.abs(off - half) > near && Math.abs(off - half / 2) > near ? value : Number.NaN;
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
const highWord = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** The distance to the next float64 of a positive normal number. */
function ulp(x: number): number {
  float[0] = x;
  const exponent = (words[highWord]! >>> 20) & 2047;
  return 2 ** (exponent - 1075);
}
