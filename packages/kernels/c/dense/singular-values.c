#include "dense/dense.h"

enum { SUMS = 4 };
INLINE vd total(const vd *sum) { return (sum[0] + sum[1]) + (sum[2] + sum[3]); }

INLINE vd dot(int n, const vd *x, const vd *y) {
  vd sum[SUMS];
  UNROLL for (int s = 0; s < SUMS; s++) sum[s] = dfill(0);
  int k = 0;
  for (; k + SUMS <= n; k += SUMS) {
    UNROLL for (int s = 0; s < SUMS; s++) sum[s] += x[k + s] * y[k + s];
  }
  UNROLL for (int s = 0; s + 1 < SUMS; s++) {
    if (k + s < n) sum[s] += x[k + s] * y[k + s];
  }
  return total(sum);
}

INLINE void turn_one(vd c, vd s, vd *x, vd *y, vd *of_x, vd *of_y) {
  const vd p = *x, q = *y, u = c * p - s * q, v = s * p + c * q;
  *of_x += u * u, *of_y += v * v;
  *x = u, *y = v;
}

/* x, y <- c x - s y, s x + c y, and the squares of their lengths. */
INLINE void turn(int n, vd c, vd s, vd *x, vd *y, vd *left, vd *right) {
  vd of_x[SUMS], of_y[SUMS];
  UNROLL for (int i = 0; i < SUMS; i++) of_x[i] = of_y[i] = dfill(0);
  int k = 0;
  for (; k + SUMS <= n; k += SUMS) {
    UNROLL for (int i = 0; i < SUMS; i++) turn_one(c, s, x + k + i, y + k + i, of_x + i, of_y + i);
  }
  UNROLL for (int i = 0; i + 1 < SUMS; i++) {
    if (k + i < n) turn_one(c, s, x + k + i, y + k + i, of_x + i, of_y + i);
  }
  *left = total(of_x), *right = total(of_y);
}

INLINE void clear(int n, vl lanes, vd *x) {
  if (!dany(lanes)) return;
  for (int k = 0; k < n; k++) x[k] = dpick(lanes, dfill(0), x[k]);
}

/* Turns rows i and j until they are orthogonal; returns the lanes where they were not. squares: of the rows'
   lengths. */
INLINE vl orthogonal(int n, vd *x, vd *y, vd *left, vd *right) {
  const double noise = n * 2.3e-16 * n * 2.3e-16;
  const vd before = *left, after = *right, z = dot(n, x, y);
  const vl some = ~((dabs(z) <= 1e-15 * droot(before) * droot(after)) | (dabs(z) < 1e-300));
  if (!dany(some)) return some;
  const vd zeta = (after - before) / (2 * dpick(some, z, dfill(1))), size = dabs(zeta);
  /* Beyond 1e8 the root is |zeta| to rounding, and its square may overflow. */
  const vd root = dpick(size > 1e100, size, droot(1 + zeta * zeta));
  const vd t = dpick(zeta >= 0, dfill(1), dfill(-1)) / (size + root);
  const vd c = dpick(some, 1.0 / droot(1 + t * t), dfill(1)), s = dpick(some, c * t, dfill(0));
  turn(n, c, s, x, y, left, right);
  /* A row in the span of the other row leaves only rounding, which would rotate for ever. */
  const vl no_x = some & (*left <= noise * before), no_y = some & (*right <= noise * after);
  clear(n, no_x, x), clear(n, no_y, y);
  *left = dpick(no_x, dfill(0), *left), *right = dpick(no_y, dfill(0), *right);
  return some;
}

static void singular_values_group(const void *context, int k, int thread) {
  const Dense *d = context;
  const Group g = take_group(d, k, thread);
  const int n = g.n, row = g.row;
  vd *a = g.a, *squares = g.rest;
  for (int i = 0; i < n; i++) squares[i] = dot(n, &A(i, 0), &A(i, 0));
  vl turning = dfill(0) == dfill(0);
  for (int sweep = 0; sweep < 60 && dany(turning); sweep++) {
    vl moved = {0};
    for (int i = 0; i < n; i++) {
      for (int j = i + 1; j < n; j++) moved |= orthogonal(n, &A(i, 0), &A(j, 0), squares + i, squares + j);
    }
    turning = moved;
  }
  for (int i = 0; i < n; i++) {
    vd value = droot(squares[i]);
    for (int at = 0; at < i; at++) {
      const vd other = squares[at];
      squares[at] = dmax(other, value);
      value = dpick(other < value, other, value);
    }
    squares[i] = value;
  }
  for (int i = 0; i < n; i++) put(&g, ~turning, i, squares[i], AT(d->re));
  put_status(&g, ~turning, d);
}

/* Singular values, largest first in re, by one-sided Jacobi rotations of the rows (Hestenes 1958): accurate
   relative to each value for well-scaled rows. */
EXPORT void singular_values(const Dense *d) { each_group(d, singular_values_group); }
