#include "dense/dense.h"

INLINE void clear_row(int n, double *row) {
  for (int k = 0; k < n; k++) row[k] = 0;
}

/* Singular values of a (n x n, overwritten), largest first, by one-sided Jacobi rotations of its rows
   (Hestenes 1958): accurate relative to each value for well-scaled rows. Returns as `eigenvalues`. */
EXPORT int singular_values(int n, double *a, double *sigma) {
  double largest = 0;
  const double noise = n * 2.3e-16 * n * 2.3e-16;
  int status = CONVERGED;
  for (int i = 0; i < n * n; i++) {
    if (!(size_of(a[i]) < 1e300)) status = NOT_FINITE;
    if (size_of(a[i]) > largest) largest = size_of(a[i]);
  }
  if (status == CONVERGED && largest > 0) {
    for (int i = 0; i < n * n; i++) a[i] /= largest;
    status = NOT_CONVERGED;
    for (int sweep = 0; sweep < 60 && status != CONVERGED; sweep++) {
      status = CONVERGED;
      for (int i = 0; i < n; i++) {
        for (int j = i + 1; j < n; j++) {
          double x = 0, y = 0, z = 0;
          for (int k = 0; k < n; k++) x += A(i, k) * A(i, k), y += A(j, k) * A(j, k), z += A(i, k) * A(j, k);
          if (size_of(z) <= 1e-15 * __builtin_sqrt(x) * __builtin_sqrt(y) || size_of(z) < 1e-300) continue;
          status = NOT_CONVERGED;
          const double zeta = (y - x) / (2 * z), size = size_of(zeta);
          /* Beyond 1e8 the root is |zeta| to rounding, and its square may overflow. */
          const double t = (zeta >= 0 ? 1 : -1) / (size + (size > 1e100 ? size : __builtin_sqrt(1 + zeta * zeta)));
          const double c = 1 / __builtin_sqrt(1 + t * t), s = c * t;
          double left = 0, right = 0;
          for (int k = 0; k < n; k++) {
            const double p = A(i, k), q = A(j, k);
            A(i, k) = c * p - s * q;
            A(j, k) = s * p + c * q;
            left += A(i, k) * A(i, k), right += A(j, k) * A(j, k);
          }
          /* What is left of a row in the span of the other is rounding, which would be turned for ever. */
          if (left <= noise * x) clear_row(n, a + i * n);
          if (right <= noise * y) clear_row(n, a + j * n);
        }
      }
    }
  }
  for (int i = 0; i < n; i++) {
    double square = 0;
    for (int k = 0; k < n; k++) square += A(i, k) * A(i, k);
    double value = status ? __builtin_nan("") : largest * __builtin_sqrt(square);
    int at = i;
    for (; at > 0 && sigma[at - 1] < value; at--) sigma[at] = sigma[at - 1];
    sigma[at] = value;
  }
  return status;
}
