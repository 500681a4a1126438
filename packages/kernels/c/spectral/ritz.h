/* The Hessenberg matrices of one lane group, [m + 1][MOST], that Arnoldi's iteration leaves: their dominant
   eigenpair, and vectors in the coordinates of its basis. */
#ifndef RITZ_H
#define RITZ_H

#include "spectral/dominant.h"

enum { MATRIX = MOST * MOST };

/* The dominant Ritz pair of one lane group, eigenvalue and coefficients y, and its residual |h_(m+1,m)
   y_m|. */
APART vc ritz(int m, const vf *h, vf *work, vc *y, vf *residual) {
  vf size = fill(0);
  for (int i = 0; i < m; i++) {
    for (int j = i > 0 ? i - 1 : 0; j < m; j++) size = vmax(size, vabs(h[i * MOST + j]));
  }
  const vf inverse = vpick(size > fill(0), 1.0f / size, fill(0));
  vf *scaled = work, *t = work + MATRIX;
  for (int i = 0; i < m; i++) {
    for (int j = i > 0 ? i - 1 : 0; j < m; j++) scaled[i * MOST + j] = h[i * MOST + j] * inverse;
  }
  vc l = {fill(0), fill(0)};
  vi sure = ifill(0);
  if (2 < m && m <= DEGREE) {
    l = dominant_eigenvalue(m, scaled, &sure);
    sure &= inverse_iteration(m, scaled, l, (vc *)t, y) <= 1e-3f * vroot(l.re * l.re + l.im * l.im);
  }
  if (vany(~sure)) {
    const vc slow = hessenberg_eigenvalue(m, scaled, t);
    l.re = vpick(sure, l.re, slow.re), l.im = vpick(sure, l.im, slow.im);
    inverse_iteration(m, scaled, l, (vc *)t, y);
  }
  *residual = vabs(h[m * MOST + m - 1]) * vroot(y[m - 1].re * y[m - 1].re + y[m - 1].im * y[m - 1].im);
  l.re *= size, l.im *= size;
  return l;
}

/* x <- (inverse h)^steps x. In units of an eigenvalue nothing grows or vanishes on the way. */
APART void forward(int m, const vf *h, vf inverse, int steps, vf *x) {
  vf image[MOST];
  for (int step = 0; step < steps; step++) {
    for (int i = 0; i < m; i++) {
      vf even = fill(0), odd = fill(0);
      int k = i > 0 ? i - 1 : 0;
      for (; k + 1 < m; k += 2) even += h[i * MOST + k] * x[k], odd += h[i * MOST + k + 1] * x[k + 1];
      if (k < m) even += h[i * MOST + k] * x[k];
      image[i] = (even + odd) * inverse;
    }
    for (int i = 0; i < m; i++) x[i] = image[i];
  }
}

/* x <- x / |x|, zero where it is zero. */
APART void unit(int m, vf *x) {
  vf squares = fill(0);
  for (int i = 0; i < m; i++) squares += x[i] * x[i];
  const vf inverse = vpick(squares > fill(0), 1.0f / vroot(squares), fill(0));
  for (int i = 0; i < m; i++) x[i] *= inverse;
}

/* y <- y times the phase that makes <x, y> a positive number: the phase that inverse iteration leaves,
   rounding decides. */
APART void turn_towards(int m, const vf *x, vc *y) {
  vf re = fill(0), im = fill(0);
  for (int i = 0; i < m; i++) re += x[i] * y[i].re, im += x[i] * y[i].im;
  const vf size = vroot(re * re + im * im);
  const vi some = size > fill(0);
  re = vpick(some, re / size, fill(1)), im = vpick(some, im / size, fill(0));
  for (int i = 0; i < m; i++) {
    const vf turned = y[i].re * re + y[i].im * im;
    y[i].im = y[i].im * re - y[i].re * im, y[i].re = turned;
  }
}

#endif
