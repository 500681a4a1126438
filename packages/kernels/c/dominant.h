/* The eigenvalue of largest modulus of small real Hessenberg matrices, four at once, from their characteristic
   polynomials in float64: in a third of the time that finding all eigenvalues by QR takes. */
#ifndef DOMINANT_H
#define DOMINANT_H

#include "hessenberg.h"

#define DEGREE 16 /* largest dimension: beyond, coefficients lose too much */
#define LEVELS 9  /* root squarings: moduli that differ by 1 % do so by a factor of 160 in the end */
#define MARGIN 1e-5
/* Of two that are equal in modulus the one on the side of h[0][0] is preferred, which an Arnoldi iteration started from the
   vector of the time before has there: h is shifted by this much of it. */
#define PREFERENCE 1e-5

typedef double d4 __attribute__((vector_size(32)));
typedef double d2 __attribute__((vector_size(16)));
typedef int64_t l4 __attribute__((vector_size(32)));

INLINE d4 dfill4(double x) { return (d4){x, x, x, x}; }
INLINE d4 widen4(v4 x) { return __builtin_convertvector(x, d4); }
INLINE v4 narrow4(d4 x) { return __builtin_convertvector(x, v4); }
INLINE d4 dpick4(l4 mask, d4 a, d4 b) { return (d4)((mask & (l4)a) | (~mask & (l4)b)); }
INLINE d4 dabs4(d4 x) { return (d4)((l4)x & INT64_MAX); }
INLINE d4 droot4(d4 x) {
  const d2 a = (d2)wasm_f64x2_sqrt((v128_t)__builtin_shufflevector(x, x, 0, 1));
  const d2 b = (d2)wasm_f64x2_sqrt((v128_t)__builtin_shufflevector(x, x, 2, 3));
  return __builtin_shufflevector(a, b, 0, 1, 2, 3);
}

typedef struct {
  d4 re, im;
} z4;

/* det(z - shift - h) = sum_j c[j] z^(m - j), by the recurrence over leading minors (Hyman; La Budde 1956). */
APART void characteristic(int m, const v4 *h, d4 shift, d4 *c) {
  d4 minors[DEGREE + 1][DEGREE + 1];
  minors[0][0] = dfill4(1);
  for (int i = 1; i <= m; i++) {
    d4 factors[DEGREE], below = dfill4(1);
    factors[0] = widen4(h[(i - 1) * MOST + i - 1]) + shift;
    for (int k = 1; k < i; k++) {
      below *= widen4(h[(i - k) * MOST + i - k - 1]);
      factors[k] = widen4(h[(i - k - 1) * MOST + i - 1]) * below;
    }
    d4 *out = i < m ? minors[i] : c;
    out[0] = dfill4(1);
    for (int j = 1; j <= i; j++) {
      d4 sum = j < i ? minors[i - 1][j] : dfill4(0);
      for (int k = 0; k < j; k++) sum -= factors[k] * minors[i - k - 1][j - k - 1];
      out[j] = sum;
    }
  }
}

/* Divides the roots by r, returned, so that the largest is between 1/m and 2 in modulus, or NaN where r = 0. Some
   coefficients decide for all: where they vanish the answer will not be found sure. */
INLINE d4 rescale_coefficients(int m, d4 *c) {
  d4 r = dabs4(c[1]);
  const d4 second = droot4(dabs4(c[2]));
  r = dpick4(r > second, r, second);
  if (m >= 4) {
    const d4 fourth = droot4(droot4(dabs4(c[4])));
    r = dpick4(r > fourth, r, fourth);
  }
  if (m >= 8) {
    const d4 eighth = droot4(droot4(droot4(dabs4(c[8]))));
    r = dpick4(r > eighth, r, eighth);
  }
  const d4 inverse = 1 / r;
  d4 power = inverse;
  for (int j = 1; j <= m; j++) c[j] *= power, power *= inverse;
  return r;
}

/* The polynomial whose roots are the squares (Dandelin, Lobachevsky, Graeffe). */
INLINE void square_roots(int m, const d4 *c, d4 *out) {
  out[0] = dfill4(1);
  for (int j = 1; j <= m; j++) {
    d4 sum = dfill4(0);
    for (int i = j < m - j ? j : m - j; i >= 1; i--) sum = c[j - i] * c[j + i] - sum;
    sum = c[j] * c[j] - 2 * sum;
    out[j] = j & 1 ? -sum : sum;
  }
}

/* Of the two square roots of w, the one that is nearer to a root of p(z) = even(z^2) + z odd(z^2), up to conjugation: its
   imaginary part is positive. */
INLINE z4 root_below(int m, const d4 *c, z4 w) {
  z4 part[2]; /* coefficients of even and of odd positions, by Horner's rule */
  for (int parity = 0; parity < 2; parity++) {
    d4 re = c[parity], im = dfill4(0);
    for (int j = parity + 2; j <= m; j += 2) {
      const d4 next = re * w.re - im * w.im + c[j];
      im = re * w.im + im * w.re, re = next;
    }
    part[parity].re = re, part[parity].im = im;
  }
  const z4 even = part[m & 1], odd = part[~m & 1];
  const d4 size = droot4(w.re * w.re + w.im * w.im), zero = dfill4(0);
  const d4 sum = size + w.re, difference = size - w.re;
  const d4 re = droot4(0.5 * dpick4(sum > 0, sum, zero)), im = droot4(0.5 * dpick4(difference > 0, difference, zero));
  const d4 turned_re = re * odd.re - im * odd.im, turned_im = re * odd.im + im * odd.re;
  const z4 root = {dpick4(even.re * turned_re + even.im * turned_im > 0, -re, re), im};
  return root;
}

INLINE z4 newton(int m, const d4 *c, z4 z) {
  d4 re = c[0], im = dfill4(0), slope_re = dfill4(0), slope_im = dfill4(0);
  for (int j = 1; j <= m; j++) {
    const d4 slope = slope_re * z.re - slope_im * z.im + re;
    slope_im = slope_re * z.im + slope_im * z.re + im, slope_re = slope;
    const d4 value = re * z.re - im * z.im + c[j];
    im = re * z.im + im * z.re, re = value;
  }
  const d4 inverse = 1 / (slope_re * slope_re + slope_im * slope_im);
  z.re -= (re * slope_re + im * slope_im) * inverse, z.im -= (im * slope_re - re * slope_im) * inverse;
  return z;
}

/* Whether all roots are smaller than `radius` in modulus (Schur 1917, Cohn 1922). */
INLINE l4 all_within(int m, const d4 *c, d4 radius) {
  d4 b[DEGREE + 1];
  const d4 inverse = 1 / radius;
  d4 power = inverse;
  for (int j = 1; j <= m; j++) b[j] = c[j] * power, power *= inverse;
  l4 inside = radius > 0;
  for (int n = m; n > 0; n--) {
    const d4 last = b[n], scale = 1 / (1 - last * last);
    inside &= dabs4(last) < 1;
    for (int j = 1; 2 * j <= n; j++) {
      const d4 x = b[j], y = b[n - j];
      b[j] = (x - last * y) * scale, b[n - j] = (y - last * x) * scale;
    }
  }
  return inside;
}

/* An eigenvalue of h (m x m, 2 < m <= DEGREE, entries of size 1) that no other exceeds by more than MARGIN in modulus, of
   a pair the one with positive imaginary part; `sure` is false in lanes where that is not certain. Roots are squared
   until the largest one, or pair, stands apart, and followed back down by square roots. */
APART c4 dominant_eigenvalue(int m, const v4 *h, i4 *sure) {
  d4 c[LEVELS + 1][DEGREE + 1], unit[LEVELS + 1];
  const d4 shift = PREFERENCE * widen4(h[0]);
  characteristic(m, h, shift, c[0]);
  unit[0] = rescale_coefficients(m, c[0]);
  for (int k = 1; k <= LEVELS; k++) {
    square_roots(m, c[k - 1], c[k]);
    unit[k] = k & 1 ? dfill4(1) : rescale_coefficients(m, c[k]);
  }
  const d4 half = -0.5 * c[LEVELS][1], square = half * half - c[LEVELS][2], root = droot4(dabs4(square));
  const l4 real = square >= 0;
  z4 z = {half + dpick4(real, dpick4(half > 0, root, -root), dfill4(0)), dpick4(real, dfill4(0), root)};
  for (int k = LEVELS; k > 0; k--) {
    z.re *= unit[k], z.im *= unit[k];
    z = root_below(m, c[k - 1], z);
  }
  for (int step = 0; step < 2; step++) z = newton(m, c[0], z);
  z.im = dabs4(z.im);
  const d4 modulus = droot4(z.re * z.re + z.im * z.im);
  *sure = __builtin_convertvector(all_within(m, c[0], modulus * (1 + MARGIN)), i4);
  const c4 l = {narrow4(z.re * unit[0] - shift), narrow4(z.im * unit[0])};
  return l;
}

#endif
