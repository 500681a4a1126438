#define WIDE_VECTORS
#include "activation/activation.h"

INLINE void activate_all(const int kind, int size, const float *z, float *value, float *slope, float *curvature) {
  OVER(0, size, curve_some, kind, z, value, slope, curvature);
}

/* s(z), s'(z) and, where it is given room, s''(z) of `size` numbers. */
EXPORT void activate(int kind, int size, const float *z, float *value, float *slope, float *_Nullable curvature) {
  BY_ACTIVATION(kind, activate_all, size, z, value, slope, curvature)
}

/* The same in float64, of any number. */
EXPORT void activate64(int kind, int size, const double *z, double *value, double *slope, double *_Nullable curvature) {
  for (int i = 0; i < size; i++) {
    const Curve64 c = curve64(kind, z[i]);
    value[i] = c.value;
    slope[i] = c.slope;
    if (curvature) curvature[i] = c.curvature;
  }
}
