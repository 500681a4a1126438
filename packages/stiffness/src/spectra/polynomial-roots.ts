import acos from "@stdlib/math-base-special-acos";
import cbrt from "@stdlib/math-base-special-cbrt";
import cos from "@stdlib/math-base-special-cos";

/** A root of a real polynomial: real where im = 0, else it stands for the pair re +- i im, im > 0. */
export interface Root {
  re: number;
  im: number;
}

/** a b - c d to 1.5 units in the last place, by splitting each product into its rounded value and the rest
 *  (Dekker 1971); for factors below 1e150. */
export function differenceOfProducts(a: number, b: number, c: number, d: number): number {
  const p = a * b;
  const q = c * d;
  return p - q + (rest(a, b, p) - rest(c, d, q));
}

function rest(a: number, b: number, product: number): number {
  const split = 134217729; // 2^27 + 1
  const a1 = split * a - (split * a - a);
  const b1 = split * b - (split * b - b);
  const a2 = a - a1;
  const b2 = b - b1;
  return a2 * b2 - (product - a1 * b1 - a2 * b1 - a1 * b2);
}

/** Roots of x^2 + b x + c; the smaller one through the product, where the formula would cancel. */
export function quadratic(b: number, c: number): Root[] {
  const half = -b / 2;
  const square = differenceOfProducts(half, half, 1, c);
  if (square < 0) return [{ re: half, im: Math.sqrt(-square) }];
  const large = half < 0 ? half - Math.sqrt(square) : half + Math.sqrt(square);
  return [
    { re: large, im: 0 },
    { re: large === 0 ? 0 : c / large, im: 0 },
  ];
}

/** Roots of x^3 + p x + q by Cardano's formula, its cancelling sum rewritten, and Viete's cosines for three
 *  real ones; the first is real, and the largest of three. */
export function depressedCubic(p: number, q: number): Root[] {
  const discriminant = (q * q) / 4 + (p * p * p) / 27;
  if (discriminant > 0) {
    const a = cbrt(Math.abs(q) / 2 + Math.sqrt(discriminant)) * (q > 0 ? -1 : 1);
    const b = -p / (3 * a);
    const real = p > 0 ? -q / (a * a + b * b + p / 3) : a + b;
    return [
      { re: real, im: 0 },
      { re: -real / 2, im: (Math.sqrt(3) / 2) * Math.abs(a - b) },
    ];
  }
  if (p === 0) return [0, 0, 0].map((re) => ({ re, im: 0 }));
  const radius = 2 * Math.sqrt(-p / 3);
  const angle = acos(Math.max(-1, Math.min(1, (3 * q) / (p * radius)))) / 3;
  return [0, 1, 2].map((k) => ({ re: radius * cos(angle - (2 * Math.PI * k) / 3), im: 0 }));
}

/** Roots of x^4 + p x^2 + q x + r by Ferrari's method: as (x^2 + s x + u)(x^2 - s x + v), s^2 the largest
 *  root of the resolvent cubic. */
export function depressedQuartic(p: number, q: number, r: number): Root[] {
  const [top] = depressedCubic(-(p * p) / 3 - 4 * r, (8 * p * r) / 3 - (2 * p * p * p) / 27 - q * q);
  let y = top!.re - (2 * p) / 3;
  for (let step = 0; step < 3; step++) {
    const slope = (3 * y + 4 * p) * y + p * p - 4 * r;
    if (slope !== 0) y -= (((y + 2 * p) * y + p * p - 4 * r) * y - q * q) / slope;
  }
  y = Math.max(y, 0);
  const s = Math.sqrt(y);
  if (s === 0) {
    const [one, two] = quadratic(-p, r);
    return [...quadratic(0, one!.re), ...quadratic(0, (two ?? one!).re)];
  }
  let u = (p + y - q / s) / 2;
  let v = (p + y + q / s) / 2;
  if (Math.abs(u) > Math.abs(v)) v = r / u;
  else if (v !== 0) u = r / v;
  return [...quadratic(s, u), ...quadratic(-s, v)];
}
