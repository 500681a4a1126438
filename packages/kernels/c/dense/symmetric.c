#include "dense/dense.h"

/* The largest eigenvalue of a symmetric matrix x that is J J^T or the symmetric part of J. Householder
   reduction to tridiagonal form T, then bisection on whether x - T is positive definite (Sylvester's law of
   inertia), to the last bit. Backward stable: the error is a few roundings of the norm. */

enum { COLUMNS = 4 };

/* p_r = sum_j a_rj v_j over j from `from` on, for R rows from r on. */
INLINE void multiply_rows(const int R, int r, int from, int n, int row, const vd *a, const vd *v, vd *p) {
  vd sum[COLUMNS];
  UNROLL for (int c = 0; c < R; c++) sum[c] = dfill(0);
  for (int j = from; j < n; j++) {
    UNROLL for (int c = 0; c < R; c++) sum[c] += A(r + c, j) * v[j];
  }
  UNROLL for (int c = 0; c < R; c++) p[r + c] = sum[c];
}

/* a is overwritten; off[k] is the entry beside the diagonal in row k. v, p: n of scratch. */
APART void tridiagonal(int n, int row, vd *a, vd *v, vd *p, vd *off) {
  for (int k = 0; k + 1 < n; k++) {
    off[k] = A(k + 1, k);
    vd scale = dfill(0), square = dfill(0), inner = dfill(0);
    for (int i = k + 1; i < n; i++) scale += dabs(A(i, k));
    const vl some = scale > 0;
    if (k + 2 == n || !dany(some)) continue;
    const vd unit = dpick(some, scale, dfill(1));
    for (int i = k + 1; i < n; i++) v[i] = A(i, k) / unit, square += v[i] * v[i];
    const vd root = droot(square), head = dpick(v[k + 1] > 0, -root, root);
    const vd beta = square - v[k + 1] * head;
    v[k + 1] -= head;
    const vl turned = some & (beta != 0);
    const vd factor = dpick(turned, 1.0 / beta, dfill(0));
    off[k] = dpick(turned, head * unit, off[k]);
    int r = k + 1;
    for (; r + COLUMNS <= n; r += COLUMNS) multiply_rows(COLUMNS, r, k + 1, n, row, a, v, p);
    for (; r < n; r++) multiply_rows(1, r, k + 1, n, row, a, v, p);
    for (int i = k + 1; i < n; i++) p[i] *= factor, inner += p[i] * v[i];
    /* A - v w^T - w v^T with w = p - (p v / 2 beta) v */
    const vd half = 0.5 * inner * factor;
    for (int i = k + 1; i < n; i++) p[i] -= half * v[i];
    for (int i = k + 1; i < n; i++) {
      for (int j = k + 1; j < n; j++) A(i, j) -= v[i] * p[j] + p[i] * v[j];
    }
  }
}

/* Largest eigenvalue of the tridiagonal matrix, bisected from Gershgorin's bounds. squares: n of scratch. */
APART vd top_of(int n, int row, const vd *a, const vd *off, vd *squares) {
  vd low = A(0, 0), high = low, size = dfill(0);
  for (int i = 0; i < n; i++) {
    vd reach = dfill(0);
    if (i > 0) reach += dabs(off[i - 1]);
    if (i + 1 < n) reach += dabs(off[i]), squares[i] = off[i] * off[i];
    low = dmax(low, A(i, i)), high = dmax(high, A(i, i) + reach);
    size = dmax(size, dabs(A(i, i)) + reach);
  }
  /* The largest is above every entry of the diagonal. */
  low -= 1e-15 * size, high += 1e-15 * size;
  for (int halving = 0; halving < 56; halving++) {
    const vd middle = 0.5 * (low + high);
    vd pivot = middle - A(0, 0);
    vl definite = pivot > 0;
    for (int i = 1; i < n; i++) {
      pivot = (middle - A(i, i)) - squares[i - 1] / pivot;
      definite &= pivot > 0;
    }
    high = dpick(definite, middle, high);
    low = dpick(definite, low, middle);
  }
  return 0.5 * (low + high);
}

/* The symmetric matrix: J J^T, or the symmetric part of J. Its lower triangle is enough. */
enum { GRAM, SYMMETRIC_PART };

/* v, p: n of scratch. */
INLINE void form(const int kind, int n, int row, vd *a, vd *v, vd *p) {
  for (int i = n - 1; i >= 0; i--) {
    if (kind == GRAM) {
      for (int j = 0; j < n; j++) v[j] = A(i, j);
      int r = 0;
      for (; r + COLUMNS <= i + 1; r += COLUMNS) multiply_rows(COLUMNS, r, 0, n, row, a, v, p);
      for (; r <= i; r++) multiply_rows(1, r, 0, n, row, a, v, p);
      for (int j = 0; j <= i; j++) A(i, j) = p[j];
    } else {
      for (int j = 0; j < i; j++) A(i, j) = 0.5 * A(i, j) + 0.5 * A(j, i);
    }
  }
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < i; j++) A(j, i) = A(i, j);
  }
}

INLINE void largest_group(const int kind, const Dense *d, int k, int thread) {
  const Group g = take_group(d, k, thread);
  const int n = g.n, row = g.row;
  vd *off = g.rest + 2 * n;
  form(kind, n, row, g.a, g.rest, g.rest + n);
  tridiagonal(n, row, g.a, g.rest, g.rest + n, off);
  vd top = top_of(n, row, g.a, off, g.rest);
  if (kind == GRAM) top = droot(dmax(top, dfill(0)));
  const vl all = top == top;
  put(&g, all, 0, top + 0.0, AT(d->re));
  put_status(&g, all, d);
}

static void singular_group(const void *d, int k, int thread) { largest_group(GRAM, d, k, thread); }
static void symmetric_group(const void *d, int k, int thread) { largest_group(SYMMETRIC_PART, d, k, thread); }

/* The largest singular value of each J, in the first of its n numbers re. */
EXPORT void largest_singular_values(const Dense *d) { each_group(d, singular_group); }

/* The largest eigenvalue of (J + J^T) / 2 of each J, in the first of its n numbers re. */
EXPORT void logarithmic_norms(const Dense *d) { each_group(d, symmetric_group); }
