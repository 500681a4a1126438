#include "math/product.h"
#include "target/parallel.h"

/* The smallest eigenvalue and singular value of J = diag(s) W are the largest of an inverse. Its transpose
   has J's own form: J^-T = diag(1 / s) V with V = W^-T, so that one inverse a layer serves all samples. */

typedef struct {
  int width;
  const float *weights;
  float *inverses;
  double *scratch;
} Inverse;

/* a <- a^-1 by Gauss-Jordan elimination with row pivoting. Returns 0 if a pivot is NaN or only rounding of
   the largest entry. order: [n] */
static int invert(int n, double *a, double *order) {
  double largest = 0;
  for (int k = 0; k < n * n; k++) {
    const double size = __builtin_fabs(a[k]);
    if (!(size <= largest)) largest = size;
  }
  for (int k = 0; k < n; k++) {
    int pivot = k;
    for (int i = k + 1; i < n; i++) {
      if (__builtin_fabs(a[i * n + k]) > __builtin_fabs(a[pivot * n + k])) pivot = i;
    }
    order[k] = pivot;
    if (!(__builtin_fabs(a[pivot * n + k]) > 1e-14 * largest)) return 0;
    double *row = a + k * n, *other = a + pivot * n;
    if (pivot != k) {
      for (int j = 0; j < n; j++) {
        const double x = row[j];
        row[j] = other[j], other[j] = x;
      }
    }
    const double inverse = 1.0 / row[k];
    row[k] = 1;
    for (int j = 0; j < n; j++) row[j] *= inverse;
    for (int i = 0; i < n; i++) {
      if (i == k) continue;
      double *to = a + i * n;
      const double factor = to[k];
      to[k] = 0;
      for (int j = 0; j < n; j++) to[j] -= factor * row[j];
    }
  }
  for (int k = n - 1; k >= 0; k--) {
    const int pivot = (int)order[k];
    if (pivot == k) continue;
    for (int i = 0; i < n; i++) {
      const double x = a[i * n + k];
      a[i * n + k] = a[i * n + pivot], a[i * n + pivot] = x;
    }
  }
  return 1;
}

static void invert_layer(const void *context, int layer, int thread) {
  const Inverse *t = context;
  const int n = t->width;
  const float *w = t->weights + layer * n * n;
  float *v = t->inverses + layer * n * n;
  double *a = t->scratch + thread * n * (n + 1), sum = 0;
  for (int r = 0; r < n; r++) {
    for (int c = 0; c < n; c++) a[r * n + c] = w[c * n + r], sum += w[c * n + r] - w[c * n + r];
  }
  const int good = sum == 0 && invert(n, a, a + n * n);
  const float none = sum == 0 ? 0 : __builtin_nanf("");
  for (int k = 0; k < n * n; k++) v[k] = good ? (float)a[k] : none;
}

/* V = W^-T of each layer, [depth][width][width], in float64. V is 0 if W is singular, and NaN if W is not
   finite. scratch: width (width + 1) numbers for each thread. */
EXPORT void inverse_transposed(int depth, int width, const float *weights, float *inverses, double *scratch) {
  const Inverse t = {width, weights, inverses, scratch};
  in_parallel(depth, invert_layer, &t);
}

typedef struct {
  int width;
  const float *inverses, *pulled;
  float *grad_weights, *scratch;
} InversePullback;

static void pull_layer(const void *context, int layer, int thread) {
  const InversePullback *t = context;
  const int n = t->width, ld = (n + LANES - 1) / LANES * LANES, size = n * ld;
  const float *v = t->inverses + layer * n * n, *g = t->pulled + layer * n * n;
  float *padded = t->scratch + thread * 3 * size, *inner = padded + size, *all = inner + size;
  for (int r = 0; r < n; r++) {
    for (int c = 0; c < ld; c++) padded[r * ld + c] = c < n ? v[r * n + c] : 0;
  }
  product(n, n, g, 1, n, padded, ld, inner, 0, 0);
  product(n, n, v, n, 1, inner, ld, all, 0, 0);
  float *to = t->grad_weights + layer * n * n;
  for (int r = 0; r < n; r++) {
    for (int c = 0; c < n; c++) to[r * n + c] -= all[r * ld + c];
  }
}

/* Converts a gradient by V into one by W and adds it. dV = -V dW^T V, so G becomes -V G^T V. scratch: 3 width
   rows of whole vectors for each thread. */
EXPORT void inverse_pullback(int depth, int width, const float *inverses, const float *pulled, float *grad_weights,
                             float *scratch) {
  const InversePullback t = {width, inverses, pulled, grad_weights, scratch};
  in_parallel(depth, pull_layer, &t);
}
