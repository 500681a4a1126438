/* x86-64 from SSE4.1 on: portable.h says what each does. */
#include <immintrin.h>

INLINE vf vroot(vf x) { return (vf)_mm_sqrt_ps((__m128)x); }
INLINE vf vabs(vf x) { return (vf)((vi)x & INT32_MAX); }
/* Of these two, processors return the second operand where they do not compare. */
INLINE vf vmax(vf a, vf b) { return (vf)_mm_max_ps((__m128)b, (__m128)a); }
INLINE vf vmin(vf a, vf b) { return (vf)_mm_min_ps((__m128)b, (__m128)a); }
INLINE vf vpick(vi mask, vf a, vf b) { return (vf)_mm_blendv_ps((__m128)b, (__m128)a, (__m128)mask); }
INLINE vi ipick(vi mask, vi a, vi b) { return (vi)vpick(mask, (vf)a, (vf)b); }
INLINE int vany(vi mask) { return !_mm_testz_si128((__m128i)mask, (__m128i)mask); }
INLINE vf vnearest(vf x) { return (vf)_mm_round_ps((__m128)x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC); }
/* The processor has INT32_MIN for all that does not fit. */
INLINE vi truncate(vf x) { return ((vi)_mm_cvttps_epi32((__m128)x) ^ (x >= 0x1p31f)) & (x == x); }

#ifdef __AVX__
INLINE vd droot(vd x) { return (vd)_mm256_sqrt_pd((__m256d)x); }
INLINE vd dnearest(vd x) {
  return (vd)_mm256_round_pd((__m256d)x, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
}
INLINE vi dwhole(vd x) { return (vi)_mm256_cvttpd_epi32((__m256d)x); }
#else
typedef union {
  vd whole;
  __m128d half[2];
} halves;
INLINE vd droot(vd x) {
  halves h = {x};
  h.half[0] = _mm_sqrt_pd(h.half[0]), h.half[1] = _mm_sqrt_pd(h.half[1]);
  return h.whole;
}
INLINE vd dnearest(vd x) {
  halves h = {x};
  for (int i = 0; i < 2; i++) h.half[i] = _mm_round_pd(h.half[i], _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
  return h.whole;
}
INLINE vi dwhole(vd x) {
  const halves h = {x};
  return (vi)_mm_unpacklo_epi64(_mm_cvttpd_epi32(h.half[0]), _mm_cvttpd_epi32(h.half[1]));
}
#endif
INLINE vi dtruncate(vd x) {
  return (dwhole(x) ^ __builtin_convertvector(x >= 0x1p31, vi)) & __builtin_convertvector(x == x, vi);
}
