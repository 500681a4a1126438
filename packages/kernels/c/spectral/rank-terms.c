#include "spectral/group-product.h"
#include "target/parallel.h"

/* The pullback of any value whose derivative by J is a sum of rank-one terms, d value_ni / dJ_ni = sum_p
   a_npi v_npi^T. One part goes through W v to the slopes, which the backward pass reads. The other goes
   through diag(s) to the weights, and is added to the result of the backward pass. Shapes:
   slopes, grad_slopes: [depth][width][stride]
   vectors: [depth] of v [terms], a [terms], W v [terms], each [width][stride]
   cotangent: [depth][stride], 0 in lanes without a sample
   left: [depth][width][terms][stride], the cotangents times a and slopes
   Samples with a = 0 add nothing, whatever their slopes and images. */
EXPORT void rank_slopes(int depth, int terms, int width, int stride, const float *slopes, const float *vectors,
                        const float *cotangent, float *left, float *grad_slopes) {
  const int far = width * stride;
  for (int n = 0; n < depth; n++) {
    const float *a = vectors + (3 * n + 1) * terms * far, *image = a + terms * far;
    const float *s = slopes + n * far, *c = cotangent + n * stride;
    float *to = grad_slopes + n * far;
    for (int p = 0; p < terms; p++) {
      for (int d = 0; d < width; d++) {
        for (int g = 0; g < stride; g += LANES) {
          const int at = d * stride + g;
          const vf pulled = load(c + g) * load(a + p * far + at);
          const vi some = pulled != fill(0);
          store(left + ((n * width + d) * terms + p) * stride + g, vpick(some, pulled * load(s + at), fill(0)));
          store(to + at, load(to + at) + vpick(some, pulled * load(image + p * far + at), fill(0)));
        }
      }
    }
  }
}

typedef struct {
  int terms, width, stride;
  const float *left, *vectors;
  float *rows, *grad_weights;
} RankWeights;

static void rank_weights_layer(const void *context, int n, int thread) {
  const RankWeights *t = context;
  const int terms = t->terms, width = t->width, stride = t->stride, far = width * stride;
  const float *v = t->vectors + 3 * n * terms * far, *z = t->left + n * terms * far;
  float *rows = t->rows + thread * terms * far, *to = t->grad_weights + n * width * width;
  for (int p = 0; p < terms; p++) transpose(width, stride, v + p * far, stride, rows + p * far, width);
  if (terms * stride == LANES && width >= LANES) {
    group_outer_onto(width, width, z, rows, to);
  } else {
    outer_onto(width, width, terms * stride, z, terms * stride, rows, to);
  }
}

/* grad_weights: [depth][width][width]; rows: terms [width][stride] of scratch for each thread. The terms
   stand side by side, as one product over terms * stride summands. */
EXPORT void rank_weights(int depth, int terms, int width, int stride, const float *left, const float *vectors,
                         float *rows, float *grad_weights) {
  const RankWeights t = {terms, width, stride, left, vectors, rows, grad_weights};
  in_parallel(depth, rank_weights_layer, &t);
}
