#define WIDE_VECTORS
#include "target/parallel.h"

INLINE void add_some(int i, const int count, float *y, const float *x, float a) {
  store_some(y + i, load_some(y + i, count) + a * load_some(x + i, count), count);
}

typedef struct {
  int size;
  float *y;
  const float *x;
  float a;
} Sum;

static void add_part(const void *context, int part, int thread) {
  (void)thread;
  const Sum s = *(const Sum *)context;
  const int from = part_from(part, part_count(s.size), s.size, WIDE);
  OVER(from, part_from(part + 1, part_count(s.size), s.size, WIDE), add_some, s.y, s.x, s.a);
}

/* y <- y + a x */
EXPORT void add_scaled(float *y, const float *x, float a, int size) {
  const Sum sum = {size, y, x, a};
  in_parallel(part_count(size), add_part, &sum);
}

EXPORT double sum_squares(const float *x, int size) { return squares(size, x); }
