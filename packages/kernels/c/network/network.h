/* A network, the buffers of one chunk of samples, and what every way through the layers shares: lift and
   readout. */
#ifndef NETWORK_H
#define NETWORK_H

#define WIDE_VECTORS
#include "activation/activation.h"
#include "math/product.h"

/* Activations are feature-major [features][stride], the samples in the lanes and stride a multiple of
   LANES. */
STRUCT(Network) {
  int inputs, outputs, width, depth;
  int activation, lift;
  float alpha;
  int batch, stride;
  int lifted;     /* features that the lift fills; the others of `width` begin at zero (augmentation) */
  int nodes;      /* weight matrices: depth, or one for each time that a solver reads the weights at */
  int skip;       /* whether a block adds to its state or replaces it */
  OFFSET(const float) parameters;
  OFFSET(float) gradient;
  OFFSET(float) x, x_rows; /* [inputs][stride] and [batch][inputs] */
  OFFSET(float) y;         /* [outputs][stride] */
  OFFSET(float) h;         /* [depth + 1][width][stride] */
  OFFSET(float) slope;     /* s'(z), [depth][width][stride], of further stages behind it; `backward` leaves
                              dL/dz in it */
  OFFSET(float) f;         /* [outputs][stride]: predictions, then residuals, then their cotangent */
  OFFSET(float) g;         /* [width][stride]: dL/dh */
  OFFSET(float) z;         /* [width][stride]: z, then dL/dz */
  int row;                 /* distance of samples in `rows` */
  OFFSET(float) rows;      /* [batch][row] for each thread: h, sample-major */
  /* With a penalty, s''(z) and dP/d(slope), of the same shape. */
  NULLABLE(float) curvature, grad_slope;
};

typedef struct {
  const float *lift_weight, *lift_bias, *weight, *bias, *readout_weight, *readout_bias;
} Tensors;

/* The layout of layout.ts. */
INLINE Tensors tensors(const Network *n, const float *p) {
  Tensors t;
  t.lift_weight = p;
  t.lift_bias = t.lift_weight + n->lifted * n->inputs;
  t.weight = t.lift_bias + n->lifted;
  t.bias = t.weight + n->nodes * n->width * n->width;
  t.readout_weight = t.bias + n->nodes * n->width;
  t.readout_bias = t.readout_weight + n->outputs * n->width;
  return t;
}

/* The part of layer l, or 0 without a penalty. */
INLINE float *curvature_of(const Network *n, int l) {
  return n->curvature.offset ? AT(n->curvature) + l * n->width * n->stride : 0;
}
INLINE const float *grad_slope_of(const Network *n, int l) {
  return n->grad_slope.offset ? AT(n->grad_slope) + l * n->width * n->stride : 0;
}

/* Samples from..to of the lanes: what one thread does of a pass through the layers. */
typedef struct {
  int from, to;
} Lanes;

INLINE Lanes all_lanes(const Network *n) { return (Lanes){0, n->stride}; }

/* function(i, count, ...) on the lanes of `rows` rows, i counting from the first row's first lane. */
#define OVER_LANES(rows, stride, lanes, function, ...)                                           \
  do {                                                                                          \
    const int whole_ = (lanes).to - (lanes).from == (stride);                                     \
    const int lines_ = whole_ ? 1 : (rows), size_ = whole_ ? (rows) * (stride) : (lanes).to - (lanes).from; \
    for (int line_ = 0; line_ < lines_; line_++) {                                                \
      OVER_GROUPS(line_ * (stride) + (lanes).from, size_, function, __VA_ARGS__);                 \
    }                                                                                           \
  } while (0)

/* out[r] = sum of the row's samples. */
INLINE void sum_rows(int rows, const float *z, int stride, float *out) {
  enum { TOGETHER = 4 }; /* rows, so that none waits for its own last addition */
  int r = 0;
  for (; r + TOGETHER <= rows; r += TOGETHER) {
    partial_sums sums[TOGETHER] = {0};
    for (int b = 0; b < stride; b += PARTIAL_SUMS) {
      UNROLL for (int i = 0; i < TOGETHER; i++) sums[i] += load_partial(z + (r + i) * stride + b);
    }
    UNROLL for (int i = 0; i < TOGETHER; i++) out[r + i] = sum_partial(sums[i]);
  }
  for (; r < rows; r++) {
    partial_sums sums = {0};
    for (int b = 0; b < stride; b += PARTIAL_SUMS) sums += load_partial(z + r * stride + b);
    out[r] = sum_partial(sums);
  }
}

/* z = W u + b */
SHARED void weigh(const Network *n, const float *weight, const float *bias, const float *u);
/* out = (out | 0) + W^T z */
SHARED void weigh_back(const Network *n, const float *weight, float *out, int accumulate);
/* dW += z u^T and db += z 1, with u^T in `rows`. square: [width][width] of scratch */
SHARED void add_outer(const Network *n, float *square, float *weight, float *bias);
/* h_0 = (s_lift(A x + a), 0) */
SHARED void lift_forward(const Network *n, Lanes lanes);
/* f = C h_N + c */
SHARED void readout_forward(const Network *n, Lanes lanes);
/* g = dL/dh_N */
SHARED void readout_back(const Network *n, Lanes lanes);
/* The readout's gradient; rows: as those of the network. */
SHARED void readout_gradient(const Network *n, float *rows);
/* z of the lift, from g = dL/dh_0. */
SHARED void lift_back(const Network *n, Lanes lanes);
/* The lift's gradient, from its z. */
SHARED void lift_gradient(const Network *n);

#endif
