#include "target/target.h"

/* Weights at the times that a solver reads them, out[m] = sum_j phi[m][j] theta[j], and what flows back. */
EXPORT void expand(int nodes, int terms, int size, const float *phi, const float *theta, float *out) {
  for (int m = 0; m < nodes; m++) {
    float *w = out + m * size;
    for (int i = 0; i < size; i++) w[i] = 0;
    for (int j = 0; j < terms; j++) {
      const float c = phi[m * terms + j];
      const float *x = theta + j * size;
      if (c == 0) continue;
      for (int i = 0; i < size; i++) w[i] += c * x[i];
    }
  }
}

/* gradient[j] = sum_m phi[m][j] cotangent[m] */
EXPORT void contract(int nodes, int terms, int size, const float *phi, const float *cotangent, float *gradient) {
  for (int i = 0; i < terms * size; i++) gradient[i] = 0;
  for (int m = 0; m < nodes; m++) {
    const float *w = cotangent + m * size;
    for (int j = 0; j < terms; j++) {
      const float c = phi[m * terms + j];
      float *x = gradient + j * size;
      if (c == 0) continue;
      for (int i = 0; i < size; i++) x[i] += c * w[i];
    }
  }
}
