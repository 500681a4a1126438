#include "vector.h"

/* One Adam step on `size` parameters for the gradient scale * g, with the bias corrections folded by the caller into
   step = rate / (1 - beta1^t) and root = 1 / sqrt(1 - beta2^t):
       m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2,  p <- p - step m / (root sqrt(v) + epsilon)
   Kingma and Ba, Adam, ICLR 2015. */
INLINE void adam4(v4 *p, v4 *m, v4 *v, v4 g, float step, float root, float beta1, float beta2, float epsilon) {
  *m = beta1 * *m + (1.0f - beta1) * g;
  *v = beta2 * *v + (1.0f - beta2) * g * g;
  *p = *p - step * *m / (root * root4(*v) + epsilon);
}

EXPORT void adam(float *p, float *m, float *v, const float *g, int size, float scale, float step, float root, float beta1,
                 float beta2, float epsilon) {
  int i = 0;
  for (; i + LANES <= size; i += LANES) {
    v4 parameter = load(p + i), first = load(m + i), second = load(v + i);
    adam4(&parameter, &first, &second, scale * load(g + i), step, root, beta1, beta2, epsilon);
    store(p + i, parameter);
    store(m + i, first);
    store(v + i, second);
  }
  for (; i < size; i++) {
    v4 parameter = splat(p + i), first = splat(m + i), second = splat(v + i);
    adam4(&parameter, &first, &second, scale * splat(g + i), step, root, beta1, beta2, epsilon);
    p[i] = parameter[0];
    m[i] = first[0];
    v[i] = second[0];
  }
}
