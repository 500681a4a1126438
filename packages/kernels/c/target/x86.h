/* x86-64 with AVX2: portable.h says what each does. */
#include <immintrin.h>

/* Intrinsics of a file's vectors. */
#if VECTOR == 8
#define OF(name) _mm256_##name
typedef __m256 floats;
#else
#define OF(name) _mm_##name
typedef __m128 floats;
#endif
enum { NEAREST = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC };

INLINE vf vroot(vf x) { return (vf)OF(sqrt_ps)((floats)x); }
INLINE vf vabs(vf x) { return (vf)((vi)x & INT32_MAX); }
/* In a comparison with NaN, processors return the second operand. */
INLINE vf vmax(vf a, vf b) { return (vf)OF(max_ps)((floats)b, (floats)a); }
INLINE vf vmin(vf a, vf b) { return (vf)OF(min_ps)((floats)b, (floats)a); }
INLINE vf vpick(vi mask, vf a, vf b) { return (vf)OF(blendv_ps)((floats)b, (floats)a, (floats)mask); }
#if VECTOR == 8
INLINE int vany(vi mask) { return !_mm256_testz_si256((__m256i)mask, (__m256i)mask); }
#else
INLINE int vany(vi mask) { return !_mm_testz_si128((__m128i)mask, (__m128i)mask); }
#endif
INLINE vi ipick(vi mask, vi a, vi b) { return (vi)vpick(mask, (vf)a, (vf)b); }
INLINE vf vnearest(vf x) { return (vf)OF(round_ps)((floats)x, NEAREST); }
/* The processor has INT32_MIN for all that does not fit. */
INLINE vi truncate(vf x) { return ((vi)OF(cvttps_epi32)((floats)x) ^ (x >= 0x1p31f)) & (x == x); }

/* As many doubles as a register holds. */
enum { REGISTERS = sizeof(vd) / sizeof(__m256d) };
typedef union {
  vd whole;
  __m256d part[REGISTERS];
} parts;
INLINE int dany(vl mask) {
  const parts p = {(vd)mask};
  int any = 0;
  UNROLL for (int i = 0; i < REGISTERS; i++) any |= _mm256_movemask_pd(p.part[i]);
  return any;
}
INLINE vd droot(vd x) {
  parts p = {x};
  UNROLL for (int i = 0; i < REGISTERS; i++) p.part[i] = _mm256_sqrt_pd(p.part[i]);
  return p.whole;
}
INLINE vd dnearest(vd x) {
  parts p = {x};
  UNROLL for (int i = 0; i < REGISTERS; i++) p.part[i] = _mm256_round_pd(p.part[i], NEAREST);
  return p.whole;
}
INLINE vi dwhole(vd x) {
  const parts p = {x};
  union {
    vi whole;
    __m128i part[REGISTERS];
  } out;
  UNROLL for (int i = 0; i < REGISTERS; i++) out.part[i] = _mm256_cvttpd_epi32(p.part[i]);
  return out.whole;
}
INLINE vi dtruncate(vd x) {
  return (dwhole(x) ^ __builtin_convertvector(x >= 0x1p31, vi)) & __builtin_convertvector(x == x, vi);
}
