/* The table of activations: a row here and a pair of functions in functions.h are all that a new one needs.
   */
#ifndef ACTIVATION_H
#define ACTIVATION_H

#include "activation/functions.h"

#define ACTIVATIONS(X, ...)         \
  X(TANH, tanh, __VA_ARGS__)        \
  X(RELU, relu, __VA_ARGS__)        \
  X(SOFTPLUS, softplus, __VA_ARGS__) \
  X(SIN, sin, __VA_ARGS__)          \
  X(IDENTITY, identity, __VA_ARGS__) \
  X(GELU, gelu, __VA_ARGS__) \
  X(SILU, silu, __VA_ARGS__)
enum { ENUMERATE(ACTIVATIONS) };

#define CURVE(NAME, name, z) \
  case NAME:                 \
    return curve_##name(z);
#define CURVE64(NAME, name, z) \
  case NAME:                   \
    return curve64_##name(z);
INLINE Curve curve(int kind, vf z) {
  switch (kind) { ACTIVATIONS(CURVE, z) }
  __builtin_unreachable();
}
INLINE Curve64 curve64(int kind, double z) {
  switch (kind) { ACTIVATIONS(CURVE64, z) }
  __builtin_unreachable();
}

#ifdef WIDE_VECTORS
/* s, s' and, where it is given room, s'' of `count` numbers from i on. */
INLINE void curve_some(int i, const int count, const int kind, const float *z, float *value, float *slope,
                       float *curvature) {
  const Curve c = curve(kind, load_some(z + i, count));
  store_some(value + i, c.value, count);
  store_some(slope + i, c.slope, count);
  if (curvature) store_some(curvature + i, c.curvature, count);
}
#endif

/* function(kind, ...), an INLINE one, compiled for each kind: no loop inside it chooses again. */
#define SPECIALISED(NAME, name, function, ...) \
  case NAME:                                   \
    function(NAME, __VA_ARGS__);               \
    break;
#define BY_ACTIVATION(kind, function, ...) \
  switch (kind) { ACTIVATIONS(SPECIALISED, function, __VA_ARGS__) }

#endif
