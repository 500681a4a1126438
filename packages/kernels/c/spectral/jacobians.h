/* Shared code of iterations on all Jacobians J_i = diag(s_i) W of a layer. Samples are in the lanes of blocks
   [width][stride]. */
#ifndef LAYER_H
#define LAYER_H

#include "math/product.h"

/* <x, y> over the features for four samples: x and y at their lane group. */
INLINE vf inner(int width, int stride, const float *x, const float *y) {
  vf sum[4];
  UNROLL for (int i = 0; i < 4; i++) sum[i] = fill(0);
  int d = 0;
  for (; d + 3 < width; d += 4) {
    UNROLL for (int i = 0; i < 4; i++) sum[i] += load(x + (d + i) * stride) * load(y + (d + i) * stride);
  }
  for (; d < width; d++) sum[0] += load(x + d * stride) * load(y + d * stride);
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

/* x <- x factor */
INLINE void rescale(int width, int stride, float *x, vf factor) {
  for (int d = 0; d < width; d++) store(x + d * stride, load(x + d * stride) * factor);
}

/* x <- x / |x|, zero where it is zero; returns |x|. */
INLINE vf to_unit(int width, int stride, float *x) {
  const vf norm = vroot(inner(width, stride, x, x));
  rescale(width, stride, x, vpick(norm > fill(0), 1.0f / norm, fill(0)));
  return norm;
}

/* x <- x - factor y */
INLINE void subtract(int width, int stride, float *x, vf factor, const float *y) {
  for (int d = 0; d < width; d++) store(x + d * stride, load(x + d * stride) - factor * load(y + d * stride));
}

/* norms[i] = |J_i|_F, and slopes scaled so that every J_i has norm 1: nothing overflows or vanishes later.
   Norms are in float64. Lanes without a sample, with J = 0 or with a J that is not finite get slopes 0.
   Returns 0 where a weight is not finite, and then no lane is to be touched. rows: [width] of scratch. */
INLINE int unit_jacobians(int width, int batch, int stride, const float *weights, const float *slopes, double *norms,
                          double *rows, float *scaled) {
  double all = 0;
  /* Rows in the lanes: a row's squares are added in their order, whatever the others do. */
  for (int d = 0; d < width; d += TILE) {
    const int some = width - d < TILE ? width - d : TILE;
    const float *row[TILE];
    UNROLL for (int i = 0; i < TILE; i++) row[i] = weights + (d + (i < some ? i : 0)) * width;
    vd sum = {0};
    int k = 0;
    for (; k + TILE <= width; k += TILE) {
      tile t[TILE];
      UNROLL for (int i = 0; i < TILE; i++) t[i] = load_tile(row[i] + k);
      turn(t);
      UNROLL for (int i = 0; i < TILE; i++) sum += widen(t[i]) * widen(t[i]);
    }
    for (; k < width; k++) {
      UNROLL for (int i = 0; i < TILE; i++) sum[i] += (double)row[i][k] * (double)row[i][k];
    }
    for (int i = 0; i < some; i++) rows[d + i] = sum[i], all += sum[i];
  }
  for (int i = 0; i < stride; i++) norms[i] = 0;
  for (int d = 0; d < width; d++) {
    for (int i = 0; i < batch; i++) norms[i] += (double)slopes[d * stride + i] * (double)slopes[d * stride + i] * rows[d];
  }
  const int finite = all < __builtin_inf();
  for (int i = 0; i < batch; i++) {
    norms[i] = norms[i] < __builtin_inf() ? __builtin_sqrt(norms[i]) : __builtin_nan("");
  }
  for (int d = 0; d < width; d++) {
    for (int i = 0; i < stride; i++) {
      double s = 0;
      if (finite && norms[i] > 0 && rows[d] > 0) s = slopes[d * stride + i] / norms[i];
      /* |s| |row| <= 1, so that only rows of denormal numbers reach the limit. */
      if (s > 1e38) s = 1e38;
      if (s < -1e38) s = -1e38;
      scaled[d * stride + i] = (float)s;
    }
  }
  return finite;
}

#endif
