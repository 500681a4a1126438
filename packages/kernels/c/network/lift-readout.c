#include "network/network.h"

/* What every way through the layers shares; network.h says what each does. */

/* One copy of the code for all shapes here: the hot products of the blocks have their own. */
APART void multiply(int rows, int inner, const float *m, int rs, int cs, const float *x, int stride, float *out,
                    const float *bias, int accumulate) {
  product(rows, inner, m, rs, cs, x, stride, out, bias, accumulate);
}

APART void multiply_outer(int rows, int columns, const Network *n, const float *z, const float *t, int apart,
                          float *out) {
  outer(rows, columns, n->batch, z, n->stride, t, apart, out);
}

void weigh(const Network *n, const float *weight, const float *bias, const float *u) {
  multiply(n->width, n->width, weight, n->width, 1, u, n->stride, AT(n->z), bias, 0);
}

void weigh_back(const Network *n, const float *weight, float *out, int accumulate) {
  multiply(n->width, n->width, weight, 1, n->width, AT(n->z), n->stride, out, 0, accumulate);
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

void lift_forward(const Network *n) {
  const Tensors t = tensors(n, AT(n->parameters));
  const int size = n->lifted * n->stride;
  multiply(n->lifted, n->inputs, t.lift_weight, n->inputs, 1, AT(n->x), n->stride, AT(n->h), t.lift_bias, 0);
  float *h = AT(n->h);
  if (n->lift == TANH) OVER_GROUPS(size, lift_curve, h);
  for (int i = size; i < n->width * n->stride; i++) h[i] = 0;
}

void readout_forward(const Network *n) {
  const Tensors t = tensors(n, AT(n->parameters));
  const float *h = AT(n->h) + n->depth * n->width * n->stride;
  multiply(n->outputs, n->width, t.readout_weight, n->width, 1, h, n->stride, AT(n->f), t.readout_bias, 0);
}

void readout_backward(const Network *n) {
  const Tensors t = tensors(n, AT(n->parameters)), d = tensors(n, AT(n->gradient));
  transpose(n->width, n->batch, AT(n->h) + n->depth * n->width * n->stride, n->stride, AT(n->rows), n->row);
  multiply_outer(n->outputs, n->width, n, AT(n->f), AT(n->rows), n->row, (float *)d.readout_weight);
  sum_rows(n->outputs, AT(n->f), n->stride, (float *)d.readout_bias);
  multiply(n->width, n->outputs, t.readout_weight, 1, n->width, AT(n->f), n->stride, AT(n->g), 0, 0);
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

void lift_backward(const Network *n) {
  const Tensors d = tensors(n, AT(n->gradient));
  const int size = n->lifted * n->stride;
  OVER_GROUPS(size, lift_slope, n->lift == TANH ? AT(n->h) : 0, AT(n->g), AT(n->z));
  multiply_outer(n->lifted, n->inputs, n, AT(n->z), AT(n->x_rows), n->inputs, (float *)d.lift_weight);
  sum_rows(n->lifted, AT(n->z), n->stride, (float *)d.lift_bias);
}
