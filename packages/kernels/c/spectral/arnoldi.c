#include "spectral/group-product.h"
#include "spectral/jacobians.h"
#include "spectral/projection.h"
#include "spectral/ritz.h"
#include "target/parallel.h"

/* The spectral radius of J_i = diag(s_i) W for all samples of a layer together, by Arnoldi from each sample's
   vector of the last visit. The derivative is smooth even if eigenvalues crowd. Samples are in the lanes, so
   a product with all Jacobians is one [D x D][D x B] product. The functions of hessenberg.h solve the
   projected problems of four samples at once. */

STRUCT(Arnoldi) {
  int depth, width, stride;
  int powers;                     /* of J in the derivative, 0: none is wanted */
  OFFSET(const int32_t) lengths;  /* [depth]: Krylov dimensions, less than MOST */
  OFFSET(const float) weights;    /* [depth][width][width] */
  OFFSET(const float) slopes;     /* [depth][width][stride] */
  OFFSET(float) start;            /* [depth][width][stride]: start vectors, replaced by the new ones */
  OFFSET(float) values;           /* [depth][stride]: |l| */
  OFFSET(float) residuals;        /* [depth][stride]: |J v - l v| / |l| with |v| = 1 */
  OFFSET(float) capped;           /* [depth][stride]: 1 where the derivative was cut to |a| |x| = CAP */
  OFFSET(float) vectors;          /* [depth]: x, a, W x, each [width][stride], as rank_slopes wants them */
  int room;                       /* of scratch, for each thread: */
  OFFSET(float) scratch;          /* of a panel: basis (MOST + 1), images (MOST), slopes, u; small matrices */
  OFFSET(float) turned;           /* [width][width] for each thread */
};

/* One layer of these. */
typedef struct {
  int width, stride, length, powers;
  const float *weights, *turned, *slopes; /* turned: W^T */
  float *start, *values, *residuals, *capped, *vectors, *scratch;
} Layer;

/* A batch is worked through in panels of at most so many lane groups: their Krylov spaces stay in a
   processor's first cache. Blocks of a panel are [width][lanes], those of the batch [width][stride]. */
CONSTANT(PANEL_GROUPS, 4)
enum { FILTER = 5, QUIET = 16 };
#define SHARE 0.6f
#define CAP 1e3f

APART vf dot(int width, int stride, const float *x, const float *y) { return inner(width, stride, x, y); }

/* w <- w / |w|, zero where it is zero; returns |w|. squares: |w|^2. */
APART vf normalise(int width, int lanes, float *w, vf squares) {
  const vf norm = vroot(squares);
  const vf inverse = vpick(norm > fill(0), 1.0f / norm, fill(0));
  for (int d = 0; d < width; d++) store(w + d * lanes, load(w + d * lanes) * inverse);
  return norm;
}

/* w orthogonal to basis[0..count) once more, in the lanes where most of it was in their span: twice is
   enough. Other lanes keep what they have, to the bit. outside: |w|^2; returns the new one. spare: a block
   as w. */
APART vf orthogonalise_again(vi again, vf outside, int count, int width, int lanes, const float *basis, float *w, vf *h,
                             float *spare) {
  vf kept[MOST];
  for (int k = 0; k < count; k++) kept[k] = h[k * MOST];
  for (int d = 0; d < width; d++) store(spare + d * lanes, load(w + d * lanes));
  const vf rest = orthogonalise(count, width, lanes, width * lanes, basis, w, h, MOST);
  for (int k = 0; k < count; k++) h[k * MOST] = vpick(again, h[k * MOST], kept[k]);
  for (int d = 0; d < width; d++) store(w + d * lanes, vpick(again, load(w + d * lanes), load(spare + d * lanes)));
  /* A vector that shrinks again by so much was only rounding. The space is invariant, and ends. */
  return vpick(again, vpick(rest < 0.01f * outside, fill(0), rest), outside);
}

/* W x, or W^T x, of a panel, and slopes times that. */
APART void multiply(const Layer *a, int transposed, int lanes, const float *x, Images to) {
  square_product(a->width, a->weights, a->turned, transposed, lanes, x, to);
}

/* m steps of Arnoldi on a panel. h is [m + 1][MOST] for each lane group (MATRIX vectors apart). basis has m +
   1 vectors v, images their W v. spare is a panel of scratch. */
APART void arnoldi(const Layer *a, int lanes, const float *slopes, const float *start, float *basis, float *images,
                   vf *h, float *spare) {
  const int width = a->width, far = width * lanes;
  for (int g = 0; g < lanes; g += LANES) {
    for (int d = 0; d < width; d++) store(basis + d * lanes + g, load(start + d * a->stride + g));
    normalise(width, lanes, basis + g, dot(width, lanes, basis + g, basis + g));
  }
  for (int j = 0; j < a->length; j++) {
    float *w = basis + (j + 1) * far, *image = images + j * far;
    multiply(a, 0, lanes, basis + j * far, (Images){image, slopes, w});
    for (int g = 0; g < lanes; g += LANES) {
      vf *column = h + g / LANES * MATRIX + j;
      for (int k = 0; k <= j + 1; k++) column[k * MOST] = fill(0);
      vf outside = orthogonalise(j + 1, width, lanes, far, basis + g, w + g, column, MOST), inside = fill(0);
      for (int k = 0; k <= j; k++) inside += column[k * MOST] * column[k * MOST];
      const vi again = outside < 0.01f * inside;
      if (vany(again)) outside = orthogonalise_again(again, outside, j + 1, width, lanes, basis + g, w + g, column, spare + g);
      column[(j + 1) * MOST] = normalise(width, lanes, w + g, outside);
    }
  }
}

/* out = sum_k y_k vectors[k] in R rows of one lane group, from vectors of a panel to a block of lines
   `stride` apart. */
INLINE void combine_rows(const int R, int m, int lanes, int far, const float *vectors, const vf *y, int stride, float *out) {
  vf x[4];
  UNROLL for (int r = 0; r < R; r++) x[r] = fill(0);
  for (int k = 0; k < m; k++) {
    UNROLL for (int r = 0; r < R; r++) x[r] += y[k] * load(vectors + k * far + r * lanes);
  }
  UNROLL for (int r = 0; r < R; r++) store(out + r * stride, x[r]);
}

APART void combine(int m, int width, int lanes, const float *vectors, const vf *y, int stride, float *out) {
  const int far = width * lanes;
  int d = 0;
  for (; d + 4 <= width; d += 4) combine_rows(4, m, lanes, far, vectors + d * lanes, y, stride, out + d * stride);
  for (; d < width; d++) combine_rows(1, m, lanes, far, vectors + d * lanes, y, stride, out + d * stride);
}

/* Nothing of a sample without an eigenvalue may reach the sums over samples. */
APART void clear(int width, int stride, vi gone, float *block) {
  for (int d = 0; d < width; d++) store(block + d * stride, vpick(gone, fill(0), load(block + d * stride)));
}

/* Samples from..from + lanes of the batch. size: not less than |W|_F. */
APART void arnoldi_panel(const Layer *a, int from, int lanes, float size) {
  const int width = a->width, stride = a->stride, far = width * stride, near = width * lanes, m = a->length;
  float *basis = a->scratch, *images = basis + (MOST + 1) * near, *slopes = images + MOST * near, *u = slopes + near;
  vf *h = (vf *)(u + near), *work = h + lanes / LANES * MATRIX;
  vc *y = (vc *)(work + 4 * MATRIX);
  float *vector = a->vectors + from, *derivative = vector + far, *image = derivative + far;

  /* J is scaled to at most size 1, so that no square overflows or vanishes. */
  const vf layer = fill(size > 0 ? 1 / size : 0);
  vf scale[PANEL_GROUPS];
  for (int g = 0; g < lanes; g += LANES) {
    const float *own = a->slopes + from + g;
    vf largest = fill(0);
    for (int d = 0; d < width; d++) largest = vmax(largest, vabs(load(own + d * stride)));
    scale[g / LANES] = largest * size;
    const vf inverse = vpick(largest > fill(0), layer / largest, fill(0));
    for (int d = 0; d < width; d++) store(slopes + d * lanes + g, load(own + d * stride) * inverse);
  }

  arnoldi(a, lanes, slopes, a->start + from, basis, images, h, u);
  for (int g = 0; g < lanes; g += LANES) {
    const vf *own = h + g / LANES * MATRIX;
    vf residual, x[MOST], next[MOST];
    const vc l = ritz(m, own, work, y, &residual);
    const vf modulus = vroot(l.re * l.re + l.im * l.im);
    const vi good = modulus > fill(0);
    const vf inverse = vpick(good, 1.0f / modulus, fill(0));
    store(a->values + from + g, modulus * scale[g / LANES]);
    store(a->residuals + from + g, vpick(good, residual * inverse, fill(0)));

    /* The next visit starts from a vector in the plane of the pair (y is complex) plus a share of h^FILTER
       e_1. The share keeps the vectors of other eigenvalues of nearly the same modulus in sight. If no
       eigenvalue was found, the old start stays. */
    for (int i = 0; i < m; i++) x[i] = fill(i == 0);
    forward(m, own, inverse, FILTER, x);
    unit(m, x);
    turn_towards(m, x, y);
    for (int i = 0; i < m; i++) next[i] = y[i].re + y[i].im + SHARE * x[i];
    combine(m, width, lanes, basis + g, next, lanes, u + g);
    float *start = a->start + from + g;
    for (int d = 0; d < width; d++) {
      store(start + d * stride, vpick(good, load(u + d * lanes + g), load(start + d * stride)));
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
      store(basis + d * lanes + g, load(at) * load(slope));
    }
  }
  if (!a->powers) return;

  /* a = (J^T)^(powers - 1) u / |u|^2, so that a^T J x = 1 for an invariant space. */
  vf grown[PANEL_GROUPS];
  for (int g = 0; g < lanes; g += LANES) grown[g / LANES] = dot(width, lanes, u + g, u + g);
  for (int j = 1; j < a->powers; j++) {
    multiply(a, 1, lanes, basis + (j + 1) % 2 * near, (Images){u, slopes, basis + j % 2 * near});
  }
  for (int g = 0; g < lanes; g += LANES) {
    const vf squares = dot(width, lanes, u + g, u + g), exact = 1.0f / grown[g / LANES], most = CAP / vroot(squares);
    const vi finite = (squares <= fill(__FLT_MAX__)) & (grown[g / LANES] <= fill(__FLT_MAX__));
    const vi usable = finite & (grown[g / LANES] > fill(0)) & (squares > fill(0)), cut = usable & (exact > most);
    const vf c = vpick(cut, most, exact);
    store(a->capped + from + g, vpick(cut, fill(1), fill(0)));
    for (int d = 0; d < width; d++) store(derivative + d * stride + g, c * load(u + d * lanes + g));
    if (!vany(~usable)) continue;
    clear(width, stride, ~usable, vector + g), clear(width, stride, ~usable, derivative + g), clear(width, stride, ~usable, image + g);
  }
}

/* NaN is passed over: products find it. */
INLINE float largest_entry(int size, const float *x) {
  vf most[4];
  UNROLL for (int v = 0; v < 4; v++) most[v] = fill(0);
  int i = 0;
  for (; i + 4 * LANES <= size; i += 4 * LANES) {
    UNROLL for (int v = 0; v < 4; v++) most[v] = vmax(most[v], vabs(load(x + i + v * LANES)));
  }
  for (; i < size; i++) most[0] = vmax(most[0], vabs(splat(x + i)));
  most[0] = vmax(vmax(most[0], most[1]), vmax(most[2], most[3]));
  float out = most[0][0];
  UNROLL for (int v = 1; v < LANES; v++) out = out < most[0][v] ? most[0][v] : out;
  return out;
}

static void arnoldi_layer(const void *context, int n, int thread) {
  const Arnoldi *a = context;
  const int square = a->width * a->width, far = a->width * a->stride;
  float *turned = AT(a->turned) + thread * square;
  const Layer layer = {
      a->width, a->stride, AT(a->lengths)[n], a->powers, AT(a->weights) + n * square, turned, AT(a->slopes) + n * far,
      AT(a->start) + n * far, AT(a->values) + n * a->stride, AT(a->residuals) + n * a->stride, AT(a->capped) + n * a->stride,
      AT(a->vectors) + 3 * n * far, AT(a->scratch) + thread * a->room,
  };
  if (a->stride == LANES) turn_square(a->width, layer.weights, turned);
  const float size = (float)a->width * largest_entry(square, layer.weights);
  for (int from = 0; from < a->stride;) {
    /* Take the most lanes that one product handles, but avoid leaving a single group for the end. */
    const int left = (a->stride - from) / LANES, groups = left == PANEL_GROUPS + 1 ? PANEL_GROUPS - 1 : left < PANEL_GROUPS ? left : PANEL_GROUPS;
    arnoldi_panel(&layer, from, groups * LANES, size);
    from += groups * LANES;
  }
}

EXPORT void arnoldi_layers(const Arnoldi *a) { in_parallel(a->depth, arnoldi_layer, a); }
