/* Four float32 lanes. Every product is rounded before it is added (no fused multiply-add), so that the same source
   gives the same bits wherever it is compiled. */
#ifndef VECTOR_H
#define VECTOR_H

#include <stdint.h>
#include <wasm_simd128.h>

#define EXPORT __attribute__((visibility("default")))
#define INLINE static inline __attribute__((always_inline))
/* Functions that are better compiled apart: what engines make of one huge function is slower. */
#define APART static __attribute__((noinline))
/* Functions that several files call, inside the module alone. */
#define SHARED __attribute__((visibility("hidden")))
#define LANES 4

typedef float v4 __attribute__((vector_size(16)));
typedef int32_t i4 __attribute__((vector_size(16)));

INLINE v4 load(const float *p) { return (v4)wasm_v128_load(p); }
INLINE void store(float *p, v4 x) { wasm_v128_store(p, (v128_t)x); }
/* One scalar in all lanes. */
INLINE v4 splat(const float *p) { return (v4)wasm_v128_load32_splat(p); }
INLINE v4 root4(v4 x) { return (v4)wasm_f32x4_sqrt((v128_t)x); }

#endif
