#include "spectral/jacobians.h"
#include "math/product.h"

/* The complex power method on all J_i = diag(s_i) W of a layer at once, for the spectral radius. The real and
   imaginary part of the iterate are a block X of two real vectors for each sample. x <- J x on both is one
   product with 2 B columns. The eigenvalues of the 2 x 2 matrix X^T J X are the estimates, so a complex pair,
   a plus-minus pair and a single eigenvalue are all found. Converges as |l_3 / l_1|^k. The left vector comes
   from the same iteration on J^T, for the eigenvalue nearest to the right one. */

/* The kinds of gradient in `flags`: from both vectors, from conj(v) because no left vector matched or because
   the condition exceeds the cap, or none. */
#define POWER_FLAGS(X) X(TWO_SIDED, twoSided) X(UNMATCHED, unmatched) X(CAPPED, capped) X(NO_GRADIENT, noGradient)
enum { ENUMERATE(POWER_FLAGS) };

typedef struct {
  int width, batch, stride, most;
  float tolerance;
  const float *weights, *scaled; /* slopes of unit Jacobians */
} Layer;

INLINE vf square_of(vc x) { return x.re * x.re + x.im * x.im; }

/* The two vectors of a lane group, orthonormal; a vector that vanishes stays zero. Twice is enough. */
APART void orthonormalise(int width, int stride, float *first) {
  float *second = first + width * stride;
  to_unit(width, stride, first);
  to_unit(width, stride, first);
  for (int pass = 0; pass < 3; pass++) {
    to_unit(width, stride, second);
    subtract(width, stride, second, inner(width, stride, first, second), first);
  }
  to_unit(width, stride, second);
}

/* out = W x, or W^T x. */
APART void multiply(const Layer *p, int transposed, const float *x, float *out) {
  const int width = p->width;
  product(width, width, p->weights, transposed ? 1 : width, transposed ? width : 1, x, p->stride, out, 0, 0);
}

/* y = M x for both vectors; M = J with images z = W x, or M = J^T with z = s x. */
APART void apply(const Layer *p, int transposed, const float *x, float *y, float *z) {
  const int far = p->width * p->stride;
  for (int j = 0; j < 2; j++, x += far, y += far, z += far) {
    if (transposed) {
      for (int i = 0; i < far; i += LANES) store(z + i, load(p->scaled + i) * load(x + i));
      multiply(p, 1, z, y);
    } else {
      multiply(p, 0, x, z);
      for (int i = 0; i < far; i += LANES) store(y + i, load(p->scaled + i) * load(z + i));
    }
  }
}

/* The wanted eigenvalue of H = X^T M X for one lane group, the larger one or the one nearest to `target`, its
   unit vector c, and |M X c - l X c|. */
APART vc ritz_pair(const Layer *p, const float *x, const float *y, const vc *target, vc *c, vf *residual) {
  const int width = p->width, stride = p->stride, far = width * stride;
  const vf h00 = inner(width, stride, x, y), h01 = inner(width, stride, x, y + far);
  const vf h10 = inner(width, stride, x + far, y), h11 = inner(width, stride, x + far, y + far);
  const vf zero = fill(0), half = 0.5f * (h00 - h11), middle = 0.5f * (h00 + h11), square = half * half + h01 * h10;
  const vi real = square >= zero;
  const vf root = vroot(vabs(square)), spread = vpick(real, root, zero), turn = vpick(real, zero, root);
  const vc one = {middle + spread, turn}, two = {middle - spread, -turn};
  vi second = square_of(two) > square_of(one);
  if (target) {
    const vc to_one = {one.re - target->re, one.im - target->im}, to_two = {two.re - target->re, two.im - target->im};
    second = square_of(to_two) < square_of(to_one);
  }
  const vc l = {vpick(second, two.re, one.re), vpick(second, two.im, one.im)};
  /* (h01, l - h00) and (l - h11, h10) each solve one row. Take the longer one, or (1, 0) if H is a multiple
     of the identity. */
  const vc above = {l.re - h00, l.im}, below = {l.re - h11, l.im};
  const vf size_above = h01 * h01 + square_of(above), size_below = square_of(below) + h10 * h10;
  const vi upper = size_above > size_below;
  const vf size = vpick(upper, size_above, size_below);
  const vf scale = vpick(size > zero, 1.0f / vroot(size), zero);
  c[0].re = vpick(size > zero, vpick(upper, h01, below.re) * scale, fill(1));
  c[0].im = vpick(upper, zero, below.im) * scale;
  c[1].re = vpick(upper, above.re, h10) * scale;
  c[1].im = vpick(upper, above.im, zero) * scale;
  vf sum = zero;
  for (int d = 0; d < width; d++) {
    const vf x0 = load(x + d * stride), x1 = load(x + far + d * stride);
    const vf y0 = load(y + d * stride), y1 = load(y + far + d * stride);
    const vf v_re = c[0].re * x0 + c[1].re * x1, v_im = c[0].im * x0 + c[1].im * x1;
    const vf re = c[0].re * y0 + c[1].re * y1 - (l.re * v_re - l.im * v_im);
    const vf im = c[0].im * y0 + c[1].im * y1 - (l.re * v_im + l.im * v_re);
    sum += re * re + im * im;
  }
  /* Relative to |l|, or to 1e-6 |J|_F where that is more. */
  *residual = vroot(sum) / vmax(vroot(square_of(l)), fill(1e-6f));
  return l;
}

/* Iterates each sample until it is within the tolerance, or `most` times; returns the iterations of all
   samples. A sample that is done stays as it is while its neighbours go on. x ends orthonormal, y = M x. */
APART int iterate(const Layer *p, int transposed, float *x, float *y, float *z, const vc *targets, vc *l,
                  vc *c, float *residuals) {
  const int width = p->width, stride = p->stride;
  int iterations = 0, left = p->batch;
  for (int g = 0; g < stride; g += LANES) orthonormalise(width, stride, x + g);
  for (int round = 1;; round++) {
    iterations += left;
    apply(p, transposed, x, y, z);
    left = 0;
    for (int g = 0; g < stride; g += LANES) {
      const int at = g / LANES;
      vf residual;
      l[at] = ritz_pair(p, x + g, y + g, targets ? targets + at : 0, c + 2 * at, &residual);
      store(residuals + g, residual);
      for (int i = 0; i < LANES && g + i < p->batch; i++) left += !(residual[i] <= p->tolerance);
    }
    if (left == 0 || round >= p->most) return iterations;
    for (int g = 0; g < stride; g += LANES) {
      const vi done = load(residuals + g) <= p->tolerance;
      orthonormalise(width, stride, y + g);
      for (int d = 0; d < 2 * width; d++) {
        const int at = d * stride + g;
        store(x + at, vpick(done, load(x + at), load(y + at)));
      }
    }
  }
}

/* out (re, im) = sum_j c_j vectors[j], for one lane group. */
INLINE void combine(int width, int stride, int far, const float *vectors, const vc *c, float *re, float *im) {
  for (int d = 0; d < width; d++) {
    const vf p = load(vectors + d * stride), q = load(vectors + far + d * stride);
    store(re + d * stride, c[0].re * p + c[1].re * q);
    store(im + d * stride, c[0].im * p + c[1].im * q);
  }
}

/* right, left: start blocks, two vectors each, replaced by J X. values: |l|. residuals: |J v - l v| / |l|.
   flags: as POWER_FLAGS, by `mismatch` and `cap`.
   vectors (touched where there is a gradient): v, a, W v, real and imaginary parts, d|l| / dJ = a_0 v_0^T +
   a_1 v_1^T. scratch: 7 blocks, 2 (stride + width), stride and 8 stride numbers. Returns the products taken,
   of all samples. */
EXPORT int power_layer(int width, int batch, int stride, int most, float tolerance, float mismatch, float cap, int gradient,
                       const float *weights, const float *slopes, float *right, float *left, float *values, float *residuals,
                       float *flags, float *vectors, float *scratch) {
  const int far = width * stride;
  float *x = scratch, *y = x + 2 * far, *z = y + 2 * far, *scaled = z + 2 * far;
  double *norms = (double *)(scaled + far), *rows = norms + stride;
  float *spare = (float *)(rows + width + (width & 1));
  vc *l = (vc *)(spare + stride), *near = l + stride / LANES, *c = near + stride / LANES;
  const Layer p = {width, batch, stride, most, tolerance, weights, scaled};
  const vf zero = fill(0);
  if (!unit_jacobians(width, batch, stride, weights, slopes, norms, rows, scaled)) {
    for (int i = 0; gradient && i < 6 * far; i++) vectors[i] = 0;
    for (int i = 0; i < stride; i++) values[i] = __builtin_nanf(""), residuals[i] = 0, flags[i] = NO_GRADIENT;
    return 0;
  }
  for (int i = 0; i < 2 * far; i += LANES) store(x + i, load(right + i));
  int products = 2 * iterate(&p, 0, x, y, z, 0, l, c, residuals);
  float *v_re = vectors, *v_im = v_re + far, *a_re = v_im + far, *a_im = a_re + far, *wv_re = a_im + far, *wv_im = wv_re + far;
  for (int g = 0; g < stride; g += LANES) {
    const vf modulus = vroot(square_of(l[g / LANES]));
    const vi good = modulus > zero;
    for (int i = g; i < g + LANES; i++) values[i] = (float)(norms[i] * modulus[i - g]);
    store(flags + g, vpick(good, zero, fill(NO_GRADIENT)));
    for (int d = 0; d < 2 * width; d++) {
      const int at = d * stride + g;
      store(right + at, vpick(good, load(y + at), load(right + at)));
    }
    if (!gradient) continue;
    combine(width, stride, far, x + g, c + g / LANES * 2, v_re + g, v_im + g);
    combine(width, stride, far, z + g, c + g / LANES * 2, wv_re + g, wv_im + g);
  }
  if (!gradient) return products;

  for (int i = 0; i < 2 * far; i += LANES) store(x + i, load(left + i));
  products += 2 * iterate(&p, 1, x, y, z, l, near, c, spare);
  for (int g = 0; g < stride; g += LANES) {
    const vc to = l[g / LANES], from = near[g / LANES];
    const vf modulus = vroot(square_of(to));
    const vi good = modulus > zero, left_good = square_of(from) > zero;
    for (int d = 0; d < 2 * width; d++) {
      const int at = d * stride + g;
      store(left + at, vpick(left_good, load(y + at), load(left + at)));
    }
    combine(width, stride, far, x + g, c + g / LANES * 2, a_re + g, a_im + g);
    const vc off = {from.re - to.re, from.im - to.im};
    const vi matched = square_of(off) <= mismatch * mismatch * square_of(to);
    vc dot = {inner(width, stride, a_re + g, v_re + g) - inner(width, stride, a_im + g, v_im + g),
                    inner(width, stride, a_re + g, v_im + g) + inner(width, stride, a_im + g, v_re + g)};
    const vi tame = square_of(dot) >= fill(1.0f / (cap * cap));
    const vi two_sided = matched & tame;
    const vf flag = vpick(matched, vpick(tame, zero, fill(CAPPED)), fill(UNMATCHED));
    store(flags + g, vpick(good, flag, fill(NO_GRADIENT)));
    dot.re = vpick(two_sided, dot.re, fill(1));
    dot.im = vpick(two_sided, dot.im, zero);
    /* alpha = conj(l) / |l| / <u, v>, so that d|l| = Re(alpha u^T dJ v). */
    const vf size = vpick(good, 1.0f / (modulus * square_of(dot)), zero);
    const vf alpha = (to.re * dot.re - to.im * dot.im) * size, beta = -(to.re * dot.im + to.im * dot.re) * size;
    for (int d = 0; d < width; d++) {
      const int at = d * stride + g;
      const vf u_re = vpick(two_sided, load(a_re + at), load(v_re + at));
      const vf u_im = vpick(two_sided, load(a_im + at), -load(v_im + at));
      store(a_re + at, vpick(good, alpha * u_re - beta * u_im, zero));
      store(a_im + at, vpick(good, -(alpha * u_im + beta * u_re), zero));
    }
  }
  return products;
}
