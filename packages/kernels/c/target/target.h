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

/* Lanes of the widest vectors that the processor has: outputs of a product are independent. */
#if defined(__AVX512F__)
enum { WIDE = 16 };
#elif defined(__AVX__)
enum { WIDE = 8 };
#else
enum { WIDE = LANES };
#endif

typedef float vf __attribute__((vector_size(4 * LANES)));
typedef int32_t vi __attribute__((vector_size(4 * LANES)));
typedef double vd __attribute__((vector_size(8 * LANES)));
typedef int64_t vl __attribute__((vector_size(8 * LANES)));
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
INLINE vf splat(const float *p) { return fill(*p); }

INLINE vd widen(vf x) { return __builtin_convertvector(x, vd); }
INLINE vf narrow(vd x) { return __builtin_convertvector(x, vf); }
INLINE vd dpick(vl mask, vd a, vd b) { return (vd)((mask & (vl)a) | (~mask & (vl)b)); }
INLINE vd dabs(vd x) { return (vd)((vl)x & INT64_MAX); }
/* x where the mask is set, and 0. */
INLINE vf masked(vi mask, vf x) { return (vf)(mask & (vi)x); }

#ifdef __wasm_simd128__
#include "target/wasm.h"
#elif defined(__SSE4_1__)
#include "target/x86.h"
#else
#include "target/portable.h"
#endif

INLINE int largest_lane(vi x) {
  int most = x[0];
  UNROLL for (int i = 1; i < LANES; i++) most = x[i] > most ? x[i] : most;
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
