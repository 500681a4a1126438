#include "network/network.h"

/* Explicit Runge-Kutta steps on h' = s(W(t) h + b(t)), as deep as the network has blocks:

       u_i = h_n + alpha sum_{j<i} a_ij k_j,  k_i = s(W u_i + b),  h_{n+1} = h_n + alpha sum_i b_i k_i.

   Stage 0 is the field at the beginning of a step, whose slopes are the network's own. */
STRUCT(RungeKutta) {
  OFFSET(const Network) network;
  int stages;
  OFFSET(const int32_t) node; /* [depth][stages]: which of the network's weights a stage takes */
  OFFSET(const float) a, b;   /* [stages][stages], [stages] */
  OFFSET(float) u;            /* [stages - 1][depth][width][stride]: u_i of the stages from 1 */
  OFFSET(float) k;            /* [stages][width][stride]: k_i of one step, then dL/du_i */
  OFFSET(float) square;       /* [width][width] of scratch */
};

INLINE void stage_forward(const int kind, const Network *n, float *value, float *slope, float *curvature) {
  for (int i = 0; i < n->width * n->stride; i += LANES) {
    const Curve c = curve(kind, load(AT(n->z) + i));
    store(value + i, c.value);
    store(slope + i, c.slope);
    if (curvature) store(curvature + i, c.curvature);
  }
}

/* z = cotangent s' + extra s'' */
INLINE void stage_backward(const Network *n, const float *cotangent, const float *slope, const float *curvature,
                           const float *extra) {
  for (int i = 0; i < n->width * n->stride; i += LANES) {
    vf z = load(cotangent + i) * load(slope + i);
    if (extra) z += load(extra + i) * load(curvature + i);
    store(AT(n->z) + i, z);
  }
}

/* out = h + alpha sum_{j < count} c_j k_j */
INLINE void combine(const Network *n, const float *h, const float *k, const float *c, int count, float *out) {
  const int size = n->width * n->stride;
  for (int i = 0; i < size; i += LANES) {
    vf sum = fill(0);
    for (int j = 0; j < count; j++) sum += c[j] * load(k + j * size + i);
    store(out + i, load(h + i) + n->alpha * sum);
  }
}

EXPORT void runge_kutta_forward(const RungeKutta *r) {
  const Network *n = AT(r->network);
  const Tensors t = tensors(n, AT(n->parameters));
  const int size = n->width * n->stride, square = n->width * n->width;
  lift_forward(n);
  for (int l = 0; l < n->depth; l++) {
    const float *h = AT(n->h) + l * size;
    for (int i = 0; i < r->stages; i++) {
      const int node = AT(r->node)[l * r->stages + i];
      float *u = AT(r->u) + ((i - 1) * n->depth + l) * size;
      float *k = AT(r->k) + i * size, *slope = AT(n->slope) + (i * n->depth + l) * size;
      if (i > 0) combine(n, h, AT(r->k), AT(r->a) + i * r->stages, i, u);
      weigh(n, t.weight + node * square, t.bias + node * n->width, i > 0 ? u : h);
      BY_ACTIVATION(n->activation, stage_forward, n, k, slope, i == 0 ? curvature_of(n, l) : 0)
    }
    combine(n, h, AT(r->k), AT(r->b), r->stages, AT(n->h) + (l + 1) * size);
  }
  readout_forward(n);
}

/* The exact gradient of the discrete steps; otherwise as `backward`. */
EXPORT void runge_kutta_backward(const RungeKutta *r) {
  const Network *n = AT(r->network);
  const Tensors t = tensors(n, AT(n->parameters)), d = tensors(n, AT(n->gradient));
  const int size = n->width * n->stride, square = n->width * n->width, stages = r->stages;
  for (float *w = (float *)d.weight; w < d.readout_weight; w++) *w = 0;
  readout_backward(n);
  for (int l = n->depth - 1; l >= 0; l--) {
    for (int i = stages - 1; i >= 0; i--) {
      const int node = AT(r->node)[l * stages + i];
      const float *u = i > 0 ? AT(r->u) + ((i - 1) * n->depth + l) * size : AT(n->h) + l * size;
      const float *slope = AT(n->slope) + (i * n->depth + l) * size, *extra = i == 0 ? grad_slope_of(n, l) : 0;
      float *cotangent = AT(r->k) + i * size;
      /* dL/dk_i = alpha (b_i g + sum_{j>i} a_ji dL/du_j) */
      for (int e = 0; e < size; e += LANES) {
        vf sum = AT(r->b)[i] * load(AT(n->g) + e);
        for (int j = i + 1; j < stages; j++) sum += AT(r->a)[j * stages + i] * load(AT(r->k) + j * size + e);
        store(cotangent + e, n->alpha * sum);
      }
      stage_backward(n, cotangent, slope, curvature_of(n, l), extra);
      transpose(n->width, n->batch, u, n->stride, AT(n->rows));
      add_outer(n, AT(r->square), (float *)d.weight + node * square, (float *)d.bias + node * n->width);
      weigh_back(n, t.weight + node * square, AT(r->k) + i * size, 0);
    }
    for (int e = 0; e < size; e += LANES) {
      vf sum = load(AT(n->g) + e);
      for (int i = 0; i < stages; i++) sum += load(AT(r->k) + i * size + e);
      store(AT(n->g) + e, sum);
    }
  }
  lift_backward(n);
}
