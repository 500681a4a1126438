const words = new Uint32Array(2);
const double = new Float64Array(words.buffer);
/** Which of the two words holds the exponent. */
const high = (() => {
  double[0] = 1;
  return words[0] === 0 ? 1 : 0;
})();

/** x^a for x > 0 to about 1e-7 relative, in plain arithmetic: step sizes then do not depend on the platform's
 *  `Math.pow`, which differs between engines, and neither do results. 0 for x = 0 (a > 0), infinity where a <
 *  0 and x = 0; NaN for NaN. */
export function power(x: number, a: number): number {
  if (!(x > 0)) return x === 0 ? (a > 0 ? 0 : Number.POSITIVE_INFINITY) : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return a > 0 ? x : 0;
  return exp2(a * log2(x));
}

/** log2 of a finite x > 0, from the exponent and an atanh series of the mantissa in [sqrt(1/2), sqrt(2)). */
export function log2(x: number): number {
  let shift = 0;
  double[0] = x;
  if (words[high]! < 0x00100000) {
    double[0] = x * 2 ** 54;
    shift = -54;
  }
  let exponent = (words[high]! >>> 20) - 1023 + shift;
  words[high] = (words[high]! & 0x000fffff) | 0x3ff00000;
  let m = double[0]!;
  if (m > Math.SQRT2) {
    m *= 0.5;
    exponent += 1;
  }
  const s = (m - 1) / (m + 1);
  const q = s * s;
  return exponent + 2 * Math.LOG2E * s * (1 + q * (1 / 3 + q * (1 / 5 + q * (1 / 7 + q * (1 / 9)))));
}

/** 2^x by the Taylor series of the fraction in [-1/2, 1/2]. */
export function exp2(x: number): number {
  if (x > 1023) return Number.POSITIVE_INFINITY;
  if (x < -1022) return 0;
  const whole = Math.round(x);
  const f = (x - whole) * Math.LN2;
  const tail =
    1 + f * (1 + f * (1 / 2 + f * (1 / 6 + f * (1 / 24 + f * (1 / 120 + f * (1 / 720 + f / 5040))))));
  words[high] = (whole + 1023) << 20;
  words[1 - high] = 0;
  return double[0]! * tail;
}
