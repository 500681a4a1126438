#include "dominant.h"
#include "layer.h"
#include "product.h"

/* The spectral radius of J_i = diag(s_i) W for all samples of a layer at once, by Arnoldi from each sample's own vector
   of the time before, and a derivative that is smooth where eigenvalues are crowded. Samples are in the lanes: a product with
   all Jacobians is one [D x D][D x B] product, a projected problem of four samples one of hessenberg.h. */

typedef struct {
  int width, batch, stride;
  int length;              /* Krylov dimension, at most MOST */
  int powers;              /* of J in the derivative, 0: none is wanted */
  const float *weights;    /* [width][width] */
  const float *slopes;     /* [width][stride] */
  float *start;            /* [width][stride]: start vectors, replaced by the new ones */
  float *values;           /* [stride]: |l| */
  float *residuals;        /* [stride]: |J v - l v| / |l| with |v| = 1 */
  float *capped;           /* [stride]: 1 where the derivative was cut to |a| |x| = CAP */
  float *vectors;          /* x, a, W x, each [width][stride]: d|l| / dJ = a x^T, as rank_pullback wants it */
  float *scratch;          /* basis (MOST + 1), images (MOST), slopes and u of a panel; then small matrices */
} Arnoldi;

/* A batch is worked through in panels of at most so many lane groups, as in arnoldi.ts: their Krylov spaces stay in a
   processor's first cache. Blocks of a panel are [width][lanes], those of the batch [width][stride]. */
enum { PANEL = 4, MATRIX = MOST * MOST, FILTER = 5, QUIET = 16 };
#define SHARE 0.6f
#define CAP 1e3f

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

/* m steps of Arnoldi on a panel: h [m + 1][MOST] of each lane group (MATRIX vectors apart), basis [m + 1], and images W v of
   each basis vector. */
APART void arnoldi(const Arnoldi *a, int lanes, const float *slopes, const float *start, float *basis, float *images, v4 *h) {
  const int width = a->width, far = width * lanes;
  for (int g = 0; g < lanes; g += LANES) {
    for (int d = 0; d < width; d++) store(basis + d * lanes + g, load(start + d * a->stride + g));
    normalise(width, lanes, basis + g, dot(width, lanes, basis + g, basis + g));
  }
  for (int j = 0; j < a->length; j++) {
    float *w = basis + (j + 1) * far, *image = images + j * far;
    product(width, width, a->weights, width, 1, basis + j * far, lanes, image, 0, 0);
    for (int i = 0; i < far; i += LANES) store(w + i, load(image + i) * load(slopes + i));
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

/* The dominant Ritz pair of one lane group, eigenvalue and coefficients y, and its residual |h_(m+1,m) y_m|. */
APART c4 ritz(int m, const v4 *h, v4 *work, c4 *y, v4 *residual) {
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
  i4 sure = ifill4(0);
  if (2 < m && m <= DEGREE) {
    l = dominant_eigenvalue(m, scaled, &sure);
    sure &= inverse_iteration(m, scaled, l, (c4 *)t, y) <= 1e-3f * root4(l.re * l.re + l.im * l.im);
  }
  if (any4(~sure)) {
    const c4 slow = hessenberg_eigenvalue(m, scaled, t);
    l.re = pick4(sure, l.re, slow.re), l.im = pick4(sure, l.im, slow.im);
    inverse_iteration(m, scaled, l, (c4 *)t, y);
  }
  *residual = abs4(h[m * MOST + m - 1]) * root4(y[m - 1].re * y[m - 1].re + y[m - 1].im * y[m - 1].im);
  l.re *= size, l.im *= size;
  return l;
}

/* out = sum_k y_k vectors[k] in R rows of one lane group, from vectors of a panel to a block of lines `stride` apart. */
INLINE void combine_rows(const int R, int m, int lanes, int far, const float *vectors, const v4 *y, int stride, float *out) {
  v4 x[4];
  UNROLL for (int r = 0; r < R; r++) x[r] = fill4(0);
  for (int k = 0; k < m; k++) {
    UNROLL for (int r = 0; r < R; r++) x[r] += y[k] * load(vectors + k * far + r * lanes);
  }
  UNROLL for (int r = 0; r < R; r++) store(out + r * stride, x[r]);
}

APART void combine(int m, int width, int lanes, const float *vectors, const v4 *y, int stride, float *out) {
  const int far = width * lanes;
  int d = 0;
  for (; d + 4 <= width; d += 4) combine_rows(4, m, lanes, far, vectors + d * lanes, y, stride, out + d * stride);
  for (; d < width; d++) combine_rows(1, m, lanes, far, vectors + d * lanes, y, stride, out + d * stride);
}

/* x <- (inverse h)^steps x. In units of an eigenvalue nothing grows or vanishes on the way. */
APART void forward(int m, const v4 *h, v4 inverse, int steps, v4 *x) {
  v4 image[MOST];
  for (int step = 0; step < steps; step++) {
    for (int i = 0; i < m; i++) {
      v4 even = fill4(0), odd = fill4(0);
      int k = i > 0 ? i - 1 : 0;
      for (; k + 1 < m; k += 2) even += h[i * MOST + k] * x[k], odd += h[i * MOST + k + 1] * x[k + 1];
      if (k < m) even += h[i * MOST + k] * x[k];
      image[i] = (even + odd) * inverse;
    }
    for (int i = 0; i < m; i++) x[i] = image[i];
  }
}

/* x <- x / |x|, zero where it is zero. */
APART void unit(int m, v4 *x) {
  v4 squares = fill4(0);
  for (int i = 0; i < m; i++) squares += x[i] * x[i];
  const v4 inverse = pick4(squares > fill4(0), 1.0f / root4(squares), fill4(0));
  for (int i = 0; i < m; i++) x[i] *= inverse;
}

/* Nothing of a sample without an eigenvalue may reach the sums over samples. */
APART void clear(int width, int stride, i4 gone, float *block) {
  for (int d = 0; d < width; d++) store(block + d * stride, pick4(gone, fill4(0), load(block + d * stride)));
}

/* Samples from..from + lanes of the batch. norm: |W|_F. */
APART void arnoldi_panel(const Arnoldi *a, int from, int lanes, double norm) {
  const int width = a->width, stride = a->stride, far = width * stride, near = width * lanes, m = a->length;
  float *basis = a->scratch, *images = basis + (MOST + 1) * near, *slopes = images + MOST * near, *u = slopes + near;
  v4 *h = (v4 *)(u + near), *work = h + lanes / LANES * MATRIX;
  c4 *y = (c4 *)(work + 4 * MATRIX);
  float *vector = a->vectors + from, *derivative = vector + far, *image = derivative + far;

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

  arnoldi(a, lanes, slopes, a->start + from, basis, images, h);
  for (int g = 0; g < lanes; g += LANES) {
    const v4 *own = h + g / LANES * MATRIX;
    v4 residual, x[MOST], next[MOST];
    const c4 l = ritz(m, own, work, y, &residual);
    const v4 modulus = root4(l.re * l.re + l.im * l.im);
    const i4 good = modulus > fill4(0);
    const v4 inverse = pick4(good, 1.0f / modulus, fill4(0));
    store(a->values + from + g, modulus * scale[g / LANES]);
    store(a->residuals + from + g, pick4(good, residual * inverse, fill4(0)));

    /* What the next visit starts from: the plane of the pair, of which y is a complex vector, and a share of h^FILTER e_1, which
       keeps the vectors of other eigenvalues of nearly the same modulus in sight. The old one stays where nothing was found. */
    for (int i = 0; i < m; i++) x[i] = fill4(i == 0);
    forward(m, own, inverse, FILTER, x);
    unit(m, x);
    for (int i = 0; i < m; i++) next[i] = y[i].re + y[i].im + SHARE * x[i];
    combine(m, width, lanes, basis + g, next, lanes, u + g);
    float *start = a->start + from + g;
    for (int d = 0; d < width; d++) {
      store(start + d * stride, pick4(good, load(u + d * lanes + g), load(start + d * stride)));
    }
    if (!a->powers) continue;

    /* The derivative, in units of |l|: x along h^QUIET e_1, and u = J^powers x. */
    forward(m, own, inverse, QUIET - FILTER, x);
    unit(m, x);
    combine(m, width, lanes, basis + g, x, stride, vector + g);
    combine(m, width, lanes, images + g, x, stride, image + g);
    forward(m, own, inverse, a->powers - 1, x);
    combine(m, width, lanes, images + g, x, lanes, u + g);
    for (int d = 0; d < width; d++) {
      float *slope = slopes + d * lanes + g, *at = u + d * lanes + g;
      store(slope, load(slope) * inverse);
      store(at, load(at) * load(slope));
    }
  }
  if (!a->powers) return;

  /* a = (J^T)^(powers - 1) u / |u|^2, so that a^T J x = 1 for an invariant space. */
  v4 grown[PANEL];
  for (int g = 0; g < lanes; g += LANES) grown[g / LANES] = dot(width, lanes, u + g, u + g);
  for (int j = 1; j < a->powers; j++) {
    for (int i = 0; i < near; i += LANES) store(basis + i, load(slopes + i) * load(u + i));
    product(width, width, a->weights, 1, width, basis, lanes, u, 0, 0);
  }
  for (int g = 0; g < lanes; g += LANES) {
    const v4 squares = dot(width, lanes, u + g, u + g), exact = 1.0f / grown[g / LANES], most = CAP / root4(squares);
    const i4 finite = (squares <= fill4(__FLT_MAX__)) & (grown[g / LANES] <= fill4(__FLT_MAX__));
    const i4 usable = finite & (grown[g / LANES] > fill4(0)) & (squares > fill4(0)), cut = usable & (exact > most);
    const v4 c = pick4(cut, most, exact);
    store(a->capped + from + g, pick4(cut, fill4(1), fill4(0)));
    for (int d = 0; d < width; d++) store(derivative + d * stride + g, c * load(u + d * lanes + g));
    if (!any4(~usable)) continue;
    clear(width, stride, ~usable, vector + g), clear(width, stride, ~usable, derivative + g), clear(width, stride, ~usable, image + g);
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
