#include "spectral/jacobians.h"
#include "math/product.h"

/* The pullback of any value whose derivative by J is a sum of rank-one terms, d value_i / dJ_i = sum_p a_pi v_pi^T:
   adds c_i times it to the gradients, through diag(s) to the weights and through W v to the slopes.
   vectors: v [terms], a [terms], W v [terms], each [width][stride]; scratch: 2 terms [width][stride] and [width][width].
   Samples with a = 0 add nothing, whatever their slopes and images. */
EXPORT void rank_pullback(int terms, int width, int stride, const float *slopes, const float *vectors, const float *cotangent,
                          float *grad_weights, float *grad_slopes, float *scratch) {
  const int far = width * stride;
  const float *v = vectors, *a = v + terms * far, *image = a + terms * far;
  /* The terms side by side, as one product over terms * stride summands. */
  float *left = scratch, *rows = left + terms * far, *out = rows + terms * far;
  for (int p = 0; p < terms; p++) {
    for (int d = 0; d < width; d++) {
      for (int g = 0; g < stride; g += LANES) {
        const int at = d * stride + g;
        const vf pulled = load(cotangent + g) * load(a + p * far + at);
        const vi some = pulled != fill(0);
        store(left + (d * terms + p) * stride + g, vpick(some, pulled * load(slopes + at), fill(0)));
        store(grad_slopes + at, load(grad_slopes + at) + vpick(some, pulled * load(image + p * far + at), fill(0)));
      }
    }
    transpose(width, stride, v + p * far, stride, rows + p * far);
  }
  outer(width, width, terms * stride, left, terms * stride, rows, out);
  for (int i = 0; i < width * width; i++) grad_weights[i] += out[i];
}
