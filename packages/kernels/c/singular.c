#include "layer.h"
#include "product.h"

/* The largest singular value of J_i = diag(s_i) W for all samples of a layer at once, by the Lanczos method on J^T J from
   each sample's own vector of the time before, with full orthogonalisation. With T = Q^T J^T J Q (tridiagonal, entries
   a_j and b_j), T q = l q: v = Q q, sigma = |J v| (a lower bound of sigma_1), u = J v / sigma, d sigma / dJ = u v^T. */

enum { LARGEST = 32 }; /* steps */

/* Largest eigenvalue of the tridiagonal matrices of four samples, and its vector: bisection on whether x - T is positive
   definite, then inverse iteration by the same stable factorisation. T is of size 1 or less. */
APART v4 top_of_tridiagonal(int m, const v4 *a, const v4 *b, v4 *q) {
  v4 low = a[0], high = fill4(0);
  for (int j = 0; j < m; j++) {
    low = max4(low, a[j]);
    v4 reach = abs4(a[j]);
    if (j > 0) reach += b[j - 1];
    if (j + 1 < m) reach += b[j];
    high = max4(high, reach);
  }
  high = high * 1.000001f + 1e-20f;
  for (int halving = 0; halving < 25; halving++) {
    const v4 middle = 0.5f * (low + high);
    v4 pivot = middle - a[0];
    i4 definite = pivot > fill4(0);
    for (int j = 1; j < m; j++) {
      pivot = (middle - a[j]) - b[j - 1] * b[j - 1] / pivot;
      definite &= pivot > fill4(0);
    }
    high = pick4(definite, middle, high);
    low = pick4(definite, low, middle);
  }
  v4 d[LARGEST];
  d[0] = high - a[0];
  for (int j = 1; j < m; j++) d[j] = (high - a[j]) - b[j - 1] * b[j - 1] / d[j - 1];
  /* The vector has no negative entry, and so nothing in common with the others than this start. */
  for (int j = 0; j < m; j++) q[j] = fill4(1);
  for (int round = 0; round < 2; round++) {
    for (int j = 1; j < m; j++) q[j] += b[j - 1] / d[j - 1] * q[j - 1];
    q[m - 1] /= d[m - 1];
    for (int j = m - 2; j >= 0; j--) q[j] = q[j] / d[j] + b[j] / d[j] * q[j + 1];
    v4 size = fill4(0), square = fill4(0);
    for (int j = 0; j < m; j++) size = max4(size, abs4(q[j]));
    for (int j = 0; j < m; j++) q[j] /= size;
    for (int j = 0; j < m; j++) square += q[j] * q[j];
    const v4 norm = root4(square);
    for (int j = 0; j < m; j++) q[j] /= norm;
  }
  return high;
}

/* w loses its components along basis[0..count); returns that along the last one. */
APART v4 orthogonalise(int count, int width, int stride, int far, const float *basis, float *w) {
  v4 along = fill4(0);
  for (int k = 0; k < count; k++) {
    along = inner(width, stride, basis + k * far, w);
    subtract(width, stride, w, along, basis + k * far);
  }
  return along;
}

/* out = W x, or W^T x. */
APART void multiply(int transposed, int width, int stride, const float *weights, const float *x, float *out) {
  product(width, width, weights, transposed ? 1 : width, transposed ? width : 1, x, stride, out, 0, 0);
}

/* steps: of Lanczos, at most LARGEST - 1 and the width. start: [width][stride], replaced by v. values, residuals:
   |J^T u - sigma v| / sigma, [stride]. vectors: v, u, W v. scratch: 2 steps + 3 blocks, 2 (stride + width) and
   2 stride LARGEST numbers. */
EXPORT void singular_layer(int width, int batch, int stride, int steps, const float *weights, const float *slopes,
                           float *start, float *values, float *residuals, float *vectors, float *scratch) {
  const int far = width * stride;
  float *basis = scratch, *images = basis + (steps + 1) * far, *scaled = images + steps * far, *pulled = scaled + far;
  double *norms = (double *)(pulled + far), *rows = norms + stride;
  v4 *a = (v4 *)(rows + width + (width & 1)), *b = a + stride / LANES * LARGEST;
  float *v = vectors, *u = v + far, *image = u + far;
  if (!unit_jacobians(width, batch, stride, weights, slopes, norms, rows, scaled)) {
    for (int i = 0; i < 3 * far; i++) vectors[i] = 0;
    for (int i = 0; i < stride; i++) values[i] = __builtin_nanf(""), residuals[i] = 0;
    return;
  }
  for (int i = 0; i < far; i += LANES) store(basis + i, load(start + i));
  for (int g = 0; g < stride; g += LANES) to_unit(width, stride, basis + g);
  for (int j = 0; j < steps; j++) {
    float *w = basis + (j + 1) * far;
    multiply(0, width, stride, weights, basis + j * far, images + j * far);
    for (int i = 0; i < far; i += LANES) {
      const v4 s = load(scaled + i);
      store(pulled + i, s * (s * load(images + j * far + i)));
    }
    multiply(1, width, stride, weights, pulled, w);
    for (int g = 0; g < stride; g += LANES) {
      v4 *at = a + g / LANES * LARGEST + j;
      *at = orthogonalise(j + 1, width, stride, far, basis + g, w + g);
      *at += orthogonalise(j + 1, width, stride, far, basis + g, w + g);
      b[g / LANES * LARGEST + j] = to_unit(width, stride, w + g);
    }
  }
  for (int g = 0; g < stride; g += LANES) {
    const v4 *off = b + g / LANES * LARGEST;
    v4 q[LARGEST];
    top_of_tridiagonal(steps, a + g / LANES * LARGEST, off, q);
    for (int d = 0; d < width; d++) {
      const int at = d * stride + g;
      v4 x = fill4(0), y = fill4(0);
      for (int k = 0; k < steps; k++) {
        x += q[k] * load(basis + k * far + at);
        y += q[k] * load(images + k * far + at);
      }
      store(v + at, x);
      store(image + at, y);
      store(u + at, load(scaled + at) * y);
    }
    const v4 length = root4(inner(width, stride, v + g, v + g));
    const v4 sigma = to_unit(width, stride, u + g);
    const i4 good = (sigma > fill4(0)) & (length > fill4(0));
    /* A number that is not one stays visible; 0 is that of J = 0. */
    const v4 value = pick4(sigma == fill4(0), fill4(0), sigma / length);
    store(residuals + g, pick4(good, off[steps - 1] * abs4(q[steps - 1]) / (value * value), fill4(0)));
    for (int i = g; i < g + LANES; i++) values[i] = (float)(norms[i] * value[i - g]);
    const v4 inverse = pick4(good, 1.0f / length, fill4(0));
    for (int d = 0; d < width; d++) {
      const int at = d * stride + g;
      const v4 x = pick4(good, load(v + at) * inverse, fill4(0));
      store(start + at, pick4(good, x, load(start + at)));
      store(v + at, x);
      store(u + at, pick4(good, load(u + at), fill4(0)));
      store(image + at, pick4(good, load(image + at) * inverse, fill4(0)));
    }
  }
}
