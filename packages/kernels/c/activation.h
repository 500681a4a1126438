/* Activations with first and second derivatives. The numbers are those of `activationCode` in network.ts. */
#ifndef ACTIVATION_H
#define ACTIVATION_H

#include "transcendental.h"

enum { TANH = 0, RELU = 1, SOFTPLUS = 2, SIN = 3, IDENTITY = 4 };

INLINE v4 both(v4 x, v128_t mask) { return (v4)wasm_v128_and((v128_t)x, mask); }

/* The value s(z) and the slope s'(z). relu'(0) = 0. */
INLINE void activate4(const int kind, v4 z, v4 *value, v4 *slope) {
  const v4 one = {1, 1, 1, 1};
  if (kind == TANH) {
    const v4 t = tanh4(z);
    *value = t;
    *slope = one - t * t;
  } else if (kind == RELU) {
    const v128_t positive = wasm_f32x4_gt((v128_t)z, wasm_f32x4_splat(0.0f));
    const v128_t nan = wasm_f32x4_ne((v128_t)z, (v128_t)z);
    *value = both(z, wasm_v128_or(positive, nan));
    *slope = (v4)wasm_v128_or(wasm_v128_and((v128_t)one, positive), wasm_v128_and((v128_t)z, nan));
  } else if (kind == SOFTPLUS) {
    const v4 u = exp4((v4)wasm_f32x4_neg(wasm_f32x4_abs((v128_t)z)));
    const v128_t positive = wasm_f32x4_gt((v128_t)z, wasm_f32x4_splat(0.0f));
    *value = log1p4(u) + both(z, positive);
    *slope = (v4)wasm_v128_bitselect((v128_t)one, (v128_t)u, positive) / (one + u);
  } else if (kind == SIN) {
    sincos4(z, value, slope);
  } else {
    *value = z;
    *slope = one + (z - z);
  }
}

/* s''(z) from s(z) and s'(z). */
INLINE v4 curvature4(const int kind, v4 value, v4 slope) {
  if (kind == TANH) return -2.0f * value * slope;
  if (kind == SOFTPLUS) return slope * (1.0f - slope);
  if (kind == SIN) return -value;
  return (v4){0, 0, 0, 0};
}

#endif
