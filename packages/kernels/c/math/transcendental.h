/* Elementary functions in plain arithmetic: the same bits on every machine. Coefficients are minimax fits
   made by scripts/approximations.py; the errors named are those of the whole float32 evaluation. */
#ifndef TRANSCENDENTAL_H
#define TRANSCENDENTAL_H

#include "target/target.h"

/* x within [-limit, limit]. The pseudo-minimum is one instruction and lets NaN through. */
INLINE vf vclamp(vf x, float limit) { return vmax(vmin(x, fill(limit)), fill(-limit)); }

/* tanh, relative error below 4e-7 everywhere; exactly +-1 beyond 9. NaN stays NaN. */
INLINE vf vtanh(vf x) {
  const vf c = vclamp(x, 9.0f);
  const vf u = c * c;
  const vf p = (((1.3354664e-08f * u + 2.06090845e-05f) * u + 0.0034955882f) * u + 0.133810252f) * u + 1.0f;
  const vf q = (((7.77655941e-07f * u + 0.000328563503f) * u + 0.0258769821f) * u + 0.467143416f) * u + 1.0f;
  return vclamp(c * p / q, 1.0f);
}

/* exp for x <= 0 (what the functions below need), relative error below 2e-7; 0 below -87. NaN stays NaN. */
INLINE vf vexp(vf x) {
  const vf n = vnearest(x * 1.44269504f);
  /* ln 2 in two parts: the first has few enough bits for n times it to be exact. */
  const vf r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  const vf p = ((((0.00138368458f * r + 0.00837481581f) * r + 0.0416682251f) * r + 0.166664198f) * r + 0.499999911f) * r * r + r + 1.0f;
  const vi power = (truncate(n) + 127) << 23;
  return masked(~(x < -87.0f), p * (vf)power);
}

/* log(1 + u) for 0 <= u <= 1, relative error below 3e-7. */
INLINE vf vlog1p(vf u) {
  const vf p = ((0.0332659185f * u + 0.456735909f) * u + 1.32509792f) * u + 1.0f;
  const vf q = (((0.00740721729f * u + 0.192873582f) * u + 1.03595173f) * u + 1.82509792f) * u + 1.0f;
  return u * p / q;
}

/* The probability above x and the density of the standard normal distribution, for 0 <= x <= 14. The relative
   error of the probability is below (4 + x^2 / 2) 1e-7. */
INLINE vf vnormal_tail(vf x, vf *density) {
  const vf bell = vexp(-0.5f * x * x);
  *density = 0.398942280f * bell;
  const vf p = (((0.00407762174f * x + 0.0403726362f) * x + 0.182462081f) * x + 0.43725127f) * x + 0.5f;
  const vf q = ((((0.0102209533f * x + 0.101206005f) * x + 0.467429757f) * x + 1.19929183f) * x + 1.67238748f) * x + 1.0f;
  return bell * p / q;
}

/* x minus the nearest multiple of pi / 2, and that multiple modulo 4. In float64, with pi / 2 in two
   parts. */
INLINE vf quarter(vf x, vi *turn) {
  const vd wide = widen(x), n = dnearest(wide * 0.63661977236758134);
  *turn = dtruncate(n);
  return narrow((wide - n * 1.57079632673412561) - n * 6.07710050650619225e-11);
}

/* sin and cos, absolute error below 2e-7 for |x| < 1e6; NaN beyond 1e6, where a float32 argument says
   little. */
INLINE void vsincos(vf x, vf *sine, vf *cosine) {
  vi turn;
  const vf r = quarter(x, &turn);
  const vf u = r * r;
  const vf s = r * (((-0.00019501822f * u + 0.00833201688f) * u - 0.166666508f) * u + 1.0f);
  const vf c = (((2.4372679e-05f * u - 0.00138865295f) * u + 0.041666612f) * u - 0.5f) * u + 1.0f;
  const vi odd = (turn & 1) != 0, beyond = vabs(x) > 1e6f;
  const vi minus_s = (turn & 2) << 30, minus_c = ((turn + 1) & 2) << 30;
  *sine = (vf)(((vi)vpick(odd, c, s) ^ minus_s) | beyond);
  *cosine = (vf)(((vi)vpick(odd, s, c) ^ minus_c) | beyond);
}

#endif
