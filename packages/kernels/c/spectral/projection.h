/* Orthogonal projection of a lane group's vectors, samples in the lanes, several basis vectors at a time. */
#ifndef PROJECTION_H
#define PROJECTION_H

#include "target/target.h"

/* K inner products <basis[k], w> at once, added to h[k * step]; then w loses these components. */
INLINE void project(const int K, int width, int lanes, int far, const float *basis, float *w, vf *h, int step) {
  vf sum[8], odd[4];
  UNROLL for (int k = 0; k < K; k++) sum[k] = fill(0);
  if (K > 4) {
    for (int d = 0; d < width; d++) {
      const vf x = load(w + d * lanes);
      UNROLL for (int k = 0; k < K; k++) sum[k] += load(basis + k * far + d * lanes) * x;
    }
  } else {
    /* Few sums wait for their own last addition: two of each. */
    UNROLL for (int k = 0; k < K; k++) odd[k] = fill(0);
    int d = 0;
    for (; d + 1 < width; d += 2) {
      const vf x = load(w + d * lanes), y = load(w + (d + 1) * lanes);
      UNROLL for (int k = 0; k < K; k++) sum[k] += load(basis + k * far + d * lanes) * x;
      UNROLL for (int k = 0; k < K; k++) odd[k] += load(basis + k * far + (d + 1) * lanes) * y;
    }
    if (d < width) {
      const vf x = load(w + d * lanes);
      UNROLL for (int k = 0; k < K; k++) sum[k] += load(basis + k * far + d * lanes) * x;
    }
    UNROLL for (int k = 0; k < K; k++) sum[k] += odd[k];
  }
  UNROLL for (int k = 0; k < K; k++) h[k * step] += sum[k];
  for (int d = 0; d < width; d++) {
    vf x = load(w + d * lanes);
    UNROLL for (int k = 0; k < K; k++) x -= sum[k] * load(basis + k * far + d * lanes);
    store(w + d * lanes, x);
  }
}

/* w minus its components along basis[0..count), up to eight vectors at a time; the coefficients are added to
   h. */
APART void orthogonalise(int count, int width, int lanes, int far, const float *basis, float *w, vf *h, int step) {
  int k = 0;
  for (; k + 8 <= count; k += 8) project(8, width, lanes, far, basis + k * far, w, h + k * step, step);
  if (k + 4 <= count) project(4, width, lanes, far, basis + k * far, w, h + k * step, step), k += 4;
  switch (count - k) {
    case 3: project(3, width, lanes, far, basis + k * far, w, h + k * step, step); break;
    case 2: project(2, width, lanes, far, basis + k * far, w, h + k * step, step); break;
    case 1: project(1, width, lanes, far, basis + k * far, w, h + k * step, step); break;
  }
}

#endif
