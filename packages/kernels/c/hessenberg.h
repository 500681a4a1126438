/* Eigenvalues and one eigenvector of small real Hessenberg matrices, four of them at once, one in each lane. Control
   flow is shared: a lane that is done, or that starts or ends its sweep elsewhere, is carried along by masks. */
#ifndef HESSENBERG_H
#define HESSENBERG_H

#include "vector.h"

#define MOST 32 /* largest dimension */

/* Rows are MOST apart whatever m is: constant offsets are what addresses are cheapest with. */
#define T(i, j) t[(i) * MOST + (j)]

/* A reflector I - v (v inverse)^T that maps (x, y, z) to (head, 0, 0); the identity in lanes outside the mask. The
   matrix is of size 1: what has no square in float32 is nothing. */
INLINE void reflector(v4 x, v4 y, v4 z, i4 active, v4 *v0, v4 *v1, v4 *v2, v4 *inverse) {
  const v4 square = x * x + y * y + z * z;
  const v4 norm = root4(square);
  const v4 head = pick4(x > fill4(0), -norm, norm);
  const v4 beta = square - x * head;
  *v0 = x - head, *v1 = y, *v2 = z;
  *inverse = pick4(active & (beta > fill4(1e-35f)), 1.0f / beta, fill4(0));
}

/* Entries this much smaller than their diagonal neighbours are dropped: values are wanted to 1e-4. */
#define NEGLIGIBLE 5e-6f

INLINE int largest(i4 x) {
  const int a = x[0] > x[1] ? x[0] : x[1], b = x[2] > x[3] ? x[2] : x[3];
  return a > b ? a : b;
}

/* Reduces t (m x m, overwritten) to quasi-triangular form, diagonal blocks only, by Francis' double-shift QR. A lane
   that has not converged after 20 m sweeps, not seen so far, is left as it is: its Ritz pair then has a residual that
   tells. */
APART void quasi_triangular(int m, v4 *t) {
  i4 hi = ifill4(m - 1);
  int bottom = m - 1; /* the largest hi: nothing below or right of it, nor above the smallest lo, is wanted again */
  for (int sweep = 0; sweep < 20 * m; sweep++) {
    for (int k = 1; k <= bottom; k++) {
      const v4 around = abs4(T(k - 1, k - 1)) + abs4(T(k, k));
      T(k, k - 1) = pick4(abs4(T(k, k - 1)) > NEGLIGIBLE * around, T(k, k - 1), fill4(0));
    }
    /* Where each lane's active block starts, after as many deflations as there are. */
    i4 lo;
    for (;;) {
      lo = ifill4(0);
      for (int k = 1; k <= bottom; k++) lo = ipick4((T(k, k - 1) == fill4(0)) & (ifill4(k) <= hi), ifill4(k), lo);
      const i4 done = (hi >= ifill4(0)) & (lo >= hi - 1);
      if (!any4(done)) break;
      hi = ipick4(done, lo - 1, hi);
    }
    if (!any4(hi >= ifill4(0))) break;
    const i4 live = hi >= ifill4(0);
    bottom = largest(hi);
    const int top = -largest(ipick4(live, -lo, ifill4(-m)));

    v4 p = fill4(0), q = p, r = p, s = p;
    for (int k = 1; k <= bottom; k++) {
      const i4 here = hi == ifill4(k);
      if (!any4(here)) continue;
      p = pick4(here, T(k - 1, k - 1), p), q = pick4(here, T(k - 1, k), q);
      r = pick4(here, T(k, k - 1), r), s = pick4(here, T(k, k), s);
    }
    v4 sum = p + s, product = p * s - q * r;
    /* Two real shifts that lie apart can stall: the one nearer to the corner is used twice. */
    const v4 half = 0.5f * (p - s), square = half * half + q * r;
    const v4 root = root4(max4(square, fill4(0)));
    const v4 near = 0.5f * sum + pick4(half > fill4(0), -root, root);
    const i4 real = square >= fill4(0);
    sum = pick4(real, 2 * near, sum), product = pick4(real, near * near, product);
    if (sweep % 11 == 10) {
      /* An unusual shift breaks a cycle. */
      const v4 off = abs4(r) + 0.5f * abs4(q), centre = s + 0.75f * off;
      sum = 2 * centre, product = centre * centre + 0.4375f * off * off;
    }
    for (int k = top; k < bottom; k++) {
      const i4 start = lo == ifill4(k);
      const i4 active = (lo <= ifill4(k)) & (ifill4(k) < hi);
      if (!any4(active)) continue;
      const i4 three = active & (ifill4(k + 1) < hi);
      v4 x = fill4(0), y = x, z = x;
      if (k > top) x = T(k, k - 1), y = T(k + 1, k - 1), z = k + 2 < m ? T(k + 2, k - 1) : z;
      if (any4(start)) {
        x = pick4(start, T(k, k) * T(k, k) + T(k, k + 1) * T(k + 1, k) - sum * T(k, k) + product, x);
        y = pick4(start, T(k + 1, k) * (T(k, k) + T(k + 1, k + 1) - sum), y);
        if (k + 2 < m) z = pick4(start, T(k + 1, k) * T(k + 2, k + 1), z);
      }
      z = pick4(three, z, fill4(0));
      v4 v0, v1, v2, inverse;
      reflector(x, y, z, active, &v0, &v1, &v2, &inverse);
      const v4 w0 = v0 * inverse, w1 = v1 * inverse, w2 = v2 * inverse;
      /* Rows from the bottom: the next reflector waits for the last three only. */
      const int last = k + 3 < bottom ? k + 3 : bottom;
      if (k + 2 <= bottom) {
        for (int j = k > top ? k - 1 : k; j <= bottom; j++) {
          const v4 dot = w0 * T(k, j) + w1 * T(k + 1, j) + w2 * T(k + 2, j);
          T(k, j) -= dot * v0;
          T(k + 1, j) -= dot * v1;
          T(k + 2, j) -= dot * v2;
        }
        for (int i = last; i >= top; i--) {
          const v4 dot = w0 * T(i, k) + w1 * T(i, k + 1) + w2 * T(i, k + 2);
          T(i, k) -= dot * v0;
          T(i, k + 1) -= dot * v1;
          T(i, k + 2) -= dot * v2;
        }
      } else {
        for (int j = k > top ? k - 1 : k; j <= bottom; j++) {
          const v4 dot = w0 * T(k, j) + w1 * T(k + 1, j);
          T(k, j) -= dot * v0;
          T(k + 1, j) -= dot * v1;
        }
        for (int i = last; i >= top; i--) {
          const v4 dot = w0 * T(i, k) + w1 * T(i, k + 1);
          T(i, k) -= dot * v0;
          T(i, k + 1) -= dot * v1;
        }
      }
      if (k > 0) {
        /* What the reflector annihilated. */
        const i4 inside = active & ~start;
        T(k + 1, k - 1) = pick4(inside, fill4(0), T(k + 1, k - 1));
        if (k + 2 < m) T(k + 2, k - 1) = pick4(inside & three, fill4(0), T(k + 2, k - 1));
      }
    }
  }
}

/* The eigenvalue of largest modulus, of a pair the one with positive imaginary part. h: m x m upper Hessenberg; t: MOST * MOST of scratch. NaN in lanes that are not finite. */
APART c4 hessenberg_eigenvalue(int m, const v4 *h, v4 *t) {
  for (int i = 0; i < m; i++) {
    for (int j = 0; j < m; j++) T(i, j) = j + 1 < i ? fill4(0) : h[i * MOST + j];
  }
  quasi_triangular(m, t);
  c4 best = {fill4(0), fill4(0)};
  v4 score = fill4(-1);
  for (int k = 0; k < m; k++) {
    const i4 below = k + 1 < m ? T(k + 1, k) != fill4(0) : ifill4(0);
    const i4 above = k > 0 ? T(k, k - 1) != fill4(0) : ifill4(0);
    c4 found[2] = {{T(k, k), fill4(0)}, {T(k, k), fill4(0)}};
    if (k + 1 < m) {
      const v4 half = 0.5f * (T(k, k) - T(k + 1, k + 1)), square = half * half + T(k, k + 1) * T(k + 1, k);
      const i4 real = square >= fill4(0);
      const v4 root = root4(abs4(square)), middle = 0.5f * (T(k, k) + T(k + 1, k + 1));
      const v4 spread = pick4(real, root, fill4(0)), turn = pick4(real, fill4(0), root);
      found[0].re = pick4(below, middle + spread, found[0].re);
      found[1].re = pick4(below, middle - spread, found[1].re);
      found[0].im = found[1].im = pick4(below, turn, fill4(0));
    }
    for (int e = 0; e < 2; e++) {
      const v4 value = found[e].re * found[e].re + found[e].im * found[e].im;
      const i4 better = (value > score) & ~above;
      score = pick4(better, value, score);
      best.re = pick4(better, found[e].re, best.re);
      best.im = pick4(better, found[e].im, best.im);
    }
  }
  /* 0 where all is finite, NaN elsewhere. */
  v4 check = fill4(0);
  for (int i = 0; i < m; i++) {
    for (int j = i > 0 ? i - 1 : 0; j < m; j++) check += h[i * MOST + j] * 0.0f;
  }
  best.re += check, best.im += check;
  return best;
}

/* The eigenvector y of an eigenvalue l, of unit length, by one step of inverse iteration: elimination with row interchanges,
   then a right-hand side of equal numbers (the last pivot is tiny, so one step is enough). The entries of h are of size 1.
   u: MOST * MOST complex of scratch. Returns |h y - l y|. */
APART v4 inverse_iteration(int m, const v4 *h, c4 l, c4 *u, c4 *y) {
  v4 size = fill4(1e-30f);
  for (int i = 0; i < m; i++) {
    for (int j = i > 0 ? i - 1 : 0; j < m; j++) {
      u[i * MOST + j].re = i == j ? h[i * MOST + j] - l.re : h[i * MOST + j];
      u[i * MOST + j].im = i == j ? -l.im : fill4(0);
      size = max4(size, abs4(h[i * MOST + j]));
    }
  }
  const v4 smallest = 1e-7f * size;
  for (int k = 0; k + 1 < m; k++) {
    c4 *a = u + k * MOST, *b = u + (k + 1) * MOST;
    const i4 swap = abs4(b[k].re) + abs4(b[k].im) > abs4(a[k].re) + abs4(a[k].im);
    for (int j = k; j < m; j++) {
      const c4 p = a[j], q = b[j];
      a[j].re = pick4(swap, q.re, p.re), a[j].im = pick4(swap, q.im, p.im);
      b[j].re = pick4(swap, p.re, q.re), b[j].im = pick4(swap, p.im, q.im);
    }
    const v4 square = a[k].re * a[k].re + a[k].im * a[k].im;
    const v4 inverse = pick4(square > fill4(0), 1.0f / square, fill4(0));
    const v4 re = (b[k].re * a[k].re + b[k].im * a[k].im) * inverse;
    const v4 im = (b[k].im * a[k].re - b[k].re * a[k].im) * inverse;
    for (int j = k + 1; j < m; j++) {
      b[j].re -= re * a[j].re - im * a[j].im;
      b[j].im -= re * a[j].im + im * a[j].re;
    }
  }
  for (int i = 0; i < m; i++) y[i].re = smallest, y[i].im = fill4(0);
  for (int i = m - 1; i >= 0; i--) {
    v4 re = y[i].re, im = y[i].im;
    for (int j = i + 1; j < m; j++) {
      re -= u[i * MOST + j].re * y[j].re - u[i * MOST + j].im * y[j].im;
      im -= u[i * MOST + j].re * y[j].im + u[i * MOST + j].im * y[j].re;
    }
    v4 a = u[i * MOST + i].re;
    const v4 b = u[i * MOST + i].im;
    a = pick4(abs4(a) + abs4(b) < smallest, smallest, a);
    const v4 inverse = 1.0f / (a * a + b * b);
    y[i].re = (re * a + im * b) * inverse;
    y[i].im = (im * a - re * b) * inverse;
    const i4 grown = max4(abs4(y[i].re), abs4(y[i].im)) > fill4(1e8f);
    if (any4(grown)) {
      const v4 shrink = pick4(grown, fill4(1e-8f), fill4(1));
      for (int j = 0; j < m; j++) y[j].re *= shrink, y[j].im *= shrink;
    }
  }
  v4 norm = fill4(0);
  for (int i = 0; i < m; i++) norm += y[i].re * y[i].re + y[i].im * y[i].im;
  const v4 scale = 1.0f / root4(norm);
  for (int i = 0; i < m; i++) y[i].re *= scale, y[i].im *= scale;
  return smallest * scale * __builtin_sqrtf((float)m);
}

#endif
