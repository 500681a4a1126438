/* x86-64 from SSE4.1 on: portable.h says what each does. */
#include <immintrin.h>

/* Intrinsics of a file's vectors, and of as many doubles as a register holds of them. */
#if VECTOR == 16
#define OF(name) _mm512_##name
#define OF_DOUBLES(name) _mm512_##name
#define ROUND(name) _mm512_roundscale_##name
#define ROUND_DOUBLES ROUND
typedef __m512 floats;
typedef __m512d doubles;
typedef __m256i whole_doubles;
#elif VECTOR == 8
#define OF(name) _mm256_##name
#define OF_DOUBLES(name) _mm256_##name
#define ROUND(name) _mm256_round_##name
#define ROUND_DOUBLES ROUND
typedef __m256 floats;
typedef __m256d doubles;
typedef __m128i whole_doubles;
#else
#define OF(name) _mm_##name
#define ROUND(name) _mm_round_##name
typedef __m128 floats;
#ifdef __AVX__
#define OF_DOUBLES(name) _mm256_##name
#define ROUND_DOUBLES(name) _mm256_round_##name
typedef __m256d doubles;
typedef __m128i whole_doubles;
#else
#define OF_DOUBLES(name) _mm_##name
#define ROUND_DOUBLES ROUND
typedef __m128d doubles;
#endif
#endif
enum { NEAREST = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC };

INLINE vf vroot(vf x) { return (vf)OF(sqrt_ps)((floats)x); }
INLINE vf vabs(vf x) { return (vf)((vi)x & INT32_MAX); }
/* In a comparison with NaN, processors return the second operand. */
INLINE vf vmax(vf a, vf b) { return (vf)OF(max_ps)((floats)b, (floats)a); }
INLINE vf vmin(vf a, vf b) { return (vf)OF(min_ps)((floats)b, (floats)a); }
#if VECTOR == 16
INLINE vf vpick(vi mask, vf a, vf b) { return (vf)((mask & (vi)a) | (~mask & (vi)b)); }
INLINE int vany(vi mask) { return _mm512_test_epi32_mask((__m512i)mask, (__m512i)mask) != 0; }
#else
INLINE vf vpick(vi mask, vf a, vf b) { return (vf)OF(blendv_ps)((floats)b, (floats)a, (floats)mask); }
#if VECTOR == 8
INLINE int vany(vi mask) { return !_mm256_testz_si256((__m256i)mask, (__m256i)mask); }
#else
INLINE int vany(vi mask) { return !_mm_testz_si128((__m128i)mask, (__m128i)mask); }
#endif
#endif
INLINE vi ipick(vi mask, vi a, vi b) { return (vi)vpick(mask, (vf)a, (vf)b); }
INLINE vf vnearest(vf x) { return (vf)ROUND(ps)((floats)x, NEAREST); }
/* The processor has INT32_MIN for all that does not fit. */
INLINE vi truncate(vf x) { return ((vi)OF(cvttps_epi32)((floats)x) ^ (x >= 0x1p31f)) & (x == x); }

enum { REGISTERS = sizeof(vd) / sizeof(doubles) };
typedef union {
  vd whole;
  doubles part[REGISTERS];
} parts;
#if VECTOR == 16
#define SIGNS(x) _mm512_movepi64_mask((__m512i)(x))
#else
#define SIGNS OF_DOUBLES(movemask_pd)
#endif
INLINE int dany(vl mask) {
  const parts p = {(vd)mask};
  int any = 0;
  UNROLL for (int i = 0; i < REGISTERS; i++) any |= SIGNS(p.part[i]);
  return any;
}
INLINE vd droot(vd x) {
  parts p = {x};
  UNROLL for (int i = 0; i < REGISTERS; i++) p.part[i] = OF_DOUBLES(sqrt_pd)(p.part[i]);
  return p.whole;
}
INLINE vd dnearest(vd x) {
  parts p = {x};
  UNROLL for (int i = 0; i < REGISTERS; i++) p.part[i] = ROUND_DOUBLES(pd)(p.part[i], NEAREST);
  return p.whole;
}
#ifdef __AVX__
INLINE vi dwhole(vd x) {
  const parts p = {x};
  union {
    vi whole;
    whole_doubles part[REGISTERS];
  } out;
  UNROLL for (int i = 0; i < REGISTERS; i++) out.part[i] = OF_DOUBLES(cvttpd_epi32)(p.part[i]);
  return out.whole;
}
#else
INLINE vi dwhole(vd x) {
  const parts p = {x};
  return (vi)_mm_unpacklo_epi64(_mm_cvttpd_epi32(p.part[0]), _mm_cvttpd_epi32(p.part[1]));
}
#endif
INLINE vi dtruncate(vd x) {
  return (dwhole(x) ^ __builtin_convertvector(x >= 0x1p31, vi)) & __builtin_convertvector(x == x, vi);
}
