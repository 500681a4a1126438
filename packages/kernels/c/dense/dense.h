/* Dense matrices in float64, one in each lane: slow, backward stable, the measure of everything faster. No
   matrix' results depend on its neighbours'. */
#ifndef DENSE_H
#define DENSE_H

#include "target/parallel.h"

/* How each matrix ended; where it is not CONVERGED all its results are NaN. */
#define DENSE_STATUSES(X) X(CONVERGED, converged) X(NOT_FINITE, not_finite) X(NOT_CONVERGED, not_converged)
enum { ENUMERATE(DENSE_STATUSES) };

/* The largest number of matrices that are decomposed side by side, on any target. */
CONSTANT(DENSE_LANES, 8)
_Static_assert(VECTOR <= DENSE_LANES, "scratch holds a group");

/* matrices: [count][n][n]. re, im: [count][n], results. statuses: [count]. scratch: n (n + 5) DENSE_LANES
   numbers for each thread. A call leaves zeros in it. */
STRUCT(Dense) {
  int n, count;
  OFFSET(const double) matrices;
  OFFSET(double) re, im;
  OFFSET(int32_t) statuses;
  OFFSET(double) scratch;
};

/* A group of matrices, element by element: rows are an odd number of vectors apart, since powers of two would
   share the lines of a cache. */
typedef struct {
  int n, row, first, count;
  vd *a, *rest; /* rest: 4 n of scratch */
  vd largest;   /* entry of each, by which it is divided; 0 where it is not finite */
  vl finite;
} Group;
#define A(i, j) a[(i) * row + (j)]

INLINE vd dmax(vd a, vd b) { return dpick(a < b, b, a); }

INLINE int64_t dense_room(int n) { return (int64_t)n * ((n | 1) + 4) * DENSE_LANES; }

/* Group k, with J of size 1. */
INLINE Group take_group(const Dense *d, int k, int thread) {
  const int n = d->n, row = n | 1, first = k * VECTOR, left = d->count - first, count = left < VECTOR ? left : VECTOR;
  vd *a = (vd *)(AT(d->scratch) + thread * dense_room(n)), largest = dfill(0);
  vl finite = dfill(0) == dfill(0);
  const double *from = AT(d->matrices) + (int64_t)first * n * n;
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < n; j++) {
      double *to = (double *)&A(i, j);
      for (int l = 0; l < VECTOR; l++) to[l] = l < count ? from[((int64_t)l * n + i) * n + j] : 0;
    }
  }
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < n; j++) finite &= dabs(A(i, j)) < 1e300, largest = dmax(largest, dabs(A(i, j)));
  }
  const vl some = finite & (largest > 0);
  const vd divisor = dpick(some, largest, dfill(1));
  for (int i = 0; i < n; i++) {
    for (int j = 0; j < n; j++) A(i, j) = dpick(some, A(i, j) / divisor, dfill(0));
  }
  return (Group){n, row, first, count, a, a + n * row, dpick(finite, largest, dfill(0)), finite};
}

/* Number i of each matrix to `to`, NaN where it did not converge. */
INLINE void put(const Group *g, vl converged, int i, vd x, double *to) {
  const vd value = dpick(converged & g->finite, x * g->largest, dfill(__builtin_nan("")));
  for (int l = 0; l < g->count; l++) to[(int64_t)(g->first + l) * g->n + i] = value[l];
}

INLINE void put_status(const Group *g, vl converged, const Dense *d) {
  for (int l = 0; l < g->count; l++) {
    AT(d->statuses)[g->first + l] = !g->finite[l] ? NOT_FINITE : converged[l] ? CONVERGED : NOT_CONVERGED;
  }
}

/* All groups. Clears scratch, whose contents depend on the lanes of a vector. */
INLINE void each_group(const Dense *d, Task *task) {
  in_parallel((d->count + VECTOR - 1) / VECTOR, task, d);
  double *scratch = AT(d->scratch);
  const int64_t size = thread_count() * dense_room(d->n);
  for (int64_t i = 0; i < size; i++) scratch[i] = 0;
}

#endif
