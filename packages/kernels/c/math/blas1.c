#define WIDE_VECTORS
#include "target/target.h"

INLINE void add_some(int i, const int count, float *y, const float *x, float a) {
  store_some(y + i, load_some(y + i, count) + a * load_some(x + i, count), count);
}

/* y <- y + a x */
EXPORT void add_scaled(float *y, const float *x, float a, int size) { OVER(size, add_some, y, x, a); }

EXPORT double sum_squares(const float *x, int size) { return squares(size, x); }
