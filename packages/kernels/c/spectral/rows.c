#include "math/product.h"

/* Rows slots[i] of a store [..][step] of sample-major vectors, to lane i of a feature-major block and back.
   */
EXPORT void take_rows(int width, int batch, int stride, const float *rows, int step, const uint32_t *slots, float *block) {
  for (int g = 0; g < stride; g += TILE) {
    const float *row[TILE];
    for (int i = 0; i < TILE; i++) row[i] = g + i < batch ? rows + slots[g + i] * step : 0;
    int d = 0;
    if (g + TILE <= batch) {
      for (; d + TILE <= width; d += TILE) {
        tile x[TILE];
        UNROLL for (int i = 0; i < TILE; i++) x[i] = load_tile(row[i] + d);
        turn(x);
        UNROLL for (int i = 0; i < TILE; i++) store_tile(block + (d + i) * stride + g, x[i]);
      }
    }
    for (; d < width; d++) {
      for (int i = 0; i < TILE; i++) block[d * stride + g + i] = row[i] ? row[i][d] : 0;
    }
  }
}

EXPORT void put_rows(int width, int batch, int stride, float *rows, int step, const uint32_t *slots, const float *block) {
  for (int i = 0; i < batch; i++) {
    float *row = rows + slots[i] * step;
    for (int d = 0; d < width; d++) row[d] = block[d * stride + i];
  }
}

/* Lanes `lanes[k]` of `rows` lines of `stride` numbers, side by side in lines of `packed`, those from `count`
   on 0. */
EXPORT void take_lanes(int rows, int count, int stride, const float *in, const uint32_t *lanes, int packed, float *out) {
  for (int r = 0; r < rows; r++) {
    for (int k = 0; k < count; k++) out[r * packed + k] = in[r * stride + lanes[k]];
    for (int k = count; k < packed; k++) out[r * packed + k] = 0;
  }
}

/* The transpose of `take_lanes`: adds them where they came from. */
EXPORT void add_lanes(int rows, int count, int packed, const float *in, const uint32_t *lanes, int stride, float *out) {
  for (int r = 0; r < rows; r++) {
    for (int k = 0; k < count; k++) out[r * stride + lanes[k]] += in[r * packed + k];
  }
}
