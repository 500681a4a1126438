#include "target/target.h"

/* One Adam step on `size` parameters for the gradient scale * g, with the bias corrections folded by the
   caller into step = rate / (1 - beta1^t) and root = 1 / sqrt(1 - beta2^t):
       m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2,
       p <- p - step m / (root sqrt(v) + epsilon)
   Kingma and Ba, Adam, ICLR 2015. */
INLINE void adam_step(vf *p, vf *m, vf *v, vf g, float step, float root, float beta1, float beta2, float epsilon) {
  *m = beta1 * *m + (1.0f - beta1) * g;
  *v = beta2 * *v + (1.0f - beta2) * g * g;
  *p = *p - step * *m / (root * vroot(*v) + epsilon);
}

EXPORT void adam(float *parameters, float *first, float *second, const float *gradient, int size, float scale,
                 float step, float root, float beta1, float beta2, float epsilon) {
  int i = 0;
  for (; i + LANES <= size; i += LANES) {
    vf p = load(parameters + i), m = load(first + i), v = load(second + i);
    adam_step(&p, &m, &v, scale * load(gradient + i), step, root, beta1, beta2, epsilon);
    store(parameters + i, p);
    store(first + i, m);
    store(second + i, v);
  }
  for (; i < size; i++) {
    vf p = splat(parameters + i), m = splat(first + i), v = splat(second + i);
    adam_step(&p, &m, &v, scale * splat(gradient + i), step, root, beta1, beta2, epsilon);
    parameters[i] = p[0];
    first[i] = m[0];
    second[i] = v[0];
  }
}
