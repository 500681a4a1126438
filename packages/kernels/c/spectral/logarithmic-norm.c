#include "spectral/lanczos.h"

/* The logarithmic norm mu_2(J_i) of J_i = diag(s_i) W, the largest eigenvalue of S = (J + J^T) / 2, for all
   samples of a layer at once, by the Lanczos method on S: v its unit vector, mu = v^T J v (a lower bound), d
   mu / dJ = v v^T. */

/* steps: of Lanczos, at most LARGEST - 1 and the width. start: [width][stride], replaced by v. values,
   residuals:
   |S v - mu v| over the largest row sum of T, about |S|, [stride]. vectors: v, v, W v. scratch: as of
   `singular_layer`. */
EXPORT void logarithmic_norm_layer(int width, int batch, int stride, int steps, const float *weights, const float *slopes,
                                   float *start, float *values, float *residuals, float *vectors, float *scratch) {
  const int far = width * stride;
  float *basis = scratch, *images = basis + (steps + 1) * far, *scaled = images + steps * far, *pulled = scaled + far;
  double *norms = (double *)(pulled + far), *rows = norms + stride;
  vf *a = (vf *)(rows + width + (width & 1)), *b = a + stride / LANES * LARGEST;
  float *turned = (float *)(b + stride / LANES * LARGEST);
  float *v = vectors, *again = v + far, *image = again + far;
  if (!unit_jacobians(width, batch, stride, weights, slopes, norms, rows, scaled)) {
    for (int i = 0; i < 3 * far; i++) vectors[i] = 0;
    for (int i = 0; i < stride; i++) values[i] = __builtin_nanf(""), residuals[i] = 0;
    return;
  }
  for (int i = 0; i < far; i += LANES) store(basis + i, load(start + i));
  tridiagonalise(SYMMETRIC_PART, width, stride, steps, weights, scaled, basis, images, pulled, a, b, turned);
  for (int g = 0; g < stride; g += LANES) {
    vf *diagonal = a + g / LANES * LARGEST, q[LARGEST], size = fill(0);
    const vf *off = b + g / LANES * LARGEST;
    for (int j = 0; j < steps; j++) {
      vf row = vabs(diagonal[j]);
      if (j > 0) row += off[j - 1];
      if (j + 1 < steps) row += off[j];
      size = vmax(size, row);
      /* An exhausted space continues with zeros, whose eigenvalue 0 does not belong to S. */
      if (j > 0) diagonal[j] = vpick(off[j - 1] == fill(0), fill(-2), diagonal[j]);
    }
    top_of_tridiagonal(steps, diagonal, off, q);
    combination(steps, width, stride, q, basis + g, v + g);
    combination(steps, width, stride, q, images + g, image + g);
    const vf length = vroot(inner(width, stride, v + g, v + g));
    /* J = 0 has slopes of zero here, and S = 0. */
    const vi good = (size > fill(0)) & (length > fill(0));
    const vf inverse = vpick(good, 1.0f / length, fill(0));
    for (int i = g; i < far; i += stride) {
      const vf x = vpick(good, load(v + i) * inverse, fill(0));
      store(start + i, vpick(good, x, load(start + i)));
      store(v + i, x), store(again + i, x);
      store(image + i, vpick(good, load(image + i) * inverse, fill(0)));
      store(pulled + i, load(scaled + i) * load(image + i));
    }
    const vf value = inner(width, stride, v + g, pulled + g);
    store(residuals + g, vpick(good, off[steps - 1] * vabs(q[steps - 1]) / size, fill(0)));
    for (int i = g; i < g + LANES; i++) values[i] = (float)(norms[i] * value[i - g]);
  }
}
