/* Products of a matrix with feature-major blocks [features][lanes]: the one hot loop of everything. Each
   output lane adds its terms in the order of the inner index, so its bits do not depend on the tiling. */
#ifndef PRODUCT_H
#define PRODUCT_H

#include "target/target.h"

/* M(r, k) = m[r * rs + k * cs], of `inner` columns. */
typedef struct {
  const float *m;
  int rs, cs, inner;
} Factor;
/* Start of each output: bias[r] or zero (ANEW), or the old value (ON_TOP). ADDED adds the old value to the
   complete sum. */
enum { ANEW, ON_TOP, ADDED };
typedef struct {
  const float *bias;
  int mode;
} Start;

/* R rows by V vectors: out[r][v] = start[r][v] + sum_k M(r, k) X[k][v]; of the last vector, `last` lanes. */
INLINE void product_tile(const int R, const int V, const int last, Factor f, const float *x, int stride, float *out,
                         int apart, Start start) {
  vw acc[8][4];
  UNROLL for (int r = 0; r < R; r++) {
    UNROLL for (int v = 0; v < V; v++) {
      acc[r][v] = start.mode == ON_TOP ? load_some(out + r * apart + v * WIDE, v + 1 < V ? WIDE : last)
                  : start.bias         ? start.bias[r] - (vw){0}
                                       : (vw){0};
    }
  }
  NO_UNROLL for (int k = 0; k < f.inner; k++) {
    vw b[4];
    UNROLL for (int v = 0; v < V; v++) b[v] = load_some(x + v * WIDE, v + 1 < V ? WIDE : last);
    UNROLL for (int r = 0; r < R; r++) {
      const float a = f.m[r * f.rs];
      UNROLL for (int v = 0; v < V; v++) acc[r][v] += a * b[v];
    }
    f.m += f.cs;
    x += stride;
  }
  UNROLL for (int r = 0; r < R; r++) {
    UNROLL for (int v = 0; v < V; v++) {
      float *at = out + r * apart + v * WIDE;
      const int count = v + 1 < V ? WIDE : last;
      if (start.mode == ADDED) acc[r][v] = load_some(at, count) + acc[r][v];
      store_some(at, acc[r][v], count);
    }
  }
}

INLINE int product_rows(const int R, const int V, const int last, int r, int rows, Factor f, const float *x, int stride,
                        float *out, int apart, Start start) {
  for (; r + R <= rows; r += R) {
    const Factor part = {f.m + r * f.rs, f.rs, f.cs, f.inner};
    const Start from = {start.bias ? start.bias + r : 0, start.mode};
    product_tile(R, V, last, part, x, stride, out + r * apart, apart, from);
  }
  return r;
}

INLINE void product_panel(const int R, const int V, const int last, int rows, Factor f, const float *x, int stride,
                          float *out, int apart, Start start) {
  int r = product_rows(R, V, last, 0, rows, f, x, stride, out, apart, start);
  if (R > 4) r = product_rows(4, V, last, r, rows, f, x, stride, out, apart, start);
  if (R > 2) r = product_rows(2, V, last, r, rows, f, x, stride, out, apart, start);
  if (R > 1) product_rows(1, V, last, r, rows, f, x, stride, out, apart, start);
}

/* Tiles of R rows by V vectors. Processors with sixteen registers get eight or nine accumulators and no
   further unrolling. Compilers of WebAssembly spill with ten and more. Measured in GFLOP/s: 40 for 2 x 4, 36
   for 3 x 3, 26 to 30 for 2 x 5. */
#if WIDE == 8
#define EACH_TILE(X) X(3, 3) X(4, 2) X(8, 1)
#else
#define EACH_TILE(X) X(2, 4) X(3, 3) X(4, 2) X(8, 1)
#endif
/* V, with `left` vectors to go. */
INLINE int vectors_of(int left) {
  if (WIDE == 8) return left == 3 ? 3 : left > 1 ? 2 : left;
  return left == 5 ? 3 : left > 4 ? 4 : left;
}

/* Rows of X in one block. They and their factors fit the first cache. */
enum { INNER_BLOCK = 128 };

/* out[rows][apart] = (bias | out | 0) + M X on the first `columns` of X: [inner][stride]. If vectors are
   wider than LANES, `columns` is any number, otherwise a multiple of LANES. */
INLINE void product_columns(int rows, Factor f, const float *x, int stride, int columns, float *out, int apart,
                            Start start) {
  for (int left = f.inner;;) {
    const int whole = left < INNER_BLOCK + INNER_BLOCK / 2 || start.mode == ADDED;
    const int block = whole ? left : INNER_BLOCK;
    const Factor part = {f.m, f.rs, f.cs, block};
    for (int c = 0; c < columns; ) {
      const int vectors = (columns - c + WIDE - 1) / WIDE, taken = vectors_of(vectors);
      const int last = vectors > taken ? WIDE : columns - c - (vectors - 1) * WIDE;
#define PANEL(R, V)                                                                          \
  if (taken == V) {                                                                          \
    if (WIDE == LANES || last == WIDE) {                                                     \
      product_panel(R, V, WIDE, rows, part, x + c, stride, out + c, apart, start);           \
    } else {                                                                                 \
      product_panel(R, V, last, rows, part, x + c, stride, out + c, apart, start);           \
    }                                                                                        \
  }
      EACH_TILE(PANEL)
#undef PANEL
      c += taken * WIDE;
    }
    left -= block;
    if (whole) break;
    f.m += block * f.cs, x += block * stride;
    start.mode = ON_TOP;
  }
}

/* out[rows][stride] = (bias | out | 0) + M X, with M(r, k) = m[r * rs + k * cs]; stride is a multiple of
   LANES. */
INLINE void product(int rows, int inner, const float *m, int rs, int cs, const float *x, int stride, float *out,
                    const float *bias, int accumulate) {
  product_columns(rows, (Factor){m, rs, cs, inner}, x, stride, stride, out, stride, (Start){bias, accumulate ? ON_TOP : ANEW});
}

/* The same columns one by one. */
INLINE void product_singly(int rows, Factor f, const float *x, int stride, int columns, float *out, int apart,
                           int mode) {
  for (int r = 0; r < rows; r++) {
    for (int c = 0; c < columns; c++) {
      float sum = 0;
      for (int k = 0; k < f.inner; k++) sum += f.m[r * f.rs + k * f.cs] * x[k * stride + c];
      out[r * apart + c] = mode == ADDED ? out[r * apart + c] + sum : sum;
    }
  }
}

/* out[rows][columns] = Z T, or out += Z T, with Z: [rows][stride] feature-major and T: [batch][apart]
   sample-major. Narrow vectors handle a ragged tail of columns by a vector that overlaps the one before,
   which computes the same bits again. */
INLINE void outer_product(int rows, int columns, int batch, const float *z, int stride, const float *t, int apart,
                          float *out, const int mode) {
  const Factor f = {z, stride, 1, batch};
  const int whole = WIDE > LANES ? columns : columns / LANES * LANES;
  product_columns(rows, f, t, apart, whole, out, columns, (Start){0, mode});
  if (whole == columns) return;
  if (mode == ADDED || columns < LANES) {
    product_singly(rows, f, t + whole, apart, columns - whole, out + whole, columns, mode);
  } else {
    const int at = columns - LANES;
    product_columns(rows, f, t + at, apart, LANES, out + at, columns, (Start){0, mode});
  }
}

INLINE void outer(int rows, int columns, int batch, const float *z, int stride, const float *t, int apart, float *out) {
  outer_product(rows, columns, batch, z, stride, t, apart, out, ANEW);
}

/* out += Z T */
INLINE void outer_onto(int rows, int columns, int batch, const float *z, int stride, const float *t, float *out) {
  outer_product(rows, columns, batch, z, stride, t, columns, out, ADDED);
}

/* x <- x^T */
INLINE void turn(tile *x) {
  const tile lo01 = __builtin_shufflevector(x[0], x[1], 0, 4, 1, 5), hi01 = __builtin_shufflevector(x[0], x[1], 2, 6, 3, 7);
  const tile lo23 = __builtin_shufflevector(x[2], x[3], 0, 4, 1, 5), hi23 = __builtin_shufflevector(x[2], x[3], 2, 6, 3, 7);
  x[0] = __builtin_shufflevector(lo01, lo23, 0, 1, 4, 5), x[1] = __builtin_shufflevector(lo01, lo23, 2, 3, 6, 7);
  x[2] = __builtin_shufflevector(hi01, hi23, 0, 1, 4, 5), x[3] = __builtin_shufflevector(hi01, hi23, 2, 3, 6, 7);
}

/* [rows][stride] feature-major to [batch][apart] sample-major. */
INLINE void transpose(int rows, int batch, const float *in, int stride, float *out, int apart) {
  int r = 0;
  for (; r + TILE <= rows; r += TILE) {
    int b = 0;
    for (; b + TILE <= batch; b += TILE) {
      tile x[TILE];
      UNROLL for (int i = 0; i < TILE; i++) x[i] = load_tile(in + (r + i) * stride + b);
      turn(x);
      UNROLL for (int i = 0; i < TILE; i++) store_tile(out + (b + i) * apart + r, x[i]);
    }
    for (; b < batch; b++) {
      UNROLL for (int i = 0; i < TILE; i++) out[b * apart + r + i] = in[(r + i) * stride + b];
    }
  }
  for (; r < rows; r++) {
    for (int b = 0; b < batch; b++) out[b * apart + r] = in[r * stride + b];
  }
}

#endif
