#include "math/product.h"
#include "target/parallel.h"

/* Gelfand's formula for the spectral radius of J = diag(s) W, rho ~ |J^k|_F^(1/k) with k = 2^squarings, and
   its exact derivative. With M_0 = J / n_0 and M_j = M_(j-1)^2 / n_j (n_j the Frobenius norms),
       rho = n_0 sqrt(n_1 sqrt(n_2 ... sqrt(n_m))),
       K_m = M_m^T,  K_(j-1) = (K_j M_(j-1) + M_(j-1) K_j) / n_j,  (d rho / dJ)^T = rho / (n_0 2^m) K_0:
   the transposed derivative needs no transposed factor.
   A power that vanishes gives rho = 0 and derivative 0; what is not finite gives NaN. */

/* |M|_F in float64, then M <- M / |M|_F. */
static double normalise(int size, float *m) {
  const double norm = __builtin_sqrt(squares(size, m));
  if (norm > 1e-30 && norm < 1e30) {
    const vf scale = fill((float)(1.0 / norm));
    for (int i = 0; i < size; i += LANES) store(m + i, load(m + i) * scale);
  } else if (norm > 0) {
    for (int i = 0; i < size; i++) m[i] = (float)(m[i] / norm);
  }
  return norm;
}

/* One matrix. powers[0] holds J, with rows padded to `ld`. Returns rho, and stores (d rho / dJ)^T in `k` if
   `k` is not null. */
static double gelfand_one(int width, int ld, int squarings, float *powers, float *k, float *spare) {
  const int size = width * ld;
  double norms[32];
  norms[0] = normalise(size, powers);
  for (int j = 1; j <= squarings && norms[j - 1] > 0; j++) {
    float *m = powers + (j - 1) * size;
    product(width, width, m, ld, 1, m, ld, m + size, 0, 0);
    norms[j] = normalise(size, m + size);
    if (norms[j] == 0) norms[0] = 0;
  }
  if (!(norms[0] > 0) || norms[0] > 1e300) {
    const double special = norms[0] == 0 ? 0 : __builtin_nan("");
    if (k) for (int i = 0; i < size; i++) k[i] = (float)special;
    return special;
  }
  double rho = norms[squarings];
  for (int j = squarings - 1; j >= 0; j--) rho = norms[j] * __builtin_sqrt(rho);
  if (!k) return rho;

  const float *last = powers + squarings * size;
  for (int r = 0; r < width; r++) {
    for (int c = 0; c < width; c++) k[r * ld + c] = last[c * ld + r];
    for (int c = width; c < ld; c++) k[r * ld + c] = 0;
  }
  for (int j = squarings; j > 0; j--) {
    const float *m = powers + (j - 1) * size;
    product(width, width, k, ld, 1, m, ld, spare, 0, 0);
    product(width, width, m, ld, 1, k, ld, spare, 0, 1);
    /* Each squaring doubles the derivative: the half keeps its size, and pays for the 2^m. */
    const vf scale = fill((float)(0.5 / norms[j]));
    for (int i = 0; i < size; i += LANES) store(k + i, load(spare + i) * scale);
  }
  const float scale = (float)(rho / norms[0]);
  for (int i = 0; i < size; i++) k[i] *= scale;
  return rho;
}

typedef struct {
  int width, batch, stride, squarings;
  const float *weights, *slopes;
  float *values, *gradients, *scratch;
} Gelfand;

/* Sample i of layer n = k / batch. */
static void gelfand_sample(const void *context, int k, int thread) {
  const Gelfand *a = context;
  const int width = a->width, ld = (width + LANES - 1) / LANES * LANES, size = width * ld, n = k / a->batch, i = k % a->batch;
  const float *w = a->weights + n * width * width;
  float *powers = a->scratch + thread * (a->squarings + 2) * size, *spare = powers + (a->squarings + 1) * size;
  for (int r = 0; r < width; r++) {
    const float s = a->slopes[(n * width + r) * a->stride + i];
    for (int c = 0; c < width; c++) powers[r * ld + c] = s * w[r * width + c];
  }
  a->values[k] = (float)gelfand_one(width, ld, a->squarings, powers, a->gradients ? a->gradients + k * size : 0, spare);
}

/* values[n * batch + i] = rho of layer n and sample i; gradients (where given): (d rho / dJ)^T, [depth *
   batch][width][ld]. scratch: (squarings + 2) * width * ld floats for each thread, zeroed once by the caller
   so that the padding of the rows is 0. */
EXPORT void gelfand(int depth, int width, int batch, int stride, const float *weights, const float *slopes, int squarings,
                    float *values, float *_Nullable gradients, float *scratch) {
  const Gelfand a = {width, batch, stride, squarings, weights, slopes, values, gradients, scratch};
  in_parallel(depth * batch, gelfand_sample, &a);
}

/* Adds cotangent[n * batch + i] times the stored derivatives: to W (through diag(s)) and to s (through W). */
EXPORT void gelfand_pullback(int depth, int width, int batch, int stride, const float *weights, const float *slopes,
                             const float *gradients, const float *cotangent, float *grad_weights, float *grad_slopes) {
  const int ld = (width + LANES - 1) / LANES * LANES;
  for (int n = 0; n < depth; n++) {
    for (int i = 0; i < batch; i++) {
      const float c = cotangent[n * batch + i];
      const float *g = gradients + (n * batch + i) * width * ld;
      for (int r = 0; r < width; r++) {
        const int at = (n * width + r) * stride + i;
        const float *w = weights + (n * width + r) * width;
        float *gw = grad_weights + (n * width + r) * width;
        const float scale = c * slopes[at];
        float along = 0;
        for (int j = 0; j < width; j++) {
          gw[j] += scale * g[j * ld + r];
          along += g[j * ld + r] * w[j];
        }
        grad_slopes[at] += c * along;
      }
    }
  }
}
