#include "vector.h"

/* y <- y + a x */
EXPORT void add_scaled(float *y, const float *x, float a, int size) {
  int i = 0;
  for (; i + LANES <= size; i += LANES) store(y + i, load(y + i) + a * load(x + i));
  for (; i < size; i++) y[i] += a * x[i];
}

/* sum x^2: products exact in float64, in four partial sums of fixed order. */
EXPORT double sum_squares(const float *x, int size) {
  v128_t lo = wasm_f64x2_splat(0), hi = wasm_f64x2_splat(0);
  int i = 0;
  for (; i + LANES <= size; i += LANES) {
    const v128_t four = wasm_v128_load(x + i);
    const v128_t a = wasm_f64x2_promote_low_f32x4(four);
    const v128_t b = wasm_f64x2_promote_low_f32x4(wasm_i32x4_shuffle(four, four, 2, 3, 2, 3));
    lo = wasm_f64x2_add(lo, wasm_f64x2_mul(a, a));
    hi = wasm_f64x2_add(hi, wasm_f64x2_mul(b, b));
  }
  const v128_t both = wasm_f64x2_add(lo, hi);
  double sum = wasm_f64x2_extract_lane(both, 0) + wasm_f64x2_extract_lane(both, 1);
  for (; i < size; i++) sum += (double)x[i] * (double)x[i];
  return sum;
}
