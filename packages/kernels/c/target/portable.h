/* The same with what GCC and clang know of vectors, for any processor and any VECTOR. */

#define EACH(i) for (int i = 0; i < VECTOR; i++)

INLINE vf vroot(vf x) {
  EACH(i) x[i] = __builtin_sqrtf(x[i]);
  return x;
}
INLINE vd droot(vd x) {
  EACH(i) x[i] = __builtin_sqrt(x[i]);
  return x;
}
/* a where the mask is set, b elsewhere. */
INLINE vf vpick(vi mask, vf a, vf b) { return (vf)((mask & (vi)a) | (~mask & (vi)b)); }
INLINE vi ipick(vi mask, vi a, vi b) { return (mask & a) | (~mask & b); }
INLINE vf vabs(vf x) { return (vf)((vi)x & INT32_MAX); }
/* The other one where they compare: NaN in a stays, NaN in b is lost. */
INLINE vf vmax(vf a, vf b) { return vpick(a < b, b, a); }
INLINE vf vmin(vf a, vf b) { return vpick(b < a, b, a); }
INLINE int vany(vi mask) {
  int any = 0;
  EACH(i) any |= mask[i];
  return any != 0;
}
INLINE int dany(vl mask) {
  int64_t any = 0;
  EACH(i) any |= mask[i];
  return any != 0;
}
/* The nearest whole number, of two the even one. */
INLINE vf vnearest(vf x) {
  EACH(i) x[i] = __builtin_nearbyintf(x[i]);
  return x;
}
INLINE vd dnearest(vd x) {
  EACH(i) x[i] = __builtin_nearbyint(x[i]);
  return x;
}
/* Towards 0, at the ends of the range beyond it, 0 for NaN. */
INLINE vi truncate(vf x) {
  vi out = {0};
  EACH(i) out[i] = !(x[i] > -0x1p31f) ? (x[i] == x[i] ? INT32_MIN : 0) : x[i] < 0x1p31f ? (int32_t)x[i] : INT32_MAX;
  return out;
}
INLINE vi dtruncate(vd x) {
  vi out = {0};
  EACH(i) out[i] = !(x[i] > -0x1p31) ? (x[i] == x[i] ? INT32_MIN : 0) : x[i] < 0x1p31 ? (int32_t)x[i] : INT32_MAX;
  return out;
}
#undef EACH
