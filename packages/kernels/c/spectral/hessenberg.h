/* Eigenvalues and one eigenvector of small real Hessenberg matrices, four of them at once, one in each lane.
   Control flow is shared: a lane that is done, or that starts or ends its sweep elsewhere, is carried along
   by masks. */
#ifndef HESSENBERG_H
#define HESSENBERG_H

#include "target/target.h"

/* Largest dimension of a Krylov space. */
CONSTANT(LARGEST_KRYLOV, 31)
enum { MOST = LARGEST_KRYLOV + 1 };

/* Rows are MOST apart for every m, because constant offsets make the cheapest addresses. */
#define T(i, j) t[(i) * MOST + (j)]

/* A reflector I - v (v inverse)^T that maps (x, y, z) to (head, 0, 0), or the identity in lanes outside the
   mask. The matrix has entries of size 1, so numbers whose square underflows in float32 count as zero. */
INLINE void reflector(vf x, vf y, vf z, vi active, vf *v0, vf *v1, vf *v2, vf *inverse) {
  const vf square = x * x + y * y + z * z;
  const vf norm = vroot(square);
  const vf head = vpick(x > fill(0), -norm, norm);
  const vf beta = square - x * head;
  *v0 = x - head, *v1 = y, *v2 = z;
  *inverse = vpick(active & (beta > fill(1e-35f)), 1.0f / beta, fill(0));
}

/* Entries this much smaller than their diagonal neighbours are dropped: values are wanted to 1e-4. */
#define NEGLIGIBLE 5e-6f

/* Reduces t (m x m, overwritten) to quasi-triangular form, diagonal blocks only, by Francis' double-shift QR.
   A lane that has not converged after 20 m sweeps keeps its state. No such lane is known. Its Ritz pair would
   have a large residual. */
APART void quasi_triangular(int m, vf *t) {
  vi hi = ifill(m - 1);
  /* The largest hi. Rows and columns behind it, and those before the smallest lo, are no longer needed. */
  int bottom = m - 1;
  for (int sweep = 0; sweep < 20 * m; sweep++) {
    for (int k = 1; k <= bottom; k++) {
      const vf around = vabs(T(k - 1, k - 1)) + vabs(T(k, k));
      T(k, k - 1) = vpick(vabs(T(k, k - 1)) > NEGLIGIBLE * around, T(k, k - 1), fill(0));
    }
    /* Start of each lane's active block, after all deflations. */
    vi lo;
    for (;;) {
      lo = ifill(0);
      for (int k = 1; k <= bottom; k++) lo = ipick((T(k, k - 1) == fill(0)) & (ifill(k) <= hi), ifill(k), lo);
      const vi done = (hi >= ifill(0)) & (lo >= hi - 1);
      if (!vany(done)) break;
      hi = ipick(done, lo - 1, hi);
    }
    if (!vany(hi >= ifill(0))) break;
    const vi live = hi >= ifill(0);
    bottom = largest_lane(hi);
    const int top = -largest_lane(ipick(live, -lo, ifill(-m)));

    vf p = fill(0), q = p, r = p, s = p;
    for (int k = 1; k <= bottom; k++) {
      const vi here = hi == ifill(k);
      if (!vany(here)) continue;
      p = vpick(here, T(k - 1, k - 1), p), q = vpick(here, T(k - 1, k), q);
      r = vpick(here, T(k, k - 1), r), s = vpick(here, T(k, k), s);
    }
    vf sum = p + s, product = p * s - q * r;
    /* Two real shifts that lie apart can stall: the one nearer to the corner is used twice. */
    const vf half = 0.5f * (p - s), square = half * half + q * r;
    const vf root = vroot(vmax(square, fill(0)));
    const vf near = 0.5f * sum + vpick(half > fill(0), -root, root);
    const vi real = square >= fill(0);
    sum = vpick(real, 2 * near, sum), product = vpick(real, near * near, product);
    if (sweep % 11 == 10) {
      /* An unusual shift breaks a cycle. */
      const vf off = vabs(r) + 0.5f * vabs(q), centre = s + 0.75f * off;
      sum = 2 * centre, product = centre * centre + 0.4375f * off * off;
    }
    for (int k = top; k < bottom; k++) {
      const vi start = lo == ifill(k);
      const vi active = (lo <= ifill(k)) & (ifill(k) < hi);
      if (!vany(active)) continue;
      const vi three = active & (ifill(k + 1) < hi);
      vf x = fill(0), y = x, z = x;
      if (k > top) x = T(k, k - 1), y = T(k + 1, k - 1), z = k + 2 < m ? T(k + 2, k - 1) : z;
      if (vany(start)) {
        x = vpick(start, T(k, k) * T(k, k) + T(k, k + 1) * T(k + 1, k) - sum * T(k, k) + product, x);
        y = vpick(start, T(k + 1, k) * (T(k, k) + T(k + 1, k + 1) - sum), y);
        if (k + 2 < m) z = vpick(start, T(k + 1, k) * T(k + 2, k + 1), z);
      }
      z = vpick(three, z, fill(0));
      vf v0, v1, v2, inverse;
      reflector(x, y, z, active, &v0, &v1, &v2, &inverse);
      const vf w0 = v0 * inverse, w1 = v1 * inverse, w2 = v2 * inverse;
      /* Rows from the bottom: the next reflector waits for the last three only. */
      const int last = k + 3 < bottom ? k + 3 : bottom;
      if (k + 2 <= bottom) {
        for (int j = k > top ? k - 1 : k; j <= bottom; j++) {
          const vf dot = w0 * T(k, j) + w1 * T(k + 1, j) + w2 * T(k + 2, j);
          T(k, j) -= dot * v0;
          T(k + 1, j) -= dot * v1;
          T(k + 2, j) -= dot * v2;
        }
        for (int i = last; i >= top; i--) {
          const vf dot = w0 * T(i, k) + w1 * T(i, k + 1) + w2 * T(i, k + 2);
          T(i, k) -= dot * v0;
          T(i, k + 1) -= dot * v1;
          T(i, k + 2) -= dot * v2;
        }
      } else {
        for (int j = k > top ? k - 1 : k; j <= bottom; j++) {
          const vf dot = w0 * T(k, j) + w1 * T(k + 1, j);
          T(k, j) -= dot * v0;
          T(k + 1, j) -= dot * v1;
        }
        for (int i = last; i >= top; i--) {
          const vf dot = w0 * T(i, k) + w1 * T(i, k + 1);
          T(i, k) -= dot * v0;
          T(i, k + 1) -= dot * v1;
        }
      }
      if (k > 0) {
        /* The entries that the reflector made 0. */
        const vi inside = active & ~start;
        T(k + 1, k - 1) = vpick(inside, fill(0), T(k + 1, k - 1));
        if (k + 2 < m) T(k + 2, k - 1) = vpick(inside & three, fill(0), T(k + 2, k - 1));
      }
    }
  }
}

/* The eigenvalue of largest modulus (for a pair, the one with positive imaginary part). h: m x m upper
   Hessenberg. t: MOST * MOST of scratch. NaN in lanes that are not finite. */
APART vc hessenberg_eigenvalue(int m, const vf *h, vf *t) {
  for (int i = 0; i < m; i++) {
    for (int j = 0; j < m; j++) T(i, j) = j + 1 < i ? fill(0) : h[i * MOST + j];
  }
  quasi_triangular(m, t);
  vc best = {fill(0), fill(0)};
  vf score = fill(-1);
  for (int k = 0; k < m; k++) {
    const vi below = k + 1 < m ? T(k + 1, k) != fill(0) : ifill(0);
    const vi above = k > 0 ? T(k, k - 1) != fill(0) : ifill(0);
    vc found[2] = {{T(k, k), fill(0)}, {T(k, k), fill(0)}};
    if (k + 1 < m) {
      const vf half = 0.5f * (T(k, k) - T(k + 1, k + 1)), square = half * half + T(k, k + 1) * T(k + 1, k);
      const vi real = square >= fill(0);
      const vf root = vroot(vabs(square)), middle = 0.5f * (T(k, k) + T(k + 1, k + 1));
      const vf spread = vpick(real, root, fill(0)), turn = vpick(real, fill(0), root);
      found[0].re = vpick(below, middle + spread, found[0].re);
      found[1].re = vpick(below, middle - spread, found[1].re);
      found[0].im = found[1].im = vpick(below, turn, fill(0));
    }
    for (int e = 0; e < 2; e++) {
      const vf value = found[e].re * found[e].re + found[e].im * found[e].im;
      const vi better = (value > score) & ~above;
      score = vpick(better, value, score);
      best.re = vpick(better, found[e].re, best.re);
      best.im = vpick(better, found[e].im, best.im);
    }
  }
  /* 0 where all is finite, NaN elsewhere. */
  vf check = fill(0);
  for (int i = 0; i < m; i++) {
    for (int j = i > 0 ? i - 1 : 0; j < m; j++) check += h[i * MOST + j] * 0.0f;
  }
  best.re += check, best.im += check;
  return best;
}

/* The unit eigenvector y of an eigenvalue l, by one step of inverse iteration: elimination with row
   interchanges on a right-hand side of equal numbers. The last pivot is tiny, so one step is enough. The
   entries of h are of size 1. u: MOST * MOST complex of scratch. Returns |h y - l y|. */
APART vf inverse_iteration(int m, const vf *h, vc l, vc *u, vc *y) {
  vf size = fill(1e-30f);
  for (int i = 0; i < m; i++) {
    for (int j = i > 0 ? i - 1 : 0; j < m; j++) {
      u[i * MOST + j].re = i == j ? h[i * MOST + j] - l.re : h[i * MOST + j];
      u[i * MOST + j].im = i == j ? -l.im : fill(0);
      size = vmax(size, vabs(h[i * MOST + j]));
    }
  }
  const vf smallest = 1e-7f * size;
  for (int k = 0; k + 1 < m; k++) {
    vc *a = u + k * MOST, *b = u + (k + 1) * MOST;
    const vi swap = vabs(b[k].re) + vabs(b[k].im) > vabs(a[k].re) + vabs(a[k].im);
    for (int j = k; j < m; j++) {
      const vc p = a[j], q = b[j];
      a[j].re = vpick(swap, q.re, p.re), a[j].im = vpick(swap, q.im, p.im);
      b[j].re = vpick(swap, p.re, q.re), b[j].im = vpick(swap, p.im, q.im);
    }
    const vf square = a[k].re * a[k].re + a[k].im * a[k].im;
    const vf inverse = vpick(square > fill(0), 1.0f / square, fill(0));
    const vf re = (b[k].re * a[k].re + b[k].im * a[k].im) * inverse;
    const vf im = (b[k].im * a[k].re - b[k].re * a[k].im) * inverse;
    for (int j = k + 1; j < m; j++) {
      b[j].re -= re * a[j].re - im * a[j].im;
      b[j].im -= re * a[j].im + im * a[j].re;
    }
  }
  for (int i = 0; i < m; i++) y[i].re = smallest, y[i].im = fill(0);
  for (int i = m - 1; i >= 0; i--) {
    vf re = y[i].re, im = y[i].im;
    for (int j = i + 1; j < m; j++) {
      re -= u[i * MOST + j].re * y[j].re - u[i * MOST + j].im * y[j].im;
      im -= u[i * MOST + j].re * y[j].im + u[i * MOST + j].im * y[j].re;
    }
    vf a = u[i * MOST + i].re;
    const vf b = u[i * MOST + i].im;
    a = vpick(vabs(a) + vabs(b) < smallest, smallest, a);
    const vf inverse = 1.0f / (a * a + b * b);
    y[i].re = (re * a + im * b) * inverse;
    y[i].im = (im * a - re * b) * inverse;
    const vi grown = vmax(vabs(y[i].re), vabs(y[i].im)) > fill(1e8f);
    if (vany(grown)) {
      const vf shrink = vpick(grown, fill(1e-8f), fill(1));
      for (int j = 0; j < m; j++) y[j].re *= shrink, y[j].im *= shrink;
    }
  }
  vf norm = fill(0);
  for (int i = 0; i < m; i++) norm += y[i].re * y[i].re + y[i].im * y[i].im;
  const vf scale = 1.0f / vroot(norm);
  for (int i = 0; i < m; i++) y[i].re *= scale, y[i].im *= scale;
  return smallest * scale * __builtin_sqrtf((float)m);
}

#endif
