#include "vector.h"

/* One Adam step on `size` parameters, with the bias corrections folded by the caller into
   step = rate / (1 - beta1^t) and root = 1 / sqrt(1 - beta2^t):
       m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2,  p <- p - step m / (root sqrt(v) + epsilon)
   Kingma and Ba, Adam, ICLR 2015. */
EXPORT void adam(float *p, float *m, float *v, const float *g, int size, float step, float root, float beta1, float beta2,
                 float epsilon) {
  const float rest1 = 1.0f - beta1, rest2 = 1.0f - beta2;
  int i = 0;
  for (; i + LANES <= size; i += LANES) {
    const v4 gradient = load(g + i);
    const v4 first = beta1 * load(m + i) + rest1 * gradient;
    const v4 second = beta2 * load(v + i) + rest2 * gradient * gradient;
    store(m + i, first);
    store(v + i, second);
    store(p + i, load(p + i) - step * first / (root * root4(second) + epsilon));
  }
  for (; i < size; i++) {
    m[i] = beta1 * m[i] + rest1 * g[i];
    v[i] = beta2 * v[i] + rest2 * g[i] * g[i];
    p[i] = p[i] - step * m[i] / (root * __builtin_sqrtf(v[i]) + epsilon);
  }
}
