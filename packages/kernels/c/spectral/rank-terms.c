#include "spectral/jacobians.h"
#include "math/product.h"

/* The pullback of any value whose derivative by J is a sum of rank-one terms, d value_ni / dJ_ni = sum_p
   a_npi v_npi^T: adds c_ni times it to the gradients, through diag(s) to the weights and through W v to the
   slopes. slopes, grad_slopes: [depth][width][stride]; vectors: [depth] of v [terms], a [terms], W v [terms],
   each [width][stride]; cotangent: [depth][stride], 0 in lanes without a sample; grad_weights:
   [depth][width][width]; scratch: 2 terms [width][stride]. Samples with a = 0 add nothing, whatever their
   slopes and images. */
EXPORT void rank_pullback(int depth, int terms, int width, int stride, const float *slopes, const float *vectors,
                          const float *cotangent, float *grad_weights, float *grad_slopes, float *scratch) {
  const int far = width * stride;
  /* The terms side by side, as one product over terms * stride summands. */
  float *left = scratch, *rows = left + terms * far;
  for (int n = 0; n < depth; n++) {
    const float *v = vectors + 3 * n * terms * far, *a = v + terms * far, *image = a + terms * far;
    const float *s = slopes + n * far, *c = cotangent + n * stride;
    float *to = grad_slopes + n * far;
    for (int p = 0; p < terms; p++) {
      for (int d = 0; d < width; d++) {
        for (int g = 0; g < stride; g += LANES) {
          const int at = d * stride + g;
          const vf pulled = load(c + g) * load(a + p * far + at);
          const vi some = pulled != fill(0);
          store(left + (d * terms + p) * stride + g, vpick(some, pulled * load(s + at), fill(0)));
          store(to + at, load(to + at) + vpick(some, pulled * load(image + p * far + at), fill(0)));
        }
      }
      transpose(width, stride, v + p * far, stride, rows + p * far, width);
    }
    outer_onto(width, width, terms * stride, left, terms * stride, rows, grad_weights + n * width * width);
  }
}
