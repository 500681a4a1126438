/* Products of a matrix with feature-major blocks [features][lanes]: the one hot loop of everything. Each
   output lane adds its terms in the order of the inner index, so its bits do not depend on the tiling. */
#ifndef PRODUCT_H
#define PRODUCT_H

#include "target/target.h"

/* R rows by V vectors: out[r][v] = start[r][v] + sum_k M[r * rs + k * cs] X[k][v].
   start: the splat of bias[r], what stands in out, or zero. Once for vectors of LANES and once for the
   widest: an output takes the same sums in either. */
#define PRODUCT_TILES(vector, width, get, put) \
INLINE void product_tile_##vector(const int R, const int V, int inner, const float *m, int rs, int cs, const float *x, int stride, \
                         float *out, const float *bias, int accumulate) { \
  vector acc[8][4]; \
  UNROLL for (int r = 0; r < R; r++) { \
    UNROLL for (int v = 0; v < V; v++) { \
      acc[r][v] = accumulate ? get(out + r * stride + v * width) : bias ? bias[r] - (vector){0} : (vector){0}; \
    } \
  } \
  NO_UNROLL for (int k = 0; k < inner; k++) { \
    vector b[4]; \
    UNROLL for (int v = 0; v < V; v++) b[v] = get(x + v * width); \
    UNROLL for (int r = 0; r < R; r++) { \
      const float a = m[r * rs]; \
      UNROLL for (int v = 0; v < V; v++) acc[r][v] += a * b[v]; \
    } \
    m += cs; \
    x += stride; \
  } \
  UNROLL for (int r = 0; r < R; r++) { \
    UNROLL for (int v = 0; v < V; v++) put(out + r * stride + v * width, acc[r][v]); \
  } \
} \
 \
INLINE void product_columns_##vector(const int R, const int V, int rows, int inner, const float *m, int rs, int cs, const float *x, \
                            int stride, float *out, const float *bias, int accumulate) { \
  int r = 0; \
  for (; r + R <= rows; r += R) { \
    product_tile_##vector(R, V, inner, m + r * rs, rs, cs, x, stride, out + r * stride, bias ? bias + r : 0, accumulate); \
  } \
  if (R > 4 && r + 4 <= rows) { \
    product_tile_##vector(4, V, inner, m + r * rs, rs, cs, x, stride, out + r * stride, bias ? bias + r : 0, accumulate); \
    r += 4; \
  } \
  if (R > 2 && r + 2 <= rows) { \
    product_tile_##vector(2, V, inner, m + r * rs, rs, cs, x, stride, out + r * stride, bias ? bias + r : 0, accumulate); \
    r += 2; \
  } \
  if (r < rows) { \
    product_tile_##vector(1, V, inner, m + r * rs, rs, cs, x, stride, out + r * stride, bias ? bias + r : 0, accumulate); \
  } \
}
PRODUCT_TILES(vf, LANES, load, store)
PRODUCT_TILES(vw, WIDE, load_wide, store_wide)

/* out[rows][stride] = (bias | out | 0) + M X, with M(r, k) = m[r * rs + k * cs]; stride is a multiple of
   LANES. Tiles of eight or nine accumulators, not unrolled further: with ten and more, compilers of
   WebAssembly run out of sixteen registers and spill (measured: 40 GFLOP/s for 2 x 4, 36 for 3 x 3, 26 to
   30 for 2 x 5). */
INLINE void product(int rows, int inner, const float *m, int rs, int cs, const float *x, int stride, float *out,
                    const float *bias, int accumulate) {
  int left = stride / LANES;
  while ((int)WIDE > (int)LANES && left >= WIDE / LANES) {
    const int two = left >= 2 * WIDE / LANES;
    if (two) {
      product_columns_vw(4, 2, rows, inner, m, rs, cs, x, stride, out, bias, accumulate);
    } else {
      product_columns_vw(8, 1, rows, inner, m, rs, cs, x, stride, out, bias, accumulate);
    }
    x += (1 + two) * WIDE, out += (1 + two) * WIDE, left -= (1 + two) * WIDE / LANES;
  }
  while (left > 0) {
    int v;
    if (left >= 4 && left != 5) {
      product_columns_vf(2, 4, rows, inner, m, rs, cs, x, stride, out, bias, accumulate);
      v = 4;
    } else if (left >= 3) {
      product_columns_vf(3, 3, rows, inner, m, rs, cs, x, stride, out, bias, accumulate);
      v = 3;
    } else if (left == 2) {
      product_columns_vf(4, 2, rows, inner, m, rs, cs, x, stride, out, bias, accumulate);
      v = 2;
    } else {
      product_columns_vf(8, 1, rows, inner, m, rs, cs, x, stride, out, bias, accumulate);
      v = 1;
    }
    x += v * LANES, out += v * LANES, left -= v;
  }
}

/* R rows by V vectors of columns: out[r][c] = sum_b z[r][b] t[b][c] over the samples b, or that added to
   it. */
INLINE void outer_tile(const int R, const int V, int batch, const float *z, int stride, const float *t, int columns,
                       float *out, const int add) {
  vf acc[4][4];
  UNROLL for (int r = 0; r < R; r++) {
    UNROLL for (int v = 0; v < V; v++) acc[r][v] = fill(0);
  }
  NO_UNROLL for (int b = 0; b < batch; b++) {
    vf row[4];
    UNROLL for (int v = 0; v < V; v++) row[v] = load(t + v * LANES);
    UNROLL for (int r = 0; r < R; r++) {
      const vf a = splat(z + r * stride + b);
      UNROLL for (int v = 0; v < V; v++) acc[r][v] += a * row[v];
    }
    t += columns;
  }
  UNROLL for (int r = 0; r < R; r++) {
    UNROLL for (int v = 0; v < V; v++) {
      float *at = out + r * columns + v * LANES;
      store(at, add ? load(at) + acc[r][v] : acc[r][v]);
    }
  }
}

INLINE void outer_columns(const int R, const int V, int rows, int batch, const float *z, int stride, const float *t,
                          int columns, float *out, const int add) {
  int r = 0;
  for (; r + R <= rows; r += R) outer_tile(R, V, batch, z + r * stride, stride, t, columns, out + r * columns, add);
  for (; r < rows; r++) outer_tile(1, V, batch, z + r * stride, stride, t, columns, out + r * columns, add);
}

/* Columns from..columns one by one: the same bits as in a vector. */
INLINE void outer_tail(int rows, int from, int columns, int batch, const float *z, int stride, const float *t, float *out,
                       const int add) {
  for (int r = 0; r < rows; r++) {
    for (int c = from; c < columns; c++) {
      float sum = 0;
      for (int b = 0; b < batch; b++) sum += z[r * stride + b] * t[b * columns + c];
      out[r * columns + c] = add ? out[r * columns + c] + sum : sum;
    }
  }
}

/* out[rows][columns] = Z T with Z: [rows][stride] feature-major and T: [batch][columns] sample-major. A
   ragged tail of columns is done by a vector that overlaps the one before: it computes the same bits
   again. */
INLINE void outer(int rows, int columns, int batch, const float *z, int stride, const float *t, float *out) {
  if (columns < LANES) {
    outer_tail(rows, 0, columns, batch, z, stride, t, out, 0);
    return;
  }
  int c = 0;
  for (; c + 4 * LANES <= columns; c += 4 * LANES) outer_columns(2, 4, rows, batch, z, stride, t + c, columns, out + c, 0);
  for (; c < columns; c += LANES) {
    const int at = c + LANES <= columns ? c : columns - LANES;
    outer_columns(4, 1, rows, batch, z, stride, t + at, columns, out + at, 0);
  }
}

/* out += Z T */
INLINE void outer_onto(int rows, int columns, int batch, const float *z, int stride, const float *t, float *out) {
  int c = 0;
  for (; c + 4 * LANES <= columns; c += 4 * LANES) outer_columns(2, 4, rows, batch, z, stride, t + c, columns, out + c, 1);
  for (; c + LANES <= columns; c += LANES) outer_columns(4, 1, rows, batch, z, stride, t + c, columns, out + c, 1);
  outer_tail(rows, c, columns, batch, z, stride, t, out, 1);
}

/* x <- x^T */
INLINE void turn(tile *x) {
  const tile lo01 = __builtin_shufflevector(x[0], x[1], 0, 4, 1, 5), hi01 = __builtin_shufflevector(x[0], x[1], 2, 6, 3, 7);
  const tile lo23 = __builtin_shufflevector(x[2], x[3], 0, 4, 1, 5), hi23 = __builtin_shufflevector(x[2], x[3], 2, 6, 3, 7);
  x[0] = __builtin_shufflevector(lo01, lo23, 0, 1, 4, 5), x[1] = __builtin_shufflevector(lo01, lo23, 2, 3, 6, 7);
  x[2] = __builtin_shufflevector(hi01, hi23, 0, 1, 4, 5), x[3] = __builtin_shufflevector(hi01, hi23, 2, 3, 6, 7);
}

/* [rows][stride] feature-major to [batch][rows] sample-major. */
INLINE void transpose(int rows, int batch, const float *in, int stride, float *out) {
  int r = 0;
  for (; r + TILE <= rows; r += TILE) {
    int b = 0;
    for (; b + TILE <= batch; b += TILE) {
      tile x[TILE];
      UNROLL for (int i = 0; i < TILE; i++) x[i] = load_tile(in + (r + i) * stride + b);
      turn(x);
      UNROLL for (int i = 0; i < TILE; i++) store_tile(out + (b + i) * rows + r, x[i]);
    }
    for (; b < batch; b++) {
      UNROLL for (int i = 0; i < TILE; i++) out[b * rows + r + i] = in[(r + i) * stride + b];
    }
  }
  for (; r < rows; r++) {
    for (int b = 0; b < batch; b++) out[b * rows + r] = in[r * stride + b];
  }
}

#endif
