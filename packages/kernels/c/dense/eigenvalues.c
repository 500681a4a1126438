#include "dense/dense.h"

/* Scales rows and columns by powers of two until their norms are alike (Parlett and Reinsch 1969). */
APART void balance(int n, int row, vd *a) {
  vl changed = dfill(0) == dfill(0);
  for (int round = 0; dany(changed) && round < 100; round++) {
    changed = (vl){0};
    for (int i = 0; i < n; i++) {
      vd column = dfill(0), across = dfill(0);
      for (int j = 0; j < n; j++) {
        if (j != i) column += dabs(A(j, i)), across += dabs(A(i, j));
      }
      const vl some = (column != 0) & (across != 0);
      const vd before = column + across;
      vd f = dfill(1);
      for (vl up; up = some & (column < across / 2), dany(up);) {
        column = dpick(up, column * 4, column), f = dpick(up, f * 2, f);
      }
      for (vl down; down = some & (column > across * 2), dany(down);) {
        column = dpick(down, column / 4, column), f = dpick(down, f / 2, f);
      }
      const vl better = some & ((column + across) / f < 0.95 * before);
      if (!dany(better)) continue;
      changed |= better;
      f = dpick(better, f, dfill(1));
      for (int j = 0; j < n; j++) A(i, j) /= f;
      for (int j = 0; j < n; j++) A(j, i) *= f;
    }
  }
}

enum { COLUMNS = 4, ROWS = WIDE > LANES ? 4 : 2 };

/* d_j = factor sum_(i > k) v_i a_ij for R columns from j on. */
INLINE void reflect_columns(const int R, int j, int k, int n, int row, const vd *a, const vd *v, vd factor, vd *d) {
  vd sum[COLUMNS];
  UNROLL for (int c = 0; c < R; c++) sum[c] = dfill(0);
  for (int i = k + 1; i < n; i++) {
    UNROLL for (int c = 0; c < R; c++) sum[c] += v[i] * A(i, j + c);
  }
  UNROLL for (int c = 0; c < R; c++) d[j + c] = sum[c] * factor;
}

/* R rows from i on lose v_i d^T, then their part along v. */
INLINE void reflect_rows(const int R, int i, int k, int n, int row, vd *a, const vd *v, vd factor, const vd *d) {
  vd sum[ROWS];
  UNROLL for (int r = 0; r < R; r++) {
    sum[r] = dfill(0);
    if (i > k) A(i + r, k) -= v[i + r] * d[k];
  }
  for (int j = k + 1; j < n; j++) {
    UNROLL for (int r = 0; r < R; r++) {
      vd x = A(i + r, j);
      if (i > k) A(i + r, j) = x -= v[i + r] * d[j];
      sum[r] += x * v[j];
    }
  }
  UNROLL for (int r = 0; r < R; r++) sum[r] *= factor;
  for (int j = k + 1; j < n; j++) {
    UNROLL for (int r = 0; r < R; r++) A(i + r, j) -= sum[r] * v[j];
  }
}

/* Householder reduction to upper Hessenberg form. v: 2 n of scratch. */
APART void hessenberg(int n, int row, vd *a, vd *v) {
  vd *d = v + n;
  for (int k = 0; k + 2 < n; k++) {
    vd scale = dfill(0), square = dfill(0);
    for (int i = k + 1; i < n; i++) scale += dabs(A(i, k));
    const vl some = scale > 0;
    if (!dany(some)) continue;
    const vd unit = dpick(some, scale, dfill(1));
    for (int i = k + 1; i < n; i++) v[i] = A(i, k) / unit, square += v[i] * v[i];
    const vd root = droot(square), head = dpick(v[k + 1] > 0, -root, root);
    const vd beta = square - v[k + 1] * head; /* |v - head e|^2 / 2 */
    v[k + 1] -= head;
    const vd factor = dpick(some & (beta != 0), 1.0 / beta, dfill(0));
    int j = k;
    for (; j + COLUMNS <= n; j += COLUMNS) reflect_columns(COLUMNS, j, k, n, row, a, v, factor, d);
    for (; j < n; j++) reflect_columns(1, j, k, n, row, a, v, factor, d);
    int i = 0;
    for (; i + ROWS <= k + 1; i += ROWS) reflect_rows(ROWS, i, k, n, row, a, v, factor, d);
    for (; i <= k; i++) reflect_rows(1, i, k, n, row, a, v, factor, d);
    for (; i + ROWS <= n; i += ROWS) reflect_rows(ROWS, i, k, n, row, a, v, factor, d);
    for (; i < n; i++) reflect_rows(1, i, k, n, row, a, v, factor, d);
    for (int below = k + 2; below < n; below++) A(below, k) = dfill(0);
  }
}

/* First and last row of each lane's active block. The rest of a matrix is no longer needed. */
typedef struct {
  vl lo, hi;
  int top, middle, bottom; /* least lo, least and largest hi of lanes that are not done */
} Window;

/* Deflates; returns the lanes that moved on. The matrix below `bottom` is left alone. */
INLINE vl deflate(int row, vd *a, Window *w) {
  for (int k = 1; k <= w->bottom; k++) {
    vd around = dabs(A(k - 1, k - 1)) + dabs(A(k, k));
    around = dpick(around == 0, dfill(1), around);
    A(k, k - 1) = dpick(dabs(A(k, k - 1)) <= 2.3e-16 * around, dfill(0), A(k, k - 1));
  }
  vl moved = {0};
  for (;;) {
    w->lo = (vl){0};
    for (int k = 1; k <= w->bottom; k++) w->lo = lpick((A(k, k - 1) == 0) & (k <= w->hi), lfill(k), w->lo);
    const vl done = (w->hi >= 0) & (w->lo >= w->hi - 1);
    if (!dany((vl)done)) break;
    w->hi = lpick(done, w->lo - 1, w->hi);
    moved |= done;
  }
  w->top = w->middle = w->bottom + 1, w->bottom = -1;
  for (int l = 0; l < VECTOR; l++) {
    const int lo = (int)w->lo[l], hi = (int)w->hi[l];
    if (hi < 0) continue;
    if (hi > w->bottom) w->bottom = hi;
    if (hi < w->middle) w->middle = hi;
    if (lo < w->top) w->top = lo;
  }
  return moved;
}

/* The reflector of each lane: x - v (w x), 0 where there is none. */
typedef struct {
  vd v0, v1, v2, w0, w1, w2;
} Reflector;

INLINE Reflector reflector(vd x, vd y, vd z, vl active) {
  vd scale = dabs(x) + dabs(y) + dabs(z);
  active &= scale != 0;
  scale = dpick(active, scale, dfill(1));
  x /= scale, y /= scale, z /= scale;
  const vd norm = droot(x * x + y * y + z * z), head = dpick(x > 0, -norm, norm);
  const vd beta = norm * norm - x * head;
  const vd inverse = dpick(active & (beta != 0), 1.0 / beta, dfill(0));
  const vd first = x - head;
  return (Reflector){dpick(active, first, dfill(0)), dpick(active, y, dfill(0)), dpick(active, z, dfill(0)),
                     first * inverse, y * inverse, z * inverse};
}

/* Three numbers, or the first two of them. */
INLINE void reflect(const int three, const Reflector *r, vd *x, vd *y, vd *z) {
  vd dot = r->w0 * *x + r->w1 * *y;
  if (three) dot += r->w2 * *z;
  *x -= dot * r->v0;
  *y -= dot * r->v1;
  if (three) *z -= dot * r->v2;
}

/* Applies a reflector from both sides, to columns `from` to `bottom` and rows `top` to `last`. */
INLINE void apply(const int three, int row, vd *a, int k, const Reflector *given, int from, int bottom, int top, int last) {
  const Reflector r = *given;
  for (int j = from; j <= bottom; j++) reflect(three, &r, &A(k, j), &A(k + 1, j), &A(k + 2, j));
  for (int i = top; i <= last; i++) reflect(three, &r, &A(i, k), &A(i, k + 1), &A(i, k + 2));
}

/* p + s and p s - qr are sum and product of a lane's two shifts: a 2 x 2 matrix with the diagonal (p, s) and
   the off-diagonal product qr. */
typedef struct {
  vd p, s, qr;
} Shifts;

INLINE Shifts shifts_of(int row, const vd *a, const Window *w, vl unusual) {
  vd p = dfill(0), s = p, qr = p, off = p;
  for (int k = w->middle; k <= w->bottom; k++) {
    const vl here = w->hi == k;
    if (!dany(here)) continue;
    p = dpick(here, A(k - 1, k - 1), p), s = dpick(here, A(k, k), s);
    qr = dpick(here, A(k - 1, k) * A(k, k - 1), qr);
    off = dpick(here, dabs(A(k, k - 1)) + (k > 1 ? dabs(A(k - 1, k - 2)) : dfill(0)), off);
  }
  /* An unusual shift breaks a cycle: sum 1.5 off and product off^2, from A(hi, hi). */
  const vd centre = s + 0.75 * off;
  return (Shifts){dpick(unusual, centre, p), dpick(unusual, centre, s), dpick(unusual, -0.4375 * off * off, qr)};
}

/* One Francis double-shift sweep over the windows. It leaves the rest of the matrices unchanged, because only
   eigenvalues are needed. The first column of (H - shift1)(H - shift2) is computed from differences, so that
   close eigenvalues do not cancel to noise. */
APART void francis(int row, vd *a, const Window *w, const Shifts *given) {
  const int top = w->top, bottom = w->bottom;
  const Shifts f = *given;
  for (int k = top; k < bottom; k++) {
    const vl active = (w->lo <= k) & (k < w->hi);
    if (!dany(active)) continue;
    const vl start = w->lo == k, far = k + 1 < w->hi;
    const int three = k + 2 <= bottom;
    vd x = dfill(0), y = x, z = x;
    if (k > top) {
      x = A(k, k - 1), y = A(k + 1, k - 1);
      if (three) z = A(k + 2, k - 1);
    }
    if (dany(start)) {
      x = dpick(start, (A(k, k) - f.p) * (A(k, k) - f.s) - f.qr + A(k, k + 1) * A(k + 1, k), x);
      y = dpick(start, A(k + 1, k) * ((A(k, k) - f.p) + (A(k + 1, k + 1) - f.s)), y);
      if (three) z = dpick(start, A(k + 1, k) * A(k + 2, k + 1), z);
    }
    const Reflector r = reflector(x, y, dpick(far, z, dfill(0)), active);
    const int from = k > top ? k - 1 : k;
    if (three) {
      apply(1, row, a, k, &r, from, bottom, top, k + 3 <= bottom ? k + 3 : bottom);
    } else {
      apply(0, row, a, k, &r, from, bottom, top, bottom);
    }
    if (k > top) {
      const vl inside = active & ~start;
      A(k + 1, k - 1) = dpick(inside, dfill(0), A(k + 1, k - 1));
      if (three) A(k + 2, k - 1) = dpick(inside & far, dfill(0), A(k + 2, k - 1));
    }
  }
}

/* Quasi-triangular form, diagonal blocks only. Returns the lanes that converged within 60 n sweeps. */
APART vl quasi_triangular(int n, int row, vd *a) {
  Window w = {lfill(0), lfill(n - 1), 0, 0, n - 1};
  vl since = lfill(0);
  for (int sweep = 0;; sweep++) {
    since = lpick(deflate(row, a, &w), lfill(0), since);
    if (w.bottom < 0 || sweep == 60 * n) return w.hi < 0;
    since += 1;
    vl unusual = {0};
    for (int l = 0; l < VECTOR; l++) unusual[l] = since[l] % 10 == 0 ? -1 : 0;
    const Shifts shifts = shifts_of(row, a, &w, unusual);
    francis(row, a, &w, &shifts);
  }
}

static void eigenvalues_group(const void *context, int k, int thread) {
  const Dense *d = context;
  const Group g = take_group(d, k, thread);
  const int n = g.n, row = g.row;
  vd *a = g.a;
  balance(n, row, a);
  hessenberg(n, row, a, g.rest);
  const vl converged = quasi_triangular(n, row, a);
  vd second_re = dfill(0), second_im = second_re;
  for (int i = 0; i < n; i++) {
    const vl second = i > 0 ? A(i, i - 1) != 0 : (vl){0};
    vd re = dpick(second, second_re, A(i, i)), im = dpick(second, second_im, dfill(0));
    if (i + 1 < n) {
      /* The eigenvalues of the 2 x 2 block that begins here. */
      const vl pair = A(i + 1, i) != 0;
      const vd s = A(i + 1, i + 1), half = (A(i, i) - s) / 2, product = A(i, i + 1) * A(i + 1, i);
      const vd square = half * half + product, root = droot(dabs(square));
      const vl real = square >= 0;
      const vd apart = dpick(half >= 0, half + root, half - root);
      re = dpick(pair, dpick(real, s + apart, s + half), re);
      im = dpick(pair, dpick(real, dfill(0), root), im);
      second_re = dpick(real, dpick(apart == 0, s, s - product / apart), s + half);
      second_im = dpick(real, dfill(0), -root);
    }
    /* No sign of a 0. */
    put(&g, converged, i, re + 0.0, AT(d->re));
    put(&g, converged, i, im + 0.0, AT(d->im));
  }
  put_status(&g, converged, d);
}

/* Eigenvalues by the double-shift QR algorithm (Francis 1961): re and im, in no order. */
EXPORT void eigenvalues(const Dense *d) { each_group(d, eigenvalues_group); }
