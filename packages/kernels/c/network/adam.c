#define WIDE_VECTORS
#include "target/parallel.h"

/* One Adam step on `size` parameters for the gradient scale * g, with the bias corrections folded by the
   caller into step = rate / (1 - beta1^t) and root = 1 / sqrt(1 - beta2^t):
       m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2,
       p <- p - step m / (root sqrt(v) + epsilon)
   Kingma and Ba, Adam, ICLR 2015. */
typedef struct {
  int size;
  float *parameters, *first, *second;
  const float *gradient;
  float scale, step, root, beta1, beta2, epsilon;
} Adam;

INLINE void adam_some(int i, const int count, const Adam *a) {
  const vf g = a->scale * load_some(a->gradient + i, count);
  const vf m = a->beta1 * load_some(a->first + i, count) + (1.0f - a->beta1) * g;
  const vf v = a->beta2 * load_some(a->second + i, count) + (1.0f - a->beta2) * g * g;
  const vf p = load_some(a->parameters + i, count);
  store_some(a->parameters + i, p - a->step * m / (a->root * vroot(v) + a->epsilon), count);
  store_some(a->first + i, m, count);
  store_some(a->second + i, v, count);
}

static void adam_part(const void *context, int part, int thread) {
  (void)thread;
  const Adam a = *(const Adam *)context;
  const int from = part_from(part, part_count(a.size), a.size, WIDE);
  OVER(from, part_from(part + 1, part_count(a.size), a.size, WIDE), adam_some, &a);
}

EXPORT void adam(float *parameters, float *first, float *second, const float *gradient, int size, float scale,
                 float step, float root, float beta1, float beta2, float epsilon) {
  const Adam a = {size, parameters, first, second, gradient, scale, step, root, beta1, beta2, epsilon};
  in_parallel(part_count(size), adam_part, &a);
}
