#include "activation.h"
#include "product.h"

/* A residual network and the buffers of one chunk of samples. Activations are feature-major [features][stride], the
   samples in the lanes and stride a multiple of LANES. The order of the fields is that of network.ts. */
typedef struct {
  int inputs, outputs, width, depth;
  int activation, lift;
  float alpha;
  int batch, stride;
  int value_step; /* distance between layers in `value`: width * stride to keep them all, 0 to reuse one */
  const float *parameters;
  float *gradient;
  float *x, *x_rows; /* [inputs][stride] and [batch][inputs] */
  float *y;          /* [outputs][stride] */
  float *h;          /* [depth + 1][width][stride] */
  float *value;      /* s(z), [depth][width][stride] */
  float *slope;      /* s'(z), [depth][width][stride] */
  float *f;          /* [outputs][stride]: predictions, then residuals, then their cotangent */
  float *g;          /* [width][stride]: dL/dh */
  float *z;          /* [width][stride]: z, then dL/dz */
  float *rows;       /* [batch][width]: h, sample-major */
  const float *grad_slope; /* dP/d(slope), [depth][width][stride], or 0 */
} Network;

typedef struct {
  const float *lift_weight, *lift_bias, *weight, *bias, *readout_weight, *readout_bias;
} Tensors;

/* The layout of layout.ts. */
INLINE Tensors tensors(const Network *n, const float *p) {
  Tensors t;
  t.lift_weight = p;
  t.lift_bias = t.lift_weight + n->width * n->inputs;
  t.weight = t.lift_bias + n->width;
  t.bias = t.weight + n->depth * n->width * n->width;
  t.readout_weight = t.bias + n->depth * n->width;
  t.readout_bias = t.readout_weight + n->outputs * n->width;
  return t;
}

/* Rows `indices` of the sample-major tables into the feature-major buffers; lanes beyond the batch are zero. */
EXPORT void gather(const Network *n, const float *inputs, const float *outputs, const uint32_t *indices) {
  for (int b = 0; b < n->stride; b++) {
    const int real = b < n->batch;
    const float *in = inputs + (real ? indices[b] : 0) * n->inputs;
    for (int i = 0; i < n->inputs; i++) {
      n->x[i * n->stride + b] = real ? in[i] : 0;
      if (real) n->x_rows[b * n->inputs + i] = in[i];
    }
    if (!outputs) continue;
    const float *out = outputs + (real ? indices[b] : 0) * n->outputs;
    for (int o = 0; o < n->outputs; o++) n->y[o * n->stride + b] = real ? out[o] : 0;
  }
}

INLINE void block_forward(const int kind, const Network *n, const float *h, float *value, float *slope, float *next) {
  for (int i = 0; i < n->width * n->stride; i += LANES) {
    v4 s, d;
    activate4(kind, load(n->z + i), &s, &d);
    store(value + i, s);
    store(slope + i, d);
    store(next + i, load(h + i) + n->alpha * s);
  }
}

EXPORT void forward(const Network *n) {
  const Tensors t = tensors(n, n->parameters);
  const int size = n->width * n->stride;
  product(n->width, n->inputs, t.lift_weight, n->inputs, 1, n->x, n->stride, n->h, t.lift_bias, 0);
  if (n->lift == TANH) {
    for (int i = 0; i < size; i += LANES) store(n->h + i, tanh4(load(n->h + i)));
  }
  for (int l = 0; l < n->depth; l++) {
    const float *h = n->h + l * size;
    float *value = n->value + l * n->value_step, *slope = n->slope + l * size, *next = n->h + (l + 1) * size;
    product(n->width, n->width, t.weight + l * n->width * n->width, n->width, 1, h, n->stride, n->z, t.bias + l * n->width, 0);
    switch (n->activation) {
      case TANH: block_forward(TANH, n, h, value, slope, next); break;
      case RELU: block_forward(RELU, n, h, value, slope, next); break;
      case SOFTPLUS: block_forward(SOFTPLUS, n, h, value, slope, next); break;
      case SIN: block_forward(SIN, n, h, value, slope, next); break;
      default: block_forward(IDENTITY, n, h, value, slope, next);
    }
  }
  product(n->outputs, n->width, t.readout_weight, n->width, 1, n->h + n->depth * size, n->stride, n->f, t.readout_bias, 0);
}

/* f <- f - y, zero in the lanes beyond the batch; returns the sum of squares. */
EXPORT double residual(const Network *n) {
  double sum = 0;
  for (int o = 0; o < n->outputs; o++) {
    float *f = n->f + o * n->stride;
    const float *y = n->y + o * n->stride;
    for (int b = 0; b < n->batch; b++) {
      f[b] -= y[b];
      sum += (double)f[b] * (double)f[b];
    }
    for (int b = n->batch; b < n->stride; b++) f[b] = 0;
  }
  return sum;
}

/* out[r] = sum of the row's lanes in four interleaved partial sums. */
INLINE void sum_rows(int rows, const float *z, int stride, float *out) {
  for (int r = 0; r < rows; r++) {
    v4 sum = {0, 0, 0, 0};
    for (int b = 0; b < stride; b += LANES) sum += load(z + r * stride + b);
    out[r] = (sum[0] + sum[1]) + (sum[2] + sum[3]);
  }
}

/* z <- alpha g s' + grad_slope s'' */
INLINE void block_backward(const int kind, const Network *n, const float *value, const float *slope, const float *extra) {
  for (int i = 0; i < n->width * n->stride; i += LANES) {
    const v4 d = load(slope + i);
    v4 z = n->alpha * load(n->g + i) * d;
    if (extra) z += load(extra + i) * curvature4(kind, load(value + i), d);
    store(n->z + i, z);
  }
}

/* The gradient of L, with f = dL/d(predictions) and grad_slope = dL/d(slopes), through the network: every tensor of
   `gradient` is written. What a penalty owes to the weights directly is the caller's to add. */
EXPORT void backward(const Network *n) {
  const Tensors t = tensors(n, n->parameters);
  const Tensors d = tensors(n, n->gradient);
  const int size = n->width * n->stride, square = n->width * n->width;
  transpose(n->width, n->batch, n->h + n->depth * size, n->stride, n->rows);
  outer(n->outputs, n->width, n->batch, n->f, n->stride, n->rows, (float *)d.readout_weight);
  sum_rows(n->outputs, n->f, n->stride, (float *)d.readout_bias);
  product(n->width, n->outputs, t.readout_weight, 1, n->width, n->f, n->stride, n->g, 0, 0);
  for (int l = n->depth - 1; l >= 0; l--) {
    const float *value = n->value + l * n->value_step, *slope = n->slope + l * size;
    const float *extra = n->grad_slope ? n->grad_slope + l * size : 0;
    switch (n->activation) {
      case TANH: block_backward(TANH, n, value, slope, extra); break;
      case RELU: block_backward(RELU, n, value, slope, extra); break;
      case SOFTPLUS: block_backward(SOFTPLUS, n, value, slope, extra); break;
      case SIN: block_backward(SIN, n, value, slope, extra); break;
      default: block_backward(IDENTITY, n, value, slope, extra);
    }
    transpose(n->width, n->batch, n->h + l * size, n->stride, n->rows);
    outer(n->width, n->width, n->batch, n->z, n->stride, n->rows, (float *)d.weight + l * square);
    sum_rows(n->width, n->z, n->stride, (float *)d.bias + l * n->width);
    product(n->width, n->width, t.weight + l * square, 1, n->width, n->z, n->stride, n->g, 0, 1);
  }
  if (n->lift == TANH) {
    for (int i = 0; i < size; i += LANES) {
      const v4 h = load(n->h + i);
      store(n->z + i, load(n->g + i) * (1.0f - h * h));
    }
  } else {
    for (int i = 0; i < size; i += LANES) store(n->z + i, load(n->g + i));
  }
  outer(n->width, n->inputs, n->batch, n->z, n->stride, n->x_rows, (float *)d.lift_weight);
  sum_rows(n->width, n->z, n->stride, (float *)d.lift_bias);
}

/* s(z) and s'(z) of `size` numbers, a multiple of LANES. */
EXPORT void activate(int kind, int size, const float *z, float *value, float *slope) {
  for (int i = 0; i < size; i += LANES) {
    v4 s, d;
    const v4 x = load(z + i);
    switch (kind) {
      case TANH: activate4(TANH, x, &s, &d); break;
      case RELU: activate4(RELU, x, &s, &d); break;
      case SOFTPLUS: activate4(SOFTPLUS, x, &s, &d); break;
      case SIN: activate4(SIN, x, &s, &d); break;
      default: activate4(IDENTITY, x, &s, &d);
    }
    store(value + i, s);
    store(slope + i, d);
  }
}
