/** 10^k for k = -60..60. */
const powers = Array.from({ length: 121 }, (_, k) => Number(`1e${k - 60}`));

/** A finite float32 as decimal text of at most 9 significant digits, which is enough for it to be read back as the same float32
 *  (half a unit in the ninth digit is less than a sixth of half the distance to its neighbours). Several times faster than the 17 digits that
 *  the same number needs as a float64, and half as long. */
export function float32Text(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e9) return Object.is(value, -0) ? "-0" : String(value);
  const size = Math.abs(value);
  let exponent = Math.floor(Math.log10(size));
  let digits = Math.round(size * powers[68 - exponent]!);
  // The logarithm of a number just below a power of ten may round up to it, and nine nines to ten digits.
  if (digits < 1e8) {
    exponent--;
    digits = Math.round(size * powers[68 - exponent]!);
  } else if (digits >= 1e9) {
    exponent++;
    digits = Math.round(digits / 10);
  }
  let text = String(digits);
  let end = text.length;
  while (text.charCodeAt(end - 1) === 48) end--;
  if (end < text.length) text = text.slice(0, end);
  const sign = value < 0 ? "-" : "";
  if (exponent < -5 || exponent > 8) {
    return `${sign}${text[0]}${end > 1 ? `.${text.slice(1)}` : ""}e${exponent}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${text}`;
  if (end <= exponent + 1) return `${sign}${text}${"0".repeat(exponent + 1 - end)}`;
  return `${sign}${text.slice(0, exponent + 1)}.${text.slice(exponent + 1)}`;
}
