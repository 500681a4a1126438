/* Each activation twice, in float32 on the lanes of a vector and in float64: z -> s(z), s'(z), s''(z).
   Inlining removes unused results. NaN gives NaN. */
#ifndef FUNCTIONS_H
#define FUNCTIONS_H

#include "math/transcendental.h"
#include "math/transcendental64.h"

typedef struct {
  vf value, slope, curvature;
} Curve;
typedef struct {
  double value, slope, curvature;
} Curve64;

INLINE Curve curve_tanh(vf z) {
  const vf t = vtanh(z), slope = 1.0f - t * t;
  return (Curve){t, slope, -2.0f * t * slope};
}
INLINE Curve64 curve64_tanh(double z) {
  const double t = tanh_64(z), slope = (1 - t) * (1 + t);
  return (Curve64){t, slope, -2 * t * slope};
}

/* relu'(0) = 0. */
INLINE Curve curve_relu(vf z) {
  const vi positive = z > 0.0f, nan = z != z;
  return (Curve){masked(positive | nan, z), vpick(nan, z, masked(positive, fill(1))), masked(nan, z)};
}
INLINE Curve64 curve64_relu(double z) {
  if (z != z) return (Curve64){z, z, z};
  return (Curve64){z > 0 ? z : 0, z > 0 ? 1 : 0, 0};
}

INLINE Curve curve_softplus(vf z) {
  const vf u = vexp(-vabs(z));
  const vi positive = z > 0.0f;
  const vf slope = vpick(positive, fill(1), u) / (1.0f + u);
  return (Curve){vlog1p(u) + masked(positive, z), slope, slope * (1.0f - slope)};
}
INLINE Curve64 curve64_softplus(double z) {
  if (z != z) return (Curve64){z, z, z};
  const double u = exp_64(-__builtin_fabs(z)), slope = (z > 0 ? 1 : u) / (1 + u);
  return (Curve64){log1p_64(u) + (z > 0 ? z : 0), slope, u / ((1 + u) * (1 + u))};
}

INLINE Curve curve_sin(vf z) {
  vf sine, cosine;
  vsincos(z, &sine, &cosine);
  return (Curve){sine, cosine, -sine};
}
INLINE Curve64 curve64_sin(double z) {
  double sine, cosine;
  sincos_64(z, &sine, &cosine);
  return (Curve64){sine, cosine, -sine};
}

INLINE Curve curve_identity(vf z) { return (Curve){z, 1.0f + (z - z), z - z}; }
INLINE Curve64 curve64_identity(double z) { return (Curve64){z, 1 + (z - z), z - z}; }

/* z Phi(z) with the distribution function of the standard normal distribution, exactly (not by tanh).
   Hendrycks and Gimpel 2016. */
INLINE Curve curve_gelu(vf z) {
  const vi positive = z > 0.0f;
  const vf c = vclamp(z, 14.0f), size = vabs(c);
  vf density;
  const vf tail = vnormal_tail(size, &density);
  const vf slope = vpick(positive, 1.0f - tail, tail) + c * density;
  return (Curve){masked(positive, z) - size * tail, slope, density * (2.0f - c * c)};
}
INLINE Curve64 curve64_gelu(double z) {
  if (z != z) return (Curve64){z, z, z};
  const double size = __builtin_fabs(z) < 38 ? __builtin_fabs(z) : 38;
  double density;
  const double tail = normal_tail_64(size, &density), along = size * density;
  return (Curve64){(z > 0 ? z : 0) - size * tail, z > 0 ? 1 - tail + along : tail - along, density * (2 - size * size)};
}

/* z / (1 + exp(-z)), also called swish. Ramachandran, Zoph and Le 2017. tail: the logistic function at
   -|z|. */
INLINE Curve curve_silu(vf z) {
  const vi positive = z > 0.0f;
  const vf size = vmin(vabs(z), fill(88)), u = vexp(-size), tail = u / (1.0f + u);
  const vf bell = tail / (1.0f + u), along = size * bell;
  return (Curve){masked(positive, z) - size * tail, vpick(positive, 1.0f - tail + along, tail - along),
                 bell * (2.0f - size * (1.0f - 2.0f * tail))};
}
INLINE Curve64 curve64_silu(double z) {
  if (z != z) return (Curve64){z, z, z};
  const double size = __builtin_fabs(z) < 700 ? __builtin_fabs(z) : 701, u = exp_64(-size), tail = u / (1 + u);
  const double bell = tail / (1 + u), along = size * bell;
  return (Curve64){(z > 0 ? z : 0) - size * tail, z > 0 ? 1 - tail + along : tail - along,
                   bell * (2 - size * (1 - 2 * tail))};
}

#endif
