#include "dominant.h"
#include "layer.h"
#include "product.h"

/* The spectral radius of J_i = diag(s_i) W for all samples of a layer at once, by Arnoldi from each sample's own vector
   of the time before, and its gradient from the right and left Ritz vectors. Samples are in the lanes: a product with
   all Jacobians is one [D x D][D x B] product, a projected problem of four samples one of hessenberg.h. */

typedef struct {
  int width, batch, stride;
  int right, left;         /* Krylov dimensions, at most MOST; left = 0: no gradient */
  int one_sided;           /* take the left vector for the conjugate of the right one */
  float mismatch, cap;     /* relative distance of the values, and condition, beyond which a pair falls back to that */
  const float *weights;    /* [width][width] */
  const float *slopes;     /* [width][stride] */
  float *start_right;      /* [width][stride]: start vectors, replaced by the new ones */
  float *start_left;
  float *values;           /* [stride]: |l| */
  float *residuals;        /* [stride]: |J v - l v| / |l| with |v| = 1 */
  float *flags;            /* [stride]: 0 two-sided, 1 no left match, 2 above the cap, 3 no gradient (l = 0 or NaN) */
  float *vectors;          /* v re, v im, a re, a im, W v re, W v im, each [width][stride]; dl/dJ = Re(a v^T) */
  float *scratch;          /* basis (MOST + 1), images (MOST), scaled slopes, of a panel; then small matrices */
} Arnoldi;

/* A batch is worked through in panels of at most so many lane groups, as in arnoldi.ts: their Krylov spaces stay in a
   processor's first cache. Blocks of a panel are [width][lanes], those of the batch [width][stride]. */
enum { PANEL = 4, MATRIX = MOST * MOST, FILTER = 5 };
#define SHARE 0.6f

APART v4 dot(int width, int stride, const float *x, const float *y) { return inner(width, stride, x, y); }

/* K inner products <basis[k], w> at once, added to h[k * step]; then w loses these components. */
INLINE void project(const int K, int width, int lanes, int far, const float *basis, float *w, v4 *h, int step) {
  v4 sum[8], odd[4];
  UNROLL for (int k = 0; k < K; k++) sum[k] = fill4(0);
  if (K > 4) {
    for (int d = 0; d < width; d++) {
      const v4 x = load(w + d * lanes);
      UNROLL for (int k = 0; k < K; k++) sum[k] += load(basis + k * far + d * lanes) * x;
    }
  } else {
    /* Few sums wait for their own last addition: two of each. */
    UNROLL for (int k = 0; k < K; k++) odd[k] = fill4(0);
    int d = 0;
    for (; d + 1 < width; d += 2) {
      const v4 x = load(w + d * lanes), y = load(w + (d + 1) * lanes);
      UNROLL for (int k = 0; k < K; k++) sum[k] += load(basis + k * far + d * lanes) * x;
      UNROLL for (int k = 0; k < K; k++) odd[k] += load(basis + k * far + (d + 1) * lanes) * y;
    }
    if (d < width) {
      const v4 x = load(w + d * lanes);
      UNROLL for (int k = 0; k < K; k++) sum[k] += load(basis + k * far + d * lanes) * x;
    }
    UNROLL for (int k = 0; k < K; k++) sum[k] += odd[k];
  }
  UNROLL for (int k = 0; k < K; k++) h[k * step] += sum[k];
  for (int d = 0; d < width; d++) {
    v4 x = load(w + d * lanes);
    UNROLL for (int k = 0; k < K; k++) x -= sum[k] * load(basis + k * far + d * lanes);
    store(w + d * lanes, x);
  }
}

/* w minus its components along basis[0..count), up to eight vectors at a time; the coefficients are added to h. */
APART void orthogonalise(int count, int width, int lanes, int far, const float *basis, float *w, v4 *h, int step) {
  int k = 0;
  for (; k + 8 <= count; k += 8) project(8, width, lanes, far, basis + k * far, w, h + k * step, step);
  if (k + 4 <= count) project(4, width, lanes, far, basis + k * far, w, h + k * step, step), k += 4;
  switch (count - k) {
    case 3: project(3, width, lanes, far, basis + k * far, w, h + k * step, step); break;
    case 2: project(2, width, lanes, far, basis + k * far, w, h + k * step, step); break;
    case 1: project(1, width, lanes, far, basis + k * far, w, h + k * step, step); break;
  }
}

/* w <- w / |w|, zero where it is zero; returns |w|. squares: |w|^2. */
APART v4 normalise(int width, int lanes, float *w, v4 squares) {
  const v4 norm = root4(squares);
  const v4 inverse = pick4(norm > fill4(0), 1.0f / norm, fill4(0));
  for (int d = 0; d < width; d++) store(w + d * lanes, load(w + d * lanes) * inverse);
  return norm;
}

/* out = M X for M = W, or W^T. */
APART void multiply(const Arnoldi *a, int transposed, const float *x, int lanes, float *out) {
  const int width = a->width;
  product(width, width, a->weights, transposed ? 1 : width, transposed ? width : 1, x, lanes, out, 0, 0);
}

/* m steps of Arnoldi on a panel: h [m + 1][MOST] of each lane group (MATRIX vectors apart), basis [m + 1] and images W v of
   each basis vector. Transposed: J^T = W^T diag(s), no images. start: a block of the batch. */
APART void arnoldi(int transposed, const Arnoldi *a, int m, int lanes, const float *slopes, const float *start,
                   float *basis, float *images, v4 *h) {
  const int width = a->width, far = width * lanes;
  for (int g = 0; g < lanes; g += LANES) {
    for (int d = 0; d < width; d++) store(basis + d * lanes + g, load(start + d * a->stride + g));
    normalise(width, lanes, basis + g, dot(width, lanes, basis + g, basis + g));
  }
  for (int j = 0; j < m; j++) {
    const float *v = basis + j * far;
    float *w = basis + (j + 1) * far;
    if (transposed) {
      for (int i = 0; i < far; i += LANES) store(images + i, load(v + i) * load(slopes + i));
      multiply(a, 1, images, lanes, w);
    } else {
      float *image = images + j * far;
      multiply(a, 0, v, lanes, image);
      for (int i = 0; i < far; i += LANES) store(w + i, load(image + i) * load(slopes + i));
    }
    for (int g = 0; g < lanes; g += LANES) {
      v4 *column = h + g / LANES * MATRIX + j;
      for (int k = 0; k <= j + 1; k++) column[k * MOST] = fill4(0);
      orthogonalise(j + 1, width, lanes, far, basis + g, w + g, column, MOST);
      v4 inside = fill4(0), outside = dot(width, lanes, w + g, w + g);
      for (int k = 0; k <= j; k++) inside += column[k * MOST] * column[k * MOST];
      /* Once more where most of w was in the basis: twice is enough. */
      if (any4(outside < 0.01f * inside)) {
        orthogonalise(j + 1, width, lanes, far, basis + g, w + g, column, MOST);
        /* What loses as much again was rounding only: the space is invariant, and ends. */
        const v4 rest = dot(width, lanes, w + g, w + g);
        outside = pick4(rest < 0.01f * outside, fill4(0), rest);
      }
      column[(j + 1) * MOST] = normalise(width, lanes, w + g, outside);
    }
  }
}

/* A Ritz pair of one lane group, eigenvalue and coefficients y, and its residual |h_(m+1,m) y_m|: the one of largest
   modulus, or the one that three steps of inverse iteration find nearest to `target`. */
APART c4 ritz(int m, const v4 *h, v4 *work, c4 *y, const c4 *target, v4 *residual) {
  v4 size = fill4(0);
  for (int i = 0; i < m; i++) {
    for (int j = i > 0 ? i - 1 : 0; j < m; j++) size = max4(size, abs4(h[i * MOST + j]));
  }
  const v4 inverse = pick4(size > fill4(0), 1.0f / size, fill4(0));
  v4 *scaled = work, *t = work + MATRIX;
  for (int i = 0; i < m; i++) {
    for (int j = i > 0 ? i - 1 : 0; j < m; j++) scaled[i * MOST + j] = h[i * MOST + j] * inverse;
  }
  c4 l = {fill4(0), fill4(0)};
  if (target) {
    const c4 shift = {target->re * inverse, target->im * inverse};
    for (int step = 0; step < 3; step++) inverse_iteration(m, scaled, shift, (c4 *)t, y, step == 0);
    l = hessenberg_quotient(m, scaled, y);
  } else {
    i4 sure = ifill4(0);
    if (2 < m && m <= DEGREE) {
      l = dominant_eigenvalue(m, scaled, &sure);
      sure &= inverse_iteration(m, scaled, l, (c4 *)t, y, 1) <= 1e-3f * root4(l.re * l.re + l.im * l.im);
    }
    if (any4(~sure)) {
      const c4 slow = hessenberg_eigenvalue(m, scaled, t);
      l.re = pick4(sure, l.re, slow.re), l.im = pick4(sure, l.im, slow.im);
      inverse_iteration(m, scaled, l, (c4 *)t, y, 1);
    }
  }
  /* Nothing of a lane with l = 0 or NaN may reach the sums over lanes. */
  const i4 good = l.re * l.re + l.im * l.im > fill4(0);
  for (int k = 0; k < m; k++) y[k].re = pick4(good, y[k].re, fill4(0)), y[k].im = pick4(good, y[k].im, fill4(0));
  *residual = abs4(h[m * MOST + m - 1]) * root4(y[m - 1].re * y[m - 1].re + y[m - 1].im * y[m - 1].im);
  l.re *= size, l.im *= size;
  return l;
}

/* out = sum_k y_k vectors[k] in R rows, y complex or, where there is no im, real. */
INLINE void combine_rows(const int R, int m, int lanes, int far, const float *vectors, const v4 *y, int step, int stride,
                         float *re, float *im) {
  v4 x[4], z[4];
  UNROLL for (int r = 0; r < R; r++) x[r] = z[r] = fill4(0);
  for (int k = 0; k < m; k++) {
    UNROLL for (int r = 0; r < R; r++) {
      const v4 v = load(vectors + k * far + r * lanes);
      x[r] += y[k * step] * v;
      if (im) z[r] += y[k * step + 1] * v;
    }
  }
  UNROLL for (int r = 0; r < R; r++) {
    store(re + r * stride, x[r]);
    if (im) store(im + r * stride, z[r]);
  }
}

/* Both parts of sum_k y_k vectors[k] for one lane group, from vectors of a panel to a block of the batch. */
APART void combine(int m, int width, int lanes, const float *vectors, const c4 *y, int stride, float *re, float *im) {
  const int far = width * lanes;
  int d = 0;
  for (; d + 4 <= width; d += 4) {
    combine_rows(4, m, lanes, far, vectors + d * lanes, &y->re, 2, stride, re + d * stride, im + d * stride);
  }
  for (; d < width; d++) {
    combine_rows(1, m, lanes, far, vectors + d * lanes, &y->re, 2, stride, re + d * stride, im + d * stride);
  }
}

APART void combine_real(int m, int width, int lanes, const float *vectors, const v4 *y, int stride, float *out) {
  const int far = width * lanes;
  int d = 0;
  for (; d + 4 <= width; d += 4) combine_rows(4, m, lanes, far, vectors + d * lanes, y, 1, stride, out + d * stride, 0);
  for (; d < width; d++) combine_rows(1, m, lanes, far, vectors + d * lanes, y, 1, stride, out + d * stride, 0);
}

/* What the next visit starts from, in coordinates of the basis: the plane of the pair, of which y is a complex vector, and
   a share of h^FILTER e_1, of unit length, which keeps the vectors of other eigenvalues of nearly the same modulus in
   sight. */
APART void next_start(int m, const v4 *h, const c4 *y, v4 *next) {
  v4 x[MOST], image[MOST];
  for (int i = 0; i < m; i++) x[i] = fill4(i == 0);
  for (int step = 0; step < FILTER; step++) {
    v4 squares = fill4(0);
    for (int i = 0; i < m; i++) {
      v4 sum = fill4(0);
      for (int k = i > 0 ? i - 1 : 0; k < m; k++) sum += h[i * MOST + k] * x[k];
      image[i] = sum, squares += sum * sum;
    }
    const v4 inverse = pick4(squares > fill4(0), 1.0f / root4(squares), fill4(0));
    for (int i = 0; i < m; i++) x[i] = image[i] * inverse;
  }
  for (int i = 0; i < m; i++) next[i] = y[i].re + y[i].im + SHARE * x[i];
}

/* Samples from..from + lanes of the batch. norm: |W|_F. */
APART void arnoldi_panel(const Arnoldi *a, int from, int lanes, double norm) {
  const int width = a->width, stride = a->stride, far = width * stride, near = width * lanes, m = a->right;
  float *basis = a->scratch, *images = basis + (MOST + 1) * near, *slopes = images + MOST * near;
  v4 *h = (v4 *)(slopes + near), *work = h + lanes / LANES * MATRIX;
  c4 *y = (c4 *)(work + 4 * MATRIX);
  float *v_re = a->vectors + from, *v_im = v_re + far, *a_re = v_im + far, *a_im = a_re + far, *wv_re = a_im + far;
  float *wv_im = wv_re + far, *start_right = a->start_right + from, *start_left = a->start_left + from;

  /* J is scaled to size 1 by |W|_F and each sample's largest slope, so that no square overflows or vanishes. */
  const v4 layer = fill4(norm > 0 ? (float)(1.0 / norm) : 0);
  v4 scale[PANEL];
  for (int g = 0; g < lanes; g += LANES) {
    const float *own = a->slopes + from + g;
    v4 largest = fill4(0);
    for (int d = 0; d < width; d++) largest = max4(largest, abs4(load(own + d * stride)));
    scale[g / LANES] = largest * (float)norm;
    const v4 inverse = pick4(largest > fill4(0), layer / largest, fill4(0));
    for (int d = 0; d < width; d++) store(slopes + d * lanes + g, load(own + d * stride) * inverse);
  }

  arnoldi(0, a, m, lanes, slopes, start_right, basis, images, h);
  c4 found[PANEL];
  v4 next[MOST];
  for (int g = 0; g < lanes; g += LANES) {
    v4 residual;
    const c4 l = ritz(m, h + g / LANES * MATRIX, work, y, 0, &residual);
    const v4 modulus = root4(l.re * l.re + l.im * l.im);
    store(a->values + from + g, modulus * scale[g / LANES]);
    store(a->residuals + from + g, pick4(modulus > fill4(0), residual / modulus, fill4(0)));
    found[g / LANES] = l;
    combine(m, width, lanes, basis + g, y, stride, v_re + g, v_im + g);
    if (a->left || a->one_sided) combine(m, width, lanes, images + g, y, stride, wv_re + g, wv_im + g);
    next_start(m, h + g / LANES * MATRIX, y, next);
    combine_real(m, width, lanes, basis + g, next, stride, a_re + g);
    /* The old vector stays where nothing was found. */
    const i4 good = modulus > fill4(0);
    for (int d = 0; d < width; d++) {
      const int at = d * stride + g;
      store(start_right + at, pick4(good, load(a_re + at), load(start_right + at)));
    }
  }
  if (!a->left && !a->one_sided) return;

  if (a->left) arnoldi(1, a, a->left, lanes, slopes, start_left, basis, images, h);
  for (int g = 0; g < lanes; g += LANES) {
    const c4 l = found[g / LANES];
    const v4 modulus = root4(l.re * l.re + l.im * l.im);
    const i4 usable = modulus > fill4(0);
    /* u = conj(v) unless there is a left vector that is close enough and not too ill-conditioned: <u, v> = 1. */
    i4 two_sided = ifill4(0);
    v4 flag = fill4(0);
    c4 product = {fill4(1), fill4(0)};
    if (a->left) {
      v4 residual;
      const c4 k = ritz(a->left, h + g / LANES * MATRIX, work, y, &l, &residual);
      combine(a->left, width, lanes, basis + g, y, stride, a_re + g, a_im + g);
      const i4 found_left = k.re * k.re + k.im * k.im > fill4(0);
      for (int d = 0; d < width; d++) {
        const int at = d * stride + g;
        store(start_left + at, pick4(found_left, load(a_re + at) + load(a_im + at), load(start_left + at)));
      }
      const v4 x = k.re - l.re, z = k.im - l.im;
      const i4 close = x * x + z * z <= a->mismatch * a->mismatch * modulus * modulus;
      product.re = dot(width, stride, a_re + g, v_re + g) - dot(width, stride, a_im + g, v_im + g);
      product.im = dot(width, stride, a_re + g, v_im + g) + dot(width, stride, a_im + g, v_re + g);
      const i4 tame = product.re * product.re + product.im * product.im >= fill4(1.0f / (a->cap * a->cap));
      two_sided = close & tame;
      flag = pick4(close, pick4(tame, fill4(0), fill4(2)), fill4(1));
    }
    store(a->flags + from + g, pick4(usable, flag, fill4(3)));
    product.re = pick4(two_sided, product.re, fill4(1));
    product.im = pick4(two_sided, product.im, fill4(0));
    /* alpha = conj(l) / |l| / <u, v>, so that d|l| = Re(alpha u^T dJ v). */
    const v4 size = pick4(usable, 1.0f / (modulus * (product.re * product.re + product.im * product.im)), fill4(0));
    const v4 p = (l.re * product.re - l.im * product.im) * size, q = -(l.re * product.im + l.im * product.re) * size;
    for (int d = 0; d < width; d++) {
      const int at = d * stride + g;
      const v4 u_re = pick4(two_sided, load(a_re + at), load(v_re + at));
      const v4 u_im = pick4(two_sided, load(a_im + at), -load(v_im + at));
      store(a_re + at, pick4(usable, p * u_re - q * u_im, fill4(0)));
      store(a_im + at, pick4(usable, p * u_im + q * u_re, fill4(0)));
    }
  }
}

EXPORT void arnoldi_layer(const Arnoldi *a) {
  const double norm = __builtin_sqrt(squares(a->width * a->width, a->weights));
  for (int from = 0; from < a->stride;) {
    /* As many lanes as a product takes at once, and no single group left over where it can be avoided. */
    const int left = (a->stride - from) / LANES, groups = left == PANEL + 1 ? PANEL - 1 : left < PANEL ? left : PANEL;
    arnoldi_panel(a, from, groups * LANES, norm);
    from += groups * LANES;
  }
}

/* Adds sum_i c_i Re(a_i v_i^T) to the gradients: through diag(s) to the weights, through W v to the slopes.
   vectors: as arnoldi_layer left them; scratch: 4 [width][stride] and [width][width]. */
EXPORT void arnoldi_pullback(int width, int stride, const float *slopes, const float *vectors, const float *cotangent,
                             float *grad_weights, float *grad_slopes, float *scratch) {
  const int far = width * stride;
  const float *v_re = vectors, *v_im = v_re + far, *a_re = v_im + far, *a_im = a_re + far, *wv_re = a_im + far, *wv_im = wv_re + far;
  /* Real and imaginary parts side by side, as one product over 2 stride terms. */
  float *left = scratch, *rows = left + 2 * far, *out = rows + 2 * far;
  for (int d = 0; d < width; d++) {
    for (int g = 0; g < stride; g += LANES) {
      const int at = d * stride + g;
      const v4 c = load(cotangent + g), s = load(slopes + at);
      const v4 re = c * load(a_re + at), im = c * load(a_im + at);
      store(left + 2 * d * stride + g, re * s);
      store(left + (2 * d + 1) * stride + g, -im * s);
      store(grad_slopes + at, load(grad_slopes + at) + (re * load(wv_re + at) - im * load(wv_im + at)));
    }
  }
  transpose(width, stride, v_re, stride, rows);
  transpose(width, stride, v_im, stride, rows + far);
  outer(width, width, 2 * stride, left, 2 * stride, rows, out);
  for (int i = 0; i < width * width; i++) grad_weights[i] += out[i];
}

/* Rows slots[i] of a store [..][step] of sample-major vectors, to lane i of a feature-major block and back. */
EXPORT void take_rows(int width, int batch, int stride, const float *rows, int step, const uint32_t *slots, float *block) {
  for (int g = 0; g < stride; g += LANES) {
    const float *row[LANES];
    for (int i = 0; i < LANES; i++) row[i] = g + i < batch ? rows + slots[g + i] * step : 0;
    int d = 0;
    if (g + LANES <= batch) {
      for (; d + LANES <= width; d += LANES) {
        v4 x[LANES];
        UNROLL for (int i = 0; i < LANES; i++) x[i] = load(row[i] + d);
        turn(x);
        UNROLL for (int i = 0; i < LANES; i++) store(block + (d + i) * stride + g, x[i]);
      }
    }
    for (; d < width; d++) {
      for (int i = 0; i < LANES; i++) block[d * stride + g + i] = row[i] ? row[i][d] : 0;
    }
  }
}

EXPORT void put_rows(int width, int batch, int stride, float *store, int step, const uint32_t *slots, const float *block) {
  for (int i = 0; i < batch; i++) {
    float *row = store + slots[i] * step;
    for (int d = 0; d < width; d++) row[d] = block[d * stride + i];
  }
}
