/* Elementary functions in float64, one number at a time, in plain arithmetic: the same bits on every
   machine. Errors are a few units in the last place; Newton's iterations and float64 solutions need no
   more. */
#ifndef TRANSCENDENTAL64_H
#define TRANSCENDENTAL64_H

#include "target/target.h"

/* exp(r) - 1 for |r| <= 0.35: Taylor's sum, truncated below 1e-17 relative. */
INLINE double small_expm1(double r) {
  double p = 1.0 / 6227020800.0;
  p = p * r + 1.0 / 479001600.0;
  p = p * r + 1.0 / 39916800.0;
  p = p * r + 1.0 / 3628800.0;
  p = p * r + 1.0 / 362880.0;
  p = p * r + 1.0 / 40320.0;
  p = p * r + 1.0 / 5040.0;
  p = p * r + 1.0 / 720.0;
  p = p * r + 1.0 / 120.0;
  p = p * r + 1.0 / 24.0;
  p = p * r + 1.0 / 6.0;
  p = p * r + 0.5;
  return p * r * r + r;
}

/* exp(x) = scale (1 + small) for |x| <= 700. */
INLINE double split_exp(double x, double *scale) {
  const double n = __builtin_nearbyint(x * 1.4426950408889634);
  const double r = (x - n * 6.93147180369123816490e-01) - n * 1.90821492927058770002e-10;
  const union {
    int64_t bits;
    double value;
  } power = {.bits = ((int64_t)n + 1023) << 52};
  *scale = power.value;
  return small_expm1(r);
}

/* exp(x) for x <= 0. */
INLINE double exp_64(double x) {
  double scale;
  const double small = split_exp(x < -700 ? -700 : x, &scale);
  return x < -700 ? 0 : scale * small + scale;
}

INLINE double tanh_64(double x) {
  const double size = __builtin_fabs(x);
  if (!(size < 20)) return x != x ? x : x > 0 ? 1 : -1;
  double scale;
  const double small = split_exp(2 * size, &scale), e = scale * small + (scale - 1), t = e / (e + 2);
  return x < 0 ? -t : t;
}

/* log(1 + u) for 0 <= u <= 1: 2 artanh(y) with y = u / (2 + u) <= 1/3. */
INLINE double log1p_64(double u) {
  const double y = u / (2 + u), square = y * y;
  double sum = 0;
  for (int k = 33; k >= 1; k -= 2) sum = sum * square + 1.0 / k;
  return 2 * y * sum;
}

/* The probability above x and the density of the standard normal distribution, for 0 <= x <= 38. The
   probability is exact to a few units in the last place. x^2 is split into two parts, and the first is
   exact. */
INLINE double normal_tail_64(double x, double *density) {
  static const double c[] = {
      2.434527847538534e-10, 4.463055094435942e-09, 1.1284365545767843e-08, -1.9238134933652707e-08,
      -1.0119494760026601e-07, 3.2686804949770533e-09, 5.434410581463496e-07, 4.0176734524103035e-07,
      -2.608255853187153e-06, -3.430414532804623e-06, 1.3625238441129697e-05, 2.1249380968267437e-05,
      -8.785281388529543e-05, -9.443010393948004e-05, 0.0006948970517556371, -0.00028562311770235674,
      -0.005002378586579855, 0.017936097481078155, -0.03219783742828309, 0.028600364053505495,
      0.013999634724428892, -0.09670347732652539, 0.47205320650984467
  };
  const double head = (float)x, bell = exp_64(-0.5 * head * head) * exp_64(-0.5 * (x - head) * (x + head));
  const double t = (x - 4) / (x + 4);
  double p = c[0];
  for (unsigned k = 1; k < sizeof c / sizeof *c; k++) p = p * t + c[k];
  *density = 0.39894228040143267794 * bell;
  return bell * p / (1 + x);
}

/* sin and cos for |x| < 1e6, NaN beyond as in float32. pi / 2 in three parts of 33 bits (fdlibm). */
INLINE void sincos_64(double x, double *sine, double *cosine) {
  if (!(__builtin_fabs(x) < 1e6)) {
    *sine = *cosine = __builtin_nan("");
    return;
  }
  const double n = __builtin_nearbyint(x * 0.63661977236758134);
  const double r = ((x - n * 1.57079632673412561417e+00) - n * 6.07710050630396597660e-11) - n * 2.02226624879595063154e-21;
  const double u = r * r;
  double s = -1.0 / 1307674368000.0, c = 1.0 / 20922789888000.0;
  s = s * u + 1.0 / 6227020800.0;
  s = s * u - 1.0 / 39916800.0;
  s = s * u + 1.0 / 362880.0;
  s = s * u - 1.0 / 5040.0;
  s = s * u + 1.0 / 120.0;
  s = s * u - 1.0 / 6.0;
  s = r + r * u * s;
  c = c * u - 1.0 / 87178291200.0;
  c = c * u + 1.0 / 479001600.0;
  c = c * u - 1.0 / 3628800.0;
  c = c * u + 1.0 / 40320.0;
  c = c * u - 1.0 / 720.0;
  c = c * u + 1.0 / 24.0;
  c = c * u - 0.5;
  c = 1 + u * c;
  const int turn = (int)((int64_t)n & 3);
  *sine = turn == 0 ? s : turn == 1 ? c : turn == 2 ? -s : -c;
  *cosine = turn == 0 ? c : turn == 1 ? -s : turn == 2 ? -c : s;
}

#endif
