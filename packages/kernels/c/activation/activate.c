#include "math/transcendental64.h"

/* s(z) and s'(z) of `size` numbers, a multiple of LANES. */
EXPORT void activate(int kind, int size, const float *z, float *value, float *slope) {
  for (int i = 0; i < size; i += LANES) {
    vf s, d;
    const vf x = load(z + i);
    switch (kind) {
      case TANH: vactivate(TANH, x, &s, &d); break;
      case RELU: vactivate(RELU, x, &s, &d); break;
      case SOFTPLUS: vactivate(SOFTPLUS, x, &s, &d); break;
      case SIN: vactivate(SIN, x, &s, &d); break;
      default: vactivate(IDENTITY, x, &s, &d);
    }
    store(value + i, s);
    store(slope + i, d);
  }
}

/* The same in float64. */
EXPORT void activate64(int kind, int size, const double *z, double *value, double *slope) {
  for (int i = 0; i < size; i++) activate_64(kind, z[i], value + i, slope + i);
}
