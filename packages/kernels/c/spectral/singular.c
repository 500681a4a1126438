#include "spectral/jacobians.h"
#include "math/product.h"

/* The largest singular value of J_i = diag(s_i) W for all samples of a layer at once, by the Lanczos method on J^T J from
   each sample's own vector of the time before, with full orthogonalisation. With T = Q^T J^T J Q (tridiagonal, entries
   a_j and b_j), T q = l q: v = Q q, sigma = |J v| (a lower bound of sigma_1), u = J v / sigma, d sigma / dJ = u v^T. */

CONSTANT(LARGEST_LANCZOS, 31) /* steps */
enum { LARGEST = LARGEST_LANCZOS + 1 };

/* Largest eigenvalue of the tridiagonal matrices of four samples, and its vector: bisection on whether x - T is positive
   definite, then inverse iteration by the same stable factorisation. T is of size 1 or less. */
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
  /* The vector has no negative entry, and so nothing in common with the others than this start. */
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
  vf *a = (vf *)(rows + width + (width & 1)), *b = a + stride / LANES * LARGEST;
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
      const vf s = load(scaled + i);
      store(pulled + i, s * (s * load(images + j * far + i)));
    }
    multiply(1, width, stride, weights, pulled, w);
    for (int g = 0; g < stride; g += LANES) {
      vf *at = a + g / LANES * LARGEST + j;
      *at = orthogonalise(j + 1, width, stride, far, basis + g, w + g);
      *at += orthogonalise(j + 1, width, stride, far, basis + g, w + g);
      b[g / LANES * LARGEST + j] = to_unit(width, stride, w + g);
    }
  }
  for (int g = 0; g < stride; g += LANES) {
    const vf *off = b + g / LANES * LARGEST;
    vf q[LARGEST];
    top_of_tridiagonal(steps, a + g / LANES * LARGEST, off, q);
    for (int d = 0; d < width; d++) {
      const int at = d * stride + g;
      vf x = fill(0), y = fill(0);
      for (int k = 0; k < steps; k++) {
        x += q[k] * load(basis + k * far + at);
        y += q[k] * load(images + k * far + at);
      }
      store(v + at, x);
      store(image + at, y);
      store(u + at, load(scaled + at) * y);
    }
    const vf length = vroot(inner(width, stride, v + g, v + g));
    const vf sigma = to_unit(width, stride, u + g);
    const vi good = (sigma > fill(0)) & (length > fill(0));
    /* A number that is not one stays visible; 0 is that of J = 0. */
    const vf value = vpick(sigma == fill(0), fill(0), sigma / length);
    store(residuals + g, vpick(good, off[steps - 1] * vabs(q[steps - 1]) / (value * value), fill(0)));
    for (int i = g; i < g + LANES; i++) values[i] = (float)(norms[i] * value[i - g]);
    const vf inverse = vpick(good, 1.0f / length, fill(0));
    for (int d = 0; d < width; d++) {
      const int at = d * stride + g;
      const vf x = vpick(good, load(v + at) * inverse, fill(0));
      store(start + at, vpick(good, x, load(start + at)));
      store(v + at, x);
      store(u + at, vpick(good, load(u + at), fill(0)));
      store(image + at, vpick(good, load(image + at) * inverse, fill(0)));
    }
  }
}
