/* Elementary functions in plain arithmetic: the same bits on every machine. Coefficients are minimax fits made by
   scripts/approximations.py; the errors named are those of the whole float32 evaluation. */
#ifndef TRANSCENDENTAL_H
#define TRANSCENDENTAL_H

#include "vector.h"

/* x within [-limit, limit]. The pseudo-minimum is one instruction and lets NaN through. */
INLINE v4 clamp4(v4 x, float limit) {
  return (v4)wasm_f32x4_pmax(wasm_f32x4_pmin((v128_t)x, wasm_f32x4_splat(limit)), wasm_f32x4_splat(-limit));
}

/* tanh, relative error below 4e-7 everywhere; exactly +-1 beyond 9. NaN stays NaN. */
INLINE v4 tanh4(v4 x) {
  const v4 c = clamp4(x, 9.0f);
  const v4 u = c * c;
  const v4 p = (((1.3354664e-08f * u + 2.06090845e-05f) * u + 0.0034955882f) * u + 0.133810252f) * u + 1.0f;
  const v4 q = (((7.77655941e-07f * u + 0.000328563503f) * u + 0.0258769821f) * u + 0.467143416f) * u + 1.0f;
  return clamp4(c * p / q, 1.0f);
}

/* exp for x <= 0 (what the functions below need), relative error below 2e-7; 0 below -87. NaN stays NaN. */
INLINE v4 exp4(v4 x) {
  const v4 n = (v4)wasm_f32x4_nearest((v128_t)(x * 1.44269504f));
  /* ln 2 in two parts: the first has few enough bits for n times it to be exact. */
  const v4 r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  const v4 p = ((((0.00138368458f * r + 0.00837481581f) * r + 0.0416682251f) * r + 0.166664198f) * r + 0.499999911f) * r * r + r + 1.0f;
  const i4 power = (i4)wasm_i32x4_shl(wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4((v128_t)n), wasm_i32x4_splat(127)), 23);
  const v4 y = p * (v4)power;
  return (v4)wasm_v128_andnot((v128_t)y, wasm_f32x4_lt((v128_t)x, wasm_f32x4_splat(-87.0f)));
}

/* log(1 + u) for 0 <= u <= 1, relative error below 3e-7. */
INLINE v4 log1p4(v4 u) {
  const v4 p = ((0.0332659185f * u + 0.456735909f) * u + 1.32509792f) * u + 1.0f;
  const v4 q = (((0.00740721729f * u + 0.192873582f) * u + 1.03595173f) * u + 1.82509792f) * u + 1.0f;
  return u * p / q;
}

/* x minus the nearest multiple of pi / 2, and that multiple modulo 4. In float64, with pi / 2 in two parts. */
INLINE v4 quarter(v4 x, i4 *turn) {
  v128_t reduced[2], multiple[2];
  const v128_t halves[2] = {wasm_f64x2_promote_low_f32x4((v128_t)x),
                            wasm_f64x2_promote_low_f32x4(wasm_i32x4_shuffle((v128_t)x, (v128_t)x, 2, 3, 2, 3))};
  for (int i = 0; i < 2; i++) {
    const v128_t n = wasm_f64x2_nearest(wasm_f64x2_mul(halves[i], wasm_f64x2_splat(0.63661977236758134)));
    const v128_t high = wasm_f64x2_sub(halves[i], wasm_f64x2_mul(n, wasm_f64x2_splat(1.57079632673412561)));
    const v128_t r = wasm_f64x2_sub(high, wasm_f64x2_mul(n, wasm_f64x2_splat(6.07710050650619225e-11)));
    reduced[i] = wasm_f32x4_demote_f64x2_zero(r);
    multiple[i] = wasm_i32x4_trunc_sat_f64x2_zero(n);
  }
  *turn = (i4)wasm_i32x4_shuffle(multiple[0], multiple[1], 0, 1, 4, 5);
  return (v4)wasm_i32x4_shuffle(reduced[0], reduced[1], 0, 1, 4, 5);
}

/* sin and cos, absolute error below 2e-7 for |x| < 1e6; NaN beyond 1e6, where a float32 argument says little. */
INLINE void sincos4(v4 x, v4 *sine, v4 *cosine) {
  i4 turn;
  const v4 r = quarter(x, &turn);
  const v4 u = r * r;
  const v4 s = r * (((-0.00019501822f * u + 0.00833201688f) * u - 0.166666508f) * u + 1.0f);
  const v4 c = (((2.4372679e-05f * u - 0.00138865295f) * u + 0.041666612f) * u - 0.5f) * u + 1.0f;
  const v128_t odd = wasm_i32x4_ne(wasm_v128_and((v128_t)turn, wasm_i32x4_splat(1)), wasm_i32x4_splat(0));
  const v128_t beyond = wasm_f32x4_gt(wasm_f32x4_abs((v128_t)x), wasm_f32x4_splat(1e6f));
  const v128_t minus_s = wasm_i32x4_shl(wasm_v128_and((v128_t)turn, wasm_i32x4_splat(2)), 30);
  const v128_t minus_c = wasm_i32x4_shl(wasm_v128_and((v128_t)(turn + 1), wasm_i32x4_splat(2)), 30);
  *sine = (v4)wasm_v128_or(wasm_v128_xor(wasm_v128_bitselect((v128_t)c, (v128_t)s, odd), minus_s), beyond);
  *cosine = (v4)wasm_v128_or(wasm_v128_xor(wasm_v128_bitselect((v128_t)s, (v128_t)c, odd), minus_c), beyond);
}

#endif
