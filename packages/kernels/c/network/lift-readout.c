#include "network/network.h"

/* The code that all passes through the layers share. network.h describes the functions. */

/* One copy of the code for all shapes here. The hot products of the blocks have their own copies. */
APART void multiply(int rows, Factor f, const float *x, int stride, Lanes lanes, float *out, Start start) {
  product_columns(rows, f, x + lanes.from, stride, lanes.to - lanes.from, out + lanes.from, stride, start);
}

APART void multiply_outer(int rows, int columns, const Network *n, const float *z, const float *t, int apart,
                          float *out) {
  outer(rows, columns, n->batch, z, n->stride, t, apart, out);
}

void weigh(const Network *n, const float *weight, const float *bias, const float *u) {
  const Factor w = {weight, n->width, 1, n->width};
  multiply(n->width, w, u, n->stride, all_lanes(n), AT(n->z), (Start){bias, ANEW});
}

void weigh_back(const Network *n, const float *weight, float *out, int accumulate) {
  const Factor w = {weight, 1, n->width, n->width};
  multiply(n->width, w, AT(n->z), n->stride, all_lanes(n), out, (Start){0, accumulate ? ON_TOP : ANEW});
}

void add_outer(const Network *n, float *square, float *weight, float *bias) {
  const int size = n->width * n->width;
  multiply_outer(n->width, n->width, n, AT(n->z), AT(n->rows), n->row, square);
  for (int i = 0; i < size; i++) weight[i] += square[i];
  sum_rows(n->width, AT(n->z), n->stride, square);
  for (int r = 0; r < n->width; r++) bias[r] += square[r];
}

INLINE void lift_curve(int i, const int count, float *h) {
  store_some(h + i, vtanh(load_some(h + i, count)), count);
}

void lift_forward(const Network *n, Lanes lanes) {
  const Tensors t = tensors(n, AT(n->parameters));
  const Factor a = {t.lift_weight, n->inputs, 1, n->inputs};
  float *h = AT(n->h);
  multiply(n->lifted, a, AT(n->x), n->stride, lanes, h, (Start){t.lift_bias, ANEW});
  if (n->lift == TANH) OVER_LANES(n->lifted, n->stride, lanes, lift_curve, h);
  for (int d = n->lifted; d < n->width; d++) {
    for (int i = lanes.from; i < lanes.to; i++) h[d * n->stride + i] = 0;
  }
}

void readout_forward(const Network *n, Lanes lanes) {
  const Tensors t = tensors(n, AT(n->parameters));
  const Factor c = {t.readout_weight, n->width, 1, n->width};
  const float *h = AT(n->h) + n->depth * n->width * n->stride;
  multiply(n->outputs, c, h, n->stride, lanes, AT(n->f), (Start){t.readout_bias, ANEW});
}

void readout_back(const Network *n, Lanes lanes) {
  const Tensors t = tensors(n, AT(n->parameters));
  const Factor c = {t.readout_weight, 1, n->width, n->outputs};
  multiply(n->width, c, AT(n->f), n->stride, lanes, AT(n->g), (Start){0, ANEW});
}

void readout_gradient(const Network *n, float *rows) {
  const Tensors d = tensors(n, AT(n->gradient));
  transpose(n->width, n->batch, AT(n->h) + n->depth * n->width * n->stride, n->stride, rows, n->row);
  multiply_outer(n->outputs, n->width, n, AT(n->f), rows, n->row, (float *)d.readout_weight);
  sum_rows(n->outputs, AT(n->f), n->stride, (float *)d.readout_bias);
}

/* z = g s', with s' = 1 - h^2 of a tanh and 1 otherwise. */
INLINE void lift_slope(int i, const int count, const float *state, const float *g, float *z) {
  vf cotangent = load_some(g + i, count);
  if (state) {
    const vf h = load_some(state + i, count);
    cotangent = cotangent * (1.0f - h * h);
  }
  store_some(z + i, cotangent, count);
}

void lift_back(const Network *n, Lanes lanes) {
  const float *h = n->lift == TANH ? AT(n->h) : 0, *g = AT(n->g);
  float *z = AT(n->z);
  OVER_LANES(n->lifted, n->stride, lanes, lift_slope, h, g, z);
}

void lift_gradient(const Network *n) {
  const Tensors d = tensors(n, AT(n->gradient));
  multiply_outer(n->lifted, n->inputs, n, AT(n->z), AT(n->x_rows), n->inputs, (float *)d.lift_weight);
  sum_rows(n->lifted, AT(n->z), n->stride, (float *)d.lift_bias);
}
