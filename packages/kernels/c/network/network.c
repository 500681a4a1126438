#include "network/network.h"
#include "target/parallel.h"

/* Rows `indices` of the sample-major tables into the feature-major buffers; lanes beyond the batch are
   zero. */
EXPORT void gather(const Network *network, const float *inputs, const float *_Nullable outputs, const uint32_t *indices) {
  const int stride = network->stride, width = network->inputs, height = outputs ? network->outputs : 0;
  float *x = AT(network->x), *rows = AT(network->x_rows), *y = AT(network->y);
  for (int b = 0; b < network->batch; b++) {
    const float *in = inputs + indices[b] * width, *out = outputs + indices[b] * height;
    for (int i = 0; i < width; i++) x[i * stride + b] = rows[b * width + i] = in[i];
    for (int o = 0; o < height; o++) y[o * stride + b] = out[o];
  }
  for (int b = network->batch; b < stride; b++) {
    for (int i = 0; i < width; i++) x[i * stride + b] = 0;
    for (int o = 0; o < height; o++) y[o * stride + b] = 0;
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
INLINE void block_forward(const int kind, int width, int stride, Lanes lanes, const Block *given) {
  const Block b = *given;
  OVER_LANES(width, stride, lanes, curve_block, kind, &b);
}

/* Parts of a batch's lanes: as many as there are threads. */
INLINE int lane_parts(const Network *n) {
  const int groups = n->stride / LANES, threads = thread_count();
  return groups < threads ? groups : threads;
}
INLINE Lanes lanes_of(const Network *n, int part) {
  const int parts = lane_parts(n);
  return (Lanes){part_from(part, parts, n->stride, LANES), part_from(part + 1, parts, n->stride, LANES)};
}

static void forward_part(const void *context, int part, int thread) {
  (void)thread;
  const Network *n = context;
  const Tensors t = tensors(n, AT(n->parameters));
  const Lanes lanes = lanes_of(n, part);
  const int width = n->width, stride = n->stride, size = width * stride, wide = lanes.to - lanes.from;
  lift_forward(n, lanes);
  for (int l = 0; l < n->depth; l++) {
    const float *h = AT(n->h) + l * size;
    const Block block = {AT(n->z), h, n->alpha, n->skip, AT(n->slope) + l * size, curvature_of(n, l), AT(n->h) + (l + 1) * size};
    const Factor w = {t.weight + l * width * width, width, 1, width};
    const Start start = {t.bias + l * width, ANEW};
    product_columns(width, w, h + lanes.from, stride, wide, AT(n->z) + lanes.from, stride, start);
    BY_ACTIVATION(n->activation, block_forward, width, stride, lanes, &block)
  }
  readout_forward(n, lanes);
}

/* Predictions of the chunk in x, leaving what `backward` needs: a residual network, or without `skip` a
   plain one. */
EXPORT void forward(const Network *n) { in_parallel(lane_parts(n), forward_part, n); }

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

/* slope <- dL/dz = alpha g s' + grad_slope s'' */
INLINE void block_back(int i, const int count, float alpha, const float *g, const float *curvature, const float *extra,
                       float *slope) {
  vf sum = alpha * load_some(g + i, count) * load_some(slope + i, count);
  if (extra) sum += load_some(extra + i, count) * load_some(curvature + i, count);
  store_some(slope + i, sum, count);
}

/* dL/dz of every layer. */
static void back_part(const void *context, int part, int thread) {
  (void)thread;
  const Network *n = context;
  const Tensors t = tensors(n, AT(n->parameters));
  const Lanes lanes = lanes_of(n, part);
  const int width = n->width, stride = n->stride, size = width * stride, wide = lanes.to - lanes.from;
  float *g = AT(n->g);
  readout_back(n, lanes);
  for (int l = n->depth - 1; l >= 0; l--) {
    const float *curvature = curvature_of(n, l), *extra = grad_slope_of(n, l);
    float *z = AT(n->slope) + l * size;
    OVER_LANES(width, stride, lanes, block_back, n->alpha, g, curvature, extra, z);
    const Factor w = {t.weight + l * width * width, 1, width, width};
    const Start start = {0, n->skip ? ON_TOP : ANEW};
    product_columns(width, w, z + lanes.from, stride, wide, g + lanes.from, stride, start);
  }
  lift_back(n, lanes);
}

/* Parts of a layer's rows, so that no thread is idle for long. */
INLINE int row_parts(const Network *n) {
  const int wanted = thread_count() > 1 ? (2 * thread_count() + n->depth - 1) / n->depth : 1;
  const int most = (n->width + 31) / 32;
  return wanted < most ? wanted : most;
}

/* Gradients of the tensors, from dL/dz: a part of a layer's rows, or the lift and the readout. */
static void gradient_part(const void *context, int k, int thread) {
  const Network *n = context;
  const Tensors d = tensors(n, AT(n->gradient));
  const int width = n->width, stride = n->stride, size = width * stride, parts = row_parts(n);
  float *rows = AT(n->rows) + thread * n->batch * n->row;
  if (k == n->depth * parts) {
    readout_gradient(n, rows);
    lift_gradient(n);
    return;
  }
  const int l = n->depth - 1 - k / parts, part = k % parts;
  const int from = part_from(part, parts, width, 8), count = part_from(part + 1, parts, width, 8) - from;
  const float *z = AT(n->slope) + l * size + from * stride;
  transpose(width, n->batch, AT(n->h) + l * size, stride, rows, n->row);
  outer(count, width, n->batch, z, stride, rows, n->row, (float *)d.weight + (l * width + from) * width);
  sum_rows(count, z, stride, (float *)d.bias + l * width + from);
}

/* The gradient of L, with f = dL/d(predictions) and grad_slope = dL/d(slopes), through the network: every
   tensor of `gradient` is written. The caller adds a penalty's own gradient by the weights. */
EXPORT void backward(const Network *n) {
  in_parallel(lane_parts(n), back_part, n);
  in_parallel(n->depth * row_parts(n) + 1, gradient_part, n);
}
