#include "spectral/lanczos.h"

/* The largest singular value of J_i = diag(s_i) W for all samples of a layer together. The Lanczos method on
   J^T J, with full orthogonalisation, starts from each sample's vector of the last visit. T = Q^T J^T J Q is
   tridiagonal, with entries a_j and b_j. With T q = l q: v = Q q, sigma = |J v| (a lower bound of sigma_1),
   u = J v / sigma, d sigma / dJ = u v^T. */

/* steps: of Lanczos, at most LARGEST - 1 and the width. start: [width][stride], replaced by v. values,
   residuals:
   |J^T u - sigma v| / sigma, [stride]. vectors: v, u, W v. scratch: 2 steps + 3 blocks, 2 (stride + width),
   2 stride LARGEST and width^2 numbers. */
EXPORT void singular_layer(int width, int batch, int stride, int steps, const float *weights, const float *slopes,
                           float *start, float *values, float *residuals, float *vectors, float *scratch) {
  const int far = width * stride;
  float *basis = scratch, *images = basis + (steps + 1) * far, *scaled = images + steps * far, *pulled = scaled + far;
  double *norms = (double *)(pulled + far), *rows = norms + stride;
  vf *a = (vf *)(rows + width + (width & 1)), *b = a + stride / LANES * LARGEST;
  float *turned = (float *)(b + stride / LANES * LARGEST);
  float *v = vectors, *u = v + far, *image = u + far;
  if (!unit_jacobians(width, batch, stride, weights, slopes, norms, rows, scaled)) {
    for (int i = 0; i < 3 * far; i++) vectors[i] = 0;
    for (int i = 0; i < stride; i++) values[i] = __builtin_nanf(""), residuals[i] = 0;
    return;
  }
  for (int i = 0; i < far; i += LANES) store(basis + i, load(start + i));
  tridiagonalise(GRAM, width, stride, steps, weights, scaled, basis, images, pulled, a, b, turned);
  for (int g = 0; g < stride; g += LANES) {
    const vf *off = b + g / LANES * LARGEST;
    vf q[LARGEST];
    top_of_tridiagonal(steps, a + g / LANES * LARGEST, off, q);
    combination(steps, width, stride, q, basis + g, v + g);
    combination(steps, width, stride, q, images + g, image + g);
    for (int i = g; i < far; i += stride) store(u + i, load(scaled + i) * load(image + i));
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
