/* Vectors, and the few operations that C has no operator for. Everything else is written with these, so that
   a processor is added by a file beside wasm.h. Every product is rounded before it is added (no fused
   multiply-add): the same source gives the same bits wherever it is compiled, and for every LANES. */
#ifndef TARGET_H
#define TARGET_H

#include "target/abi.h"

#define INLINE static inline __attribute__((always_inline))
/* Functions that are better compiled apart: what engines make of one huge function is slower. */
#define APART static __attribute__((noinline))
/* Functions that several files call, inside the module alone. */
#define SHARED __attribute__((visibility("hidden")))
#ifdef __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#define NO_UNROLL _Pragma("clang loop unroll(disable)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#define NO_UNROLL _Pragma("GCC unroll 1")
#endif

/* Samples that one vector holds: batches are padded to a multiple of it. No result depends on it. */
CONSTANT(LANES, 4)
/* Interleaved partial sums of a sum over an array. Results depend on it: it is the same on every target. */
CONSTANT(PARTIAL_SUMS, 4)
/* Side of the square that is transposed at once. */
enum { TILE = 4 };

/* Lanes of the widest vectors that the processor has. */
#ifdef __AVX2__
#define WIDE 8
#else
#define WIDE 4
#endif
/* Lanes of this file's vectors. Usually that is a group of samples. A file that defines WIDE_VECTORS gets the
   widest vectors of the processor, since its results for one number do not depend on the others. */
#ifdef WIDE_VECTORS
#define VECTOR WIDE
#else
#define VECTOR 4
#endif
_Static_assert(WIDE % LANES == 0 && VECTOR % LANES == 0, "vectors hold whole groups of lanes");

typedef float vf __attribute__((vector_size(4 * VECTOR)));
typedef int32_t vi __attribute__((vector_size(4 * VECTOR)));
typedef double vd __attribute__((vector_size(8 * VECTOR)));
typedef int64_t vl __attribute__((vector_size(8 * VECTOR)));
typedef float vw __attribute__((vector_size(4 * WIDE)));
typedef float tile __attribute__((vector_size(4 * TILE)));
typedef float partial_sums __attribute__((vector_size(4 * PARTIAL_SUMS)));
typedef double wide_partial_sums __attribute__((vector_size(8 * PARTIAL_SUMS)));
typedef double vd2 __attribute__((vector_size(16)));
typedef struct {
  vf re, im;
} vc;

/* Vectors in memory need no alignment beyond their elements'. */
#define IN_MEMORY(load, store, vector, element)                                            \
  typedef vector store##_place __attribute__((aligned(sizeof(element)), may_alias));            \
  INLINE vector load(const element *p) { return *(const store##_place *)p; }                    \
  INLINE void store(element *p, vector x) { *(store##_place *)p = x; }
IN_MEMORY(load, store, vf, float)
IN_MEMORY(load_wide, store_wide, vw, float)
IN_MEMORY(load_tile, store_tile, tile, float)
IN_MEMORY(load_partial, store_partial, partial_sums, float)
IN_MEMORY(load_pair, store_pair, vd2, double)

/* One scalar in all lanes. Taking 0 away changes nothing, not even the sign of -0. */
INLINE vf fill(float x) { return x - (vf){0}; }
INLINE vi ifill(int32_t x) { return x - (vi){0}; }
INLINE vd dfill(double x) { return x - (vd){0}; }
INLINE vl lfill(int64_t x) { return x - (vl){0}; }
INLINE vf splat(const float *p) { return fill(*p); }

INLINE vd widen(vf x) { return __builtin_convertvector(x, vd); }
INLINE vf narrow(vd x) { return __builtin_convertvector(x, vf); }
INLINE vd dpick(vl mask, vd a, vd b) { return (vd)((mask & (vl)a) | (~mask & (vl)b)); }
INLINE vl lpick(vl mask, vl a, vl b) { return (mask & a) | (~mask & b); }
INLINE vd dabs(vd x) { return (vd)((vl)x & INT64_MAX); }
/* x where the mask is set, and 0. */
INLINE vf masked(vi mask, vf x) { return (vf)(mask & (vi)x); }

#ifdef __wasm_simd128__
#include "target/wasm.h"
#elif defined(__AVX2__)
#include "target/x86.h"
#else
#include "target/portable.h"
#endif

/* The first `count` numbers of a vector alone are read or written, the others being 0. */
#ifdef __AVX2__
#define FIRST(count) _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7))
INLINE vw load_first(const float *p, int count) { return (vw)_mm256_maskload_ps(p, FIRST(count)); }
INLINE void store_first(float *p, vw x, int count) { _mm256_maskstore_ps(p, FIRST(count), (__m256)x); }
#else
INLINE vw load_first(const float *p, int count) {
  vw x = {0};
  for (int i = 0; i < count; i++) x[i] = p[i];
  return x;
}
INLINE void store_first(float *p, vw x, int count) {
  for (int i = 0; i < count; i++) p[i] = x[i];
}
#endif
INLINE vw load_some(const float *p, const int count) {
  if (count == WIDE) return load_wide(p);
  return load_first(p, count);
}
INLINE void store_some(float *p, vw x, const int count) {
  if (count == WIDE) {
    store_wide(p, x);
  } else {
    store_first(p, x, count);
  }
}
/* Calls function(i, count, ...), which is INLINE, for the numbers from `first` to `end`. `count` is a whole
   vector, except in the last call. */
#define OVER(first, end, function, ...)                                              \
  do {                                                                                   \
    int over_ = (first);                                                                 \
    const int end_ = (end);                                                              \
    for (; over_ + WIDE <= end_; over_ += WIDE) function(over_, WIDE, __VA_ARGS__);      \
    if (over_ < end_) function(over_, end_ - over_, __VA_ARGS__);                        \
  } while (0)
/* The same from `first` on, where the size is a multiple of LANES. */
#define OVER_GROUPS(first, size, function, ...)                                      \
  do {                                                                                   \
    int over_ = (first);                                                                 \
    const int end_ = over_ + (size);                                                     \
    for (; over_ + WIDE <= end_; over_ += WIDE) function(over_, WIDE, __VA_ARGS__);      \
    if (WIDE > LANES && over_ < end_) function(over_, end_ - over_, __VA_ARGS__);        \
  } while (0)

INLINE int largest_lane(vi x) {
  int most = x[0];
  UNROLL for (int i = 1; i < VECTOR; i++) most = x[i] > most ? x[i] : most;
  return most;
}

INLINE float sum_partial(partial_sums x) { return (x[0] + x[1]) + (x[2] + x[3]); }

/* sum x^2: products exact in float64. */
INLINE double squares(int size, const float *x) {
  wide_partial_sums sums = {0};
  int i = 0;
  for (; i + PARTIAL_SUMS <= size; i += PARTIAL_SUMS) {
    const wide_partial_sums wide = __builtin_convertvector(load_partial(x + i), wide_partial_sums);
    sums += wide * wide;
  }
  double sum = (sums[0] + sums[2]) + (sums[1] + sums[3]);
  for (; i < size; i++) sum += (double)x[i] * (double)x[i];
  return sum;
}

#endif
