/* WebAssembly's 128-bit vectors: every intrinsic of the module. portable.h says what each does. */
#include <wasm_simd128.h>

INLINE vf vroot(vf x) { return (vf)wasm_f32x4_sqrt((v128_t)x); }
INLINE vf vabs(vf x) { return (vf)wasm_f32x4_abs((v128_t)x); }
INLINE vf vmax(vf a, vf b) { return (vf)wasm_f32x4_pmax((v128_t)a, (v128_t)b); }
INLINE vf vmin(vf a, vf b) { return (vf)wasm_f32x4_pmin((v128_t)a, (v128_t)b); }
INLINE vf vpick(vi mask, vf a, vf b) { return (vf)wasm_v128_bitselect((v128_t)a, (v128_t)b, (v128_t)mask); }
INLINE vi ipick(vi mask, vi a, vi b) { return (vi)wasm_v128_bitselect((v128_t)a, (v128_t)b, (v128_t)mask); }
INLINE int vany(vi mask) { return wasm_v128_any_true((v128_t)mask); }
INLINE vf vnearest(vf x) { return (vf)wasm_f32x4_nearest((v128_t)x); }
INLINE vi truncate(vf x) { return (vi)wasm_i32x4_trunc_sat_f32x4((v128_t)x); }

#define LOW(x) ((v128_t)__builtin_shufflevector(x, x, 0, 1))
#define HIGH(x) ((v128_t)__builtin_shufflevector(x, x, 2, 3))
#define JOIN(a, b) __builtin_shufflevector((vd2)(a), (vd2)(b), 0, 1, 2, 3)
INLINE int dany(vl mask) { return wasm_v128_any_true(wasm_v128_or(LOW(mask), HIGH(mask))); }
INLINE vd droot(vd x) { return JOIN(wasm_f64x2_sqrt(LOW(x)), wasm_f64x2_sqrt(HIGH(x))); }
INLINE vd dnearest(vd x) { return JOIN(wasm_f64x2_nearest(LOW(x)), wasm_f64x2_nearest(HIGH(x))); }
INLINE vi dtruncate(vd x) {
  const v128_t low = wasm_i32x4_trunc_sat_f64x2_zero(LOW(x)), high = wasm_i32x4_trunc_sat_f64x2_zero(HIGH(x));
  return (vi)wasm_i32x4_shuffle(low, high, 0, 1, 4, 5);
}
#undef LOW
#undef HIGH
#undef JOIN
