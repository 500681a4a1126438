#include "target/target.h"

/* y <- y + a x */
EXPORT void add_scaled(float *y, const float *x, float a, int size) {
  int i = 0;
  for (; i + LANES <= size; i += LANES) store(y + i, load(y + i) + a * load(x + i));
  for (; i < size; i++) y[i] += a * x[i];
}

EXPORT double sum_squares(const float *x, int size) { return squares(size, x); }
