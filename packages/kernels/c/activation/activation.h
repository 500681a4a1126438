/* Activations with first and second derivatives. */
#ifndef ACTIVATION_H
#define ACTIVATION_H

#include "math/transcendental.h"

#define ACTIVATIONS(X) X(TANH, tanh) X(RELU, relu) X(SOFTPLUS, softplus) X(SIN, sin) X(IDENTITY, identity)
enum { ENUMERATE(ACTIVATIONS) };

/* The value s(z) and the slope s'(z). relu'(0) = 0. */
INLINE void vactivate(const int kind, vf z, vf *value, vf *slope) {
  const vf one = fill(1);
  if (kind == TANH) {
    const vf t = vtanh(z);
    *value = t;
    *slope = one - t * t;
  } else if (kind == RELU) {
    const vi positive = z > 0.0f, nan = z != z;
    *value = masked(positive | nan, z);
    *slope = vpick(nan, z, masked(positive, one));
  } else if (kind == SOFTPLUS) {
    const vf u = vexp(-vabs(z));
    const vi positive = z > 0.0f;
    *value = vlog1p(u) + masked(positive, z);
    *slope = vpick(positive, one, u) / (one + u);
  } else if (kind == SIN) {
    vsincos(z, value, slope);
  } else {
    *value = z;
    *slope = one + (z - z);
  }
}

/* s''(z) from s(z) and s'(z). */
INLINE vf vcurvature(const int kind, vf value, vf slope) {
  if (kind == TANH) return -2.0f * value * slope;
  if (kind == SOFTPLUS) return slope * (1.0f - slope);
  if (kind == SIN) return -value;
  return fill(0);
}

#endif
