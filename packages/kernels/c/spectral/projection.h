/* Orthogonal projection of a lane group's vectors, samples in the lanes, several basis vectors at a time. */
#ifndef PROJECTION_H
#define PROJECTION_H

#include "target/target.h"

/* K inner products <basis[k], w> at once, added to h[k * step]; then w loses these components. Returns |w|^2.
   */
INLINE vf project(const int K, int width, int lanes, int far, const float *basis, float *w, vf *h, int step) {
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
  vf even = fill(0), other = fill(0);
  for (int d = 0; d < width; d++) {
    vf x = load(w + d * lanes);
    UNROLL for (int k = 0; k < K; k++) x -= sum[k] * load(basis + k * far + d * lanes);
    store(w + d * lanes, x);
    const vf now = other + x * x;
    other = even, even = now;
  }
  return even + other;
}

/* w minus its components along basis[0..count), up to eight vectors at a time; the coefficients are added to
   h. Returns |w|^2. count: 1 or more. */
APART vf orthogonalise(int count, int width, int lanes, int far, const float *basis, float *w, vf *h, int step) {
  int k = 0;
  vf left = fill(0);
  for (; k + 8 <= count; k += 8) left = project(8, width, lanes, far, basis + k * far, w, h + k * step, step);
#define PROJECT(K) \
  case K: left = project(K, width, lanes, far, basis + k * far, w, h + k * step, step); break;
  switch (count - k) { PROJECT(1) PROJECT(2) PROJECT(3) PROJECT(4) PROJECT(5) PROJECT(6) PROJECT(7) }
#undef PROJECT
  return left;
}

#endif
