/* The Lanczos method with full orthogonalisation for all samples of a layer at once, each from its own
   vector. Q is a basis of the Krylov space of a symmetric matrix A made of J_i = diag(s_i) W. T = Q^T A Q is
   tridiagonal, with entries a_j and b_j. */
#ifndef LANCZOS_H
#define LANCZOS_H

#include "spectral/group-product.h"
#include "spectral/jacobians.h"

CONSTANT(LARGEST_LANCZOS, 31) /* steps */
enum { LARGEST = LARGEST_LANCZOS + 1 };

/* Largest eigenvalue of the tridiagonal matrices of four samples, and its vector: bisection on whether x - T
   is positive definite, then inverse iteration by the same stable factorisation. T is of size 1 or less. */
APART vf top_of_tridiagonal(int m, const vf *a, const vf *b, vf *q) {
  vf low = a[0], high = fill(0);
  for (int j = 0; j < m; j++) {
    low = vmax(low, a[j]);
    vf reach = vabs(a[j]);
    if (j > 0) reach += b[j - 1];
    if (j + 1 < m) reach += b[j];
    high = vmax(high, reach);
  }
  high = high * 1.000001f + 1e-20f;
  for (int halving = 0; halving < 25; halving++) {
    const vf middle = 0.5f * (low + high);
    vf pivot = middle - a[0];
    vi definite = pivot > fill(0);
    for (int j = 1; j < m; j++) {
      pivot = (middle - a[j]) - b[j - 1] * b[j - 1] / pivot;
      definite &= pivot > fill(0);
    }
    high = vpick(definite, middle, high);
    low = vpick(definite, low, middle);
  }
  vf d[LARGEST];
  d[0] = high - a[0];
  for (int j = 1; j < m; j++) d[j] = (high - a[j]) - b[j - 1] * b[j - 1] / d[j - 1];
  /* The eigenvector has no negative entry, so this start is never orthogonal to it. */
  for (int j = 0; j < m; j++) q[j] = fill(1);
  for (int round = 0; round < 2; round++) {
    for (int j = 1; j < m; j++) q[j] += b[j - 1] / d[j - 1] * q[j - 1];
    q[m - 1] /= d[m - 1];
    for (int j = m - 2; j >= 0; j--) q[j] = q[j] / d[j] + b[j] / d[j] * q[j + 1];
    vf size = fill(0), square = fill(0);
    for (int j = 0; j < m; j++) size = vmax(size, vabs(q[j]));
    for (int j = 0; j < m; j++) q[j] /= size;
    for (int j = 0; j < m; j++) square += q[j] * q[j];
    const vf norm = vroot(square);
    for (int j = 0; j < m; j++) q[j] /= norm;
  }
  return high;
}

/* w loses its components along basis[0..count); returns that along the last one. */
APART vf orthogonalise(int count, int width, int stride, int far, const float *basis, float *w) {
  vf along = fill(0);
  for (int k = 0; k < count; k++) {
    along = inner(width, stride, basis + k * far, w);
    subtract(width, stride, w, along, basis + k * far);
  }
  return along;
}

/* out = W x, or W^T x. */
APART void multiply(int transposed, int width, int stride, const float *weights, const float *turned, const float *x, float *out) {
  square_product(width, weights, turned, transposed, stride, x, (Images){out, 0, 0});
}

/* Which matrix A. */
enum { GRAM /* J^T J */, SYMMETRIC_PART /* (J + J^T) / 2 */ };

/* basis: steps + 1 blocks [width][stride], the first one given. images: W times the first `steps` blocks.
   scaled: the slopes. a, b: LARGEST for each lane group. turned: [width][width] of scratch. */
INLINE void tridiagonalise(int kind, int width, int stride, int steps, const float *weights, const float *scaled, float *basis,
                           float *images, float *pulled, vf *a, vf *b, float *turned) {
  const int far = width * stride;
  if (stride == LANES) turn_square(width, weights, turned);
  for (int g = 0; g < stride; g += LANES) to_unit(width, stride, basis + g);
  for (int j = 0; j < steps; j++) {
    const float *q = basis + j * far, *image = images + j * far;
    float *w = basis + (j + 1) * far;
    multiply(0, width, stride, weights, turned, q, images + j * far);
    for (int i = 0; i < far; i += LANES) {
      const vf s = load(scaled + i);
      store(pulled + i, kind == GRAM ? s * (s * load(image + i)) : s * load(q + i));
    }
    multiply(1, width, stride, weights, turned, pulled, w);
    if (kind == SYMMETRIC_PART) {
      for (int i = 0; i < far; i += LANES) store(w + i, 0.5f * (load(scaled + i) * load(image + i) + load(w + i)));
    }
    for (int g = 0; g < stride; g += LANES) {
      vf *at = a + g / LANES * LARGEST + j;
      *at = orthogonalise(j + 1, width, stride, far, basis + g, w + g);
      *at += orthogonalise(j + 1, width, stride, far, basis + g, w + g);
      b[g / LANES * LARGEST + j] = to_unit(width, stride, w + g);
    }
  }
}

/* out = sum_k q_k blocks_k */
INLINE void combination(int steps, int width, int stride, const vf *q, const float *blocks, float *out) {
  for (int d = 0; d < width; d++) {
    vf sum = fill(0);
    for (int k = 0; k < steps; k++) sum += q[k] * load(blocks + (k * width + d) * stride);
    store(out + d * stride, sum);
  }
}

#endif
