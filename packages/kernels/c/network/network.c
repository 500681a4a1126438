#include "network/network.h"

/* Rows `indices` of the sample-major tables into the feature-major buffers; lanes beyond the batch are
   zero. */
EXPORT void gather(const Network *network, const float *inputs, const float *_Nullable outputs, const uint32_t *indices) {
  for (int b = 0; b < network->stride; b++) {
    const int real = b < network->batch;
    const float *in = inputs + (real ? indices[b] : 0) * network->inputs;
    for (int i = 0; i < network->inputs; i++) {
      AT(network->x)[i * network->stride + b] = real ? in[i] : 0;
      if (real) AT(network->x_rows)[b * network->inputs + i] = in[i];
    }
    if (!outputs) continue;
    const float *out = outputs + (real ? indices[b] : 0) * network->outputs;
    for (int o = 0; o < network->outputs; o++) AT(network->y)[o * network->stride + b] = real ? out[o] : 0;
  }
}

typedef struct {
  const float *z, *h;
  float alpha;
  int skip;
  float *slope, *curvature, *next;
} Block;

/* s'(z), s''(z) where it is wanted, and the next state: h + alpha s with a skip connection, s without. */
INLINE void curve_block(int i, const int count, const int kind, const Block *b) {
  const Curve c = curve(kind, load_some(b->z + i, count));
  store_some(b->slope + i, c.slope, count);
  if (b->curvature) store_some(b->curvature + i, c.curvature, count);
  store_some(b->next + i, b->skip ? load_some(b->h + i, count) + b->alpha * c.value : c.value, count);
}
INLINE void block_forward(const int kind, int size, const Block *given) {
  const Block b = *given;
  OVER_GROUPS(size, curve_block, kind, &b);
}

/* Predictions of the chunk in x, leaving what `backward` needs: a residual network, or without `skip` a
   plain one. */
EXPORT void forward(const Network *n) {
  const Tensors t = tensors(n, AT(n->parameters));
  const int size = n->width * n->stride;
  lift_forward(n);
  for (int l = 0; l < n->depth; l++) {
    const float *h = AT(n->h) + l * size, *weight = t.weight + l * n->width * n->width;
    float *slope = AT(n->slope) + l * size, *next = AT(n->h) + (l + 1) * size;
    product(n->width, n->width, weight, n->width, 1, h, n->stride, AT(n->z), t.bias + l * n->width, 0);
    const Block block = {AT(n->z), h, n->alpha, n->skip, slope, curvature_of(n, l), next};
    BY_ACTIVATION(n->activation, block_forward, size, &block)
  }
  readout_forward(n);
}

/* f <- f - y, zero in the lanes beyond the batch; returns the sum of squares. */
EXPORT double residual(const Network *n) {
  double sum = 0;
  for (int o = 0; o < n->outputs; o++) {
    float *f = AT(n->f) + o * n->stride;
    const float *y = AT(n->y) + o * n->stride;
    for (int b = 0; b < n->batch; b++) {
      f[b] -= y[b];
      sum += (double)f[b] * (double)f[b];
    }
    for (int b = n->batch; b < n->stride; b++) f[b] = 0;
  }
  return sum;
}

/* z <- alpha g s' + grad_slope s'' */
INLINE void block_backward(int i, const int count, float alpha, const float *g, const float *slope,
                           const float *curvature, const float *extra, float *z) {
  vf sum = alpha * load_some(g + i, count) * load_some(slope + i, count);
  if (extra) sum += load_some(extra + i, count) * load_some(curvature + i, count);
  store_some(z + i, sum, count);
}

/* The gradient of L, with f = dL/d(predictions) and grad_slope = dL/d(slopes), through the network: every
   tensor of `gradient` is written. What a penalty owes to the weights directly is the caller's to add. */
EXPORT void backward(const Network *n) {
  const Tensors t = tensors(n, AT(n->parameters));
  const Tensors d = tensors(n, AT(n->gradient));
  const int size = n->width * n->stride, square = n->width * n->width;
  readout_backward(n);
  for (int l = n->depth - 1; l >= 0; l--) {
    const float *slope = AT(n->slope) + l * size, *curvature = curvature_of(n, l), *extra = grad_slope_of(n, l);
    OVER_GROUPS(size, block_backward, n->alpha, AT(n->g), slope, curvature, extra, AT(n->z));
    transpose(n->width, n->batch, AT(n->h) + l * size, n->stride, AT(n->rows), n->row);
    outer(n->width, n->width, n->batch, AT(n->z), n->stride, AT(n->rows), n->row, (float *)d.weight + l * square);
    sum_rows(n->width, AT(n->z), n->stride, (float *)d.bias + l * n->width);
    if (!n->skip) {
      for (int i = 0; i < size; i++) AT(n->g)[i] = 0;
    }
    product(n->width, n->width, t.weight + l * square, 1, n->width, AT(n->z), n->stride, AT(n->g), 0, 1);
  }
  lift_backward(n);
}
