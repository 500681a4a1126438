/* Dense matrices in float64, row-major: slow, backward stable, the measure of everything faster. */
#ifndef DENSE_H
#define DENSE_H

#include "target/target.h"

/* What functions return; where it is not CONVERGED all results are NaN. */
#define DENSE_STATUSES(X) X(CONVERGED, converged) X(NOT_FINITE, not_finite) X(NOT_CONVERGED, not_converged)
enum { ENUMERATE(DENSE_STATUSES) };

#define A(i, j) a[(i) * n + (j)]

INLINE double size_of(double x) { return __builtin_fabs(x); }

#endif
