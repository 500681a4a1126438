/* The eigenvalue of largest modulus of small real Hessenberg matrices, four at once, from their
   characteristic polynomials in float64. Takes a third of the time of finding all eigenvalues by QR. */
#ifndef DOMINANT_H
#define DOMINANT_H

#include "spectral/hessenberg.h"

#define DEGREE 16 /* largest dimension: beyond, coefficients lose too much */
#define LEVELS 9  /* root squarings: moduli that differ by 1 % then differ by a factor of 160 */
#define MARGIN 1e-5
/* h is shifted by this share of h[0][0], so that two eigenvalues of equal modulus differ. The shift prefers
   the one on the side of h[0][0], like the eigenvalue of the last visit's vector. */
#define PREFERENCE 1e-5

typedef struct {
  vd re, im;
} vz;

/* det(z - shift - h) = sum_j c[j] z^(m - j), by the recurrence over leading minors (Hyman; La Budde 1956). */
APART void characteristic(int m, const vf *h, vd shift, vd *c) {
  vd minors[DEGREE + 1][DEGREE + 1];
  minors[0][0] = dfill(1);
  for (int i = 1; i <= m; i++) {
    vd factors[DEGREE], below = dfill(1);
    factors[0] = widen(h[(i - 1) * MOST + i - 1]) + shift;
    for (int k = 1; k < i; k++) {
      below *= widen(h[(i - k) * MOST + i - k - 1]);
      factors[k] = widen(h[(i - k - 1) * MOST + i - 1]) * below;
    }
    vd *out = i < m ? minors[i] : c;
    out[0] = dfill(1);
    for (int j = 1; j <= i; j++) {
      vd sum = j < i ? minors[i - 1][j] : dfill(0);
      for (int k = 0; k < j; k++) sum -= factors[k] * minors[i - k - 1][j - k - 1];
      out[j] = sum;
    }
  }
}

/* Divides the roots by r, returned, so that the largest is between 1/m and 2 in modulus, or NaN where r = 0.
   Some coefficients decide for all: where they vanish the answer will not be found sure. */
INLINE vd rescale_coefficients(int m, vd *c) {
  vd r = dabs(c[1]);
  const vd second = droot(dabs(c[2]));
  r = dpick(r > second, r, second);
  if (m >= 4) {
    const vd fourth = droot(droot(dabs(c[4])));
    r = dpick(r > fourth, r, fourth);
  }
  if (m >= 8) {
    const vd eighth = droot(droot(droot(dabs(c[8]))));
    r = dpick(r > eighth, r, eighth);
  }
  const vd inverse = 1 / r;
  vd power = inverse;
  for (int j = 1; j <= m; j++) c[j] *= power, power *= inverse;
  return r;
}

/* The polynomial whose roots are the squares (Dandelin, Lobachevsky, Graeffe). */
INLINE void square_roots(int m, const vd *c, vd *out) {
  out[0] = dfill(1);
  for (int j = 1; j <= m; j++) {
    vd sum = dfill(0);
    for (int i = j < m - j ? j : m - j; i >= 1; i--) sum = c[j - i] * c[j + i] - sum;
    sum = c[j] * c[j] - 2 * sum;
    out[j] = j & 1 ? -sum : sum;
  }
}

/* The square root of w that is nearer to a root of p(z) = even(z^2) + z odd(z^2), conjugated so that its
   imaginary part is positive. */
INLINE vz root_below(int m, const vd *c, vz w) {
  vz part[2]; /* coefficients of even and of odd positions, by Horner's rule */
  for (int parity = 0; parity < 2; parity++) {
    vd re = c[parity], im = dfill(0);
    for (int j = parity + 2; j <= m; j += 2) {
      const vd next = re * w.re - im * w.im + c[j];
      im = re * w.im + im * w.re, re = next;
    }
    part[parity].re = re, part[parity].im = im;
  }
  const vz even = part[m & 1], odd = part[~m & 1];
  const vd size = droot(w.re * w.re + w.im * w.im), zero = dfill(0);
  const vd sum = size + w.re, difference = size - w.re;
  const vd re = droot(0.5 * dpick(sum > 0, sum, zero)), im = droot(0.5 * dpick(difference > 0, difference, zero));
  const vd turned_re = re * odd.re - im * odd.im, turned_im = re * odd.im + im * odd.re;
  const vz root = {dpick(even.re * turned_re + even.im * turned_im > 0, -re, re), im};
  return root;
}

INLINE vz newton(int m, const vd *c, vz z) {
  vd re = c[0], im = dfill(0), slope_re = dfill(0), slope_im = dfill(0);
  for (int j = 1; j <= m; j++) {
    const vd slope = slope_re * z.re - slope_im * z.im + re;
    slope_im = slope_re * z.im + slope_im * z.re + im, slope_re = slope;
    const vd value = re * z.re - im * z.im + c[j];
    im = re * z.im + im * z.re, re = value;
  }
  const vd inverse = 1 / (slope_re * slope_re + slope_im * slope_im);
  z.re -= (re * slope_re + im * slope_im) * inverse, z.im -= (im * slope_re - re * slope_im) * inverse;
  return z;
}

/* Whether all roots are smaller than `radius` in modulus (Schur 1917, Cohn 1922). */
INLINE vl all_within(int m, const vd *c, vd radius) {
  vd b[DEGREE + 1];
  const vd inverse = 1 / radius;
  vd power = inverse;
  for (int j = 1; j <= m; j++) b[j] = c[j] * power, power *= inverse;
  vl inside = radius > 0;
  for (int n = m; n > 0; n--) {
    const vd last = b[n], scale = 1 / (1 - last * last);
    inside &= dabs(last) < 1;
    for (int j = 1; 2 * j <= n; j++) {
      const vd x = b[j], y = b[n - j];
      b[j] = (x - last * y) * scale, b[n - j] = (y - last * x) * scale;
    }
  }
  return inside;
}

/* An eigenvalue of h (m x m, 2 < m <= DEGREE, entries of size 1) that no other exceeds by more than MARGIN in
   modulus. A pair is represented by the one with positive imaginary part. `sure` is false in lanes without
   certainty. Roots are squared until the largest root, or pair, is well separated. Square roots then lead
   back down. */
APART vc dominant_eigenvalue(int m, const vf *h, vi *sure) {
  vd c[LEVELS + 1][DEGREE + 1], unit[LEVELS + 1];
  const vd shift = PREFERENCE * widen(h[0]);
  characteristic(m, h, shift, c[0]);
  unit[0] = rescale_coefficients(m, c[0]);
  for (int k = 1; k <= LEVELS; k++) {
    square_roots(m, c[k - 1], c[k]);
    unit[k] = k & 1 ? dfill(1) : rescale_coefficients(m, c[k]);
  }
  const vd half = -0.5 * c[LEVELS][1], square = half * half - c[LEVELS][2], root = droot(dabs(square));
  const vl real = square >= 0;
  vz z = {half + dpick(real, dpick(half > 0, root, -root), dfill(0)), dpick(real, dfill(0), root)};
  for (int k = LEVELS; k > 0; k--) {
    z.re *= unit[k], z.im *= unit[k];
    z = root_below(m, c[k - 1], z);
  }
  for (int step = 0; step < 2; step++) z = newton(m, c[0], z);
  z.im = dabs(z.im);
  const vd modulus = droot(z.re * z.re + z.im * z.im);
  *sure = __builtin_convertvector(all_within(m, c[0], modulus * (1 + MARGIN)), vi);
  const vc l = {narrow(z.re * unit[0] - shift), narrow(z.im * unit[0])};
  return l;
}

#endif
