/* Products of a matrix with the vectors of one lane group. The SIMD vectors hold rows of the matrix instead
   of samples, so one load takes a part of a column instead of one number. Sums run in the same order as in
   product.h, so the bits are the same. */
#ifndef GROUP_PRODUCT_H
#define GROUP_PRODUCT_H

#include "math/product.h"

#define LANE_NUMBERS ((vi){0, 1, 2, 3})
_Static_assert((int)LANES == (int)TILE, "a lane group is transposed as a tile");

/* Output of a product: out[row][LANES]. If slopes are given, also scaled = slopes * out. */
typedef struct {
  float *out;
  const float *slopes;
  float *scaled;
} Images;

/* V vectors of rows from `row` on; m: [inner][rows]. */
#define GROUP_TILES(vector, width, get, put) \
INLINE void group_tile_##vector(const int V, int inner, const float *m, int rows, const float *x, int row, Images to) { \
  vector acc[2][LANES]; \
  UNROLL for (int v = 0; v < V; v++) { \
    UNROLL for (int i = 0; i < LANES; i++) acc[v][i] = (vector){0}; \
  } \
  m += row; \
  NO_UNROLL for (int k = 0; k < inner; k++) { \
    vector a[2]; \
    UNROLL for (int v = 0; v < V; v++) a[v] = get(m + v * width); \
    UNROLL for (int i = 0; i < LANES; i++) { \
      const float b = x[i]; \
      UNROLL for (int v = 0; v < V; v++) acc[v][i] += a[v] * b; \
    } \
    m += rows; \
    x += LANES; \
  } \
  float lines[LANES][2 * width]; \
  UNROLL for (int i = 0; i < LANES; i++) { \
    UNROLL for (int v = 0; v < V; v++) put(lines[i] + v * width, acc[v][i]); \
  } \
  UNROLL for (int r = 0; r < V * width; r += TILE) { \
    tile t[TILE]; \
    UNROLL for (int i = 0; i < TILE; i++) t[i] = load_tile(lines[i] + r); \
    turn(t); \
    UNROLL for (int i = 0; i < TILE; i++) { \
      const int at = (row + r + i) * LANES; \
      store(to.out + at, t[i]); \
      if (to.slopes) store(to.scaled + at, t[i] * load(to.slopes + at)); \
    } \
  } \
} \
/* Rows from `row` on, the last vector over some of the one before: it computes the same bits again. */ \
INLINE void group_rows_##vector(int inner, const float *m, int rows, const float *x, Images to) { \
  int row = 0; \
  for (; row + 2 * width <= rows; row += 2 * width) group_tile_##vector(2, inner, m, rows, x, row, to); \
  for (; row < rows; row += width) { \
    group_tile_##vector(1, inner, m, rows, x, row + width <= rows ? row : rows - width, to); \
  } \
}
GROUP_TILES(vf, LANES, load, store)
GROUP_TILES(vw, WIDE, load_wide, store_wide)

/* out[r][c] += sum of z[r][i] rows[i][c] over the group, V vectors of columns; those before `from` stay. */
INLINE void group_strip(const int V, int count, const float *z, const float *rows, int columns, int from, float *out) {
  vf t[LANES][2];
  const vi stays = LANE_NUMBERS < ifill(from);
  UNROLL for (int i = 0; i < LANES; i++) {
    UNROLL for (int v = 0; v < V; v++) t[i][v] = load(rows + i * columns + v * LANES);
  }
  for (int r = 0; r < count; r++) {
    vf a[LANES];
    UNROLL for (int i = 0; i < LANES; i++) a[i] = splat(z + r * LANES + i);
    UNROLL for (int v = 0; v < V; v++) {
      float *at = out + r * columns + v * LANES;
      vf sum = a[0] * t[0][v];
      UNROLL for (int i = 1; i < LANES; i++) sum += a[i] * t[i][v];
      sum += load(at);
      store(at, V == 1 ? vpick(stays, load(at), sum) : sum);
    }
  }
}

/* out[count][columns] += Z T with Z: [count][LANES], T: [LANES][columns], LANES columns or more. */
INLINE void group_outer_onto(int count, int columns, const float *z, const float *rows, float *out) {
  int c = 0;
  for (; c + 2 * LANES <= columns; c += 2 * LANES) group_strip(2, count, z, rows + c, columns, 0, out + c);
  for (; c < columns; c += LANES) {
    const int at = c + LANES <= columns ? c : columns - LANES;
    group_strip(1, count, z, rows + at, columns, c - at, out + at);
  }
}

/* M^T of a square matrix; the last tiles lie over some of those before. */
INLINE void turn_square(int n, const float *m, float *out) {
  if (n < TILE) {
    for (int i = 0; i < n * n; i++) out[i % n * n + i / n] = m[i];
    return;
  }
  for (int row = 0; row < n; row += TILE) {
    const int r = row + TILE <= n ? row : n - TILE;
    for (int column = 0; column < n; column += TILE) {
      const int c = column + TILE <= n ? column : n - TILE;
      tile t[TILE];
      UNROLL for (int i = 0; i < TILE; i++) t[i] = load_tile(m + (r + i) * n + c);
      turn(t);
      UNROLL for (int i = 0; i < TILE; i++) store_tile(out + (c + i) * n + r, t[i]);
    }
  }
}

/* W x, or W^T x, for a square W, and the slopes times it if slopes are given. x: [width][lanes]. turned: W^T,
   needed only for a single lane group. */
INLINE void square_product(int width, const float *weights, const float *turned, int transposed, int lanes, const float *x, Images to) {
  const float *m = transposed ? weights : turned;
  if (lanes == LANES && (int)WIDE > (int)LANES && width >= WIDE) {
    group_rows_vw(width, m, width, x, to);
  } else if (lanes == LANES && width >= LANES) {
    group_rows_vf(width, m, width, x, to);
  } else {
    product(width, width, weights, transposed ? 1 : width, transposed ? width : 1, x, lanes, to.out, 0, 0);
    for (int i = 0; to.slopes && i < width * lanes; i += LANES) store(to.scaled + i, load(to.out + i) * load(to.slopes + i));
  }
}

#endif
