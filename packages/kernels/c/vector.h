/* Four float32 lanes. Every product is rounded before it is added (no fused multiply-add), so that the same source
   gives the same bits wherever it is compiled. */
#ifndef VECTOR_H
#define VECTOR_H

#include <stdint.h>
#include <wasm_simd128.h>

#define EXPORT __attribute__((visibility("default")))
#define INLINE static inline __attribute__((always_inline))
/* Functions that are better compiled apart: what engines make of one huge function is slower. */
#define APART static __attribute__((noinline))
/* Functions that several files call, inside the module alone. */
#define SHARED __attribute__((visibility("hidden")))
#define LANES 4
#define UNROLL _Pragma("clang loop unroll(full)")

typedef float v4 __attribute__((vector_size(16)));
typedef int32_t i4 __attribute__((vector_size(16)));
typedef struct {
  v4 re, im;
} c4;

INLINE v4 load(const float *p) { return (v4)wasm_v128_load(p); }
INLINE void store(float *p, v4 x) { wasm_v128_store(p, (v128_t)x); }
/* One scalar in all lanes. */
INLINE v4 splat(const float *p) { return (v4)wasm_v128_load32_splat(p); }
INLINE v4 root4(v4 x) { return (v4)wasm_f32x4_sqrt((v128_t)x); }
INLINE v4 fill4(float x) { return (v4)wasm_f32x4_splat(x); }
INLINE v4 abs4(v4 x) { return (v4)wasm_f32x4_abs((v128_t)x); }
INLINE v4 max4(v4 a, v4 b) { return (v4)wasm_f32x4_pmax((v128_t)a, (v128_t)b); }
INLINE v4 pick4(i4 mask, v4 a, v4 b) { return (v4)wasm_v128_bitselect((v128_t)a, (v128_t)b, (v128_t)mask); }
INLINE i4 ipick4(i4 mask, i4 a, i4 b) { return (i4)wasm_v128_bitselect((v128_t)a, (v128_t)b, (v128_t)mask); }
INLINE int any4(i4 mask) { return wasm_v128_any_true((v128_t)mask); }
INLINE i4 ifill4(int x) { return (i4)wasm_i32x4_splat(x); }

/* sum x^2: products exact in float64, in four partial sums of fixed order. */
INLINE double squares(int size, const float *x) {
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

#endif
