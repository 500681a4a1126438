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

INLINE void stage_forward(const int kind, int size, const float *z, float *value, float *slope, float *curvature) {
  OVER_GROUPS(0, size, curve_some, kind, z, value, slope, curvature);
}

/* z = cotangent s' + extra s'' */
INLINE void stage_backward(int i, const int count, const float *cotangent, const float *slope, const float *curvature,
                           const float *extra, float *z) {
  vf sum = load_some(cotangent + i, count) * load_some(slope + i, count);
  if (extra) sum += load_some(extra + i, count) * load_some(curvature + i, count);
  store_some(z + i, sum, count);
}

/* out = h + alpha sum_{j < terms} c_j k_j */
INLINE void combine(int i, const int count, int size, const float *h, float alpha, const float *k, const float *c,
                    int terms, float *out) {
  vf sum = fill(0);
  for (int j = 0; j < terms; j++) sum += c[j] * load_some(k + j * size + i, count);
  store_some(out + i, load_some(h + i, count) + alpha * sum, count);
}

/* dL/dk_i = alpha (b_i g + sum_{j>i} a_ji dL/du_j) */
INLINE void stage_cotangent(int e, const int count, int size, const RungeKutta *r, int i, float alpha, const float *g,
                            float *k) {
  vf sum = AT(r->b)[i] * load_some(g + e, count);
  for (int j = i + 1; j < r->stages; j++) sum += AT(r->a)[j * r->stages + i] * load_some(k + j * size + e, count);
  store_some(k + i * size + e, alpha * sum, count);
}

/* g += sum_i dL/du_i */
INLINE void add_stages(int e, const int count, int size, int stages, const float *k, float *g) {
  vf sum = load_some(g + e, count);
  for (int i = 0; i < stages; i++) sum += load_some(k + i * size + e, count);
  store_some(g + e, sum, count);
}

EXPORT void runge_kutta_forward(const RungeKutta *r) {
  const Network *n = AT(r->network);
  const Tensors t = tensors(n, AT(n->parameters));
  const int size = n->width * n->stride, square = n->width * n->width;
  lift_forward(n, all_lanes(n));
  for (int l = 0; l < n->depth; l++) {
    const float *h = AT(n->h) + l * size;
    for (int i = 0; i < r->stages; i++) {
      const int node = AT(r->node)[l * r->stages + i];
      float *u = AT(r->u) + ((i - 1) * n->depth + l) * size;
      float *k = AT(r->k) + i * size, *slope = AT(n->slope) + (i * n->depth + l) * size;
      if (i > 0) OVER_GROUPS(0, size, combine, size, h, n->alpha, AT(r->k), AT(r->a) + i * r->stages, i, u);
      weigh(n, t.weight + node * square, t.bias + node * n->width, i > 0 ? u : h);
      BY_ACTIVATION(n->activation, stage_forward, size, AT(n->z), k, slope, i == 0 ? curvature_of(n, l) : 0)
    }
    OVER_GROUPS(0, size, combine, size, h, n->alpha, AT(r->k), AT(r->b), r->stages, AT(n->h) + (l + 1) * size);
  }
  readout_forward(n, all_lanes(n));
}

/* The exact gradient of the discrete steps; otherwise as `backward`. */
EXPORT void runge_kutta_backward(const RungeKutta *r) {
  const Network *n = AT(r->network);
  const Tensors t = tensors(n, AT(n->parameters)), d = tensors(n, AT(n->gradient));
  const int size = n->width * n->stride, square = n->width * n->width, stages = r->stages;
  for (float *w = (float *)d.weight; w < d.readout_weight; w++) *w = 0;
  readout_gradient(n, AT(n->rows));
  readout_back(n, all_lanes(n));
  for (int l = n->depth - 1; l >= 0; l--) {
    for (int i = stages - 1; i >= 0; i--) {
      const int node = AT(r->node)[l * stages + i];
      const float *u = i > 0 ? AT(r->u) + ((i - 1) * n->depth + l) * size : AT(n->h) + l * size;
      const float *slope = AT(n->slope) + (i * n->depth + l) * size, *extra = i == 0 ? grad_slope_of(n, l) : 0;
      float *k = AT(r->k);
      OVER_GROUPS(0, size, stage_cotangent, size, r, i, n->alpha, AT(n->g), k);
      OVER_GROUPS(0, size, stage_backward, k + i * size, slope, curvature_of(n, l), extra, AT(n->z));
      transpose(n->width, n->batch, u, n->stride, AT(n->rows), n->row);
      add_outer(n, AT(r->square), (float *)d.weight + node * square, (float *)d.bias + node * n->width);
      weigh_back(n, t.weight + node * square, AT(r->k) + i * size, 0);
    }
    OVER_GROUPS(0, size, add_stages, size, stages, AT(r->k), AT(n->g));
  }
  lift_back(n, all_lanes(n));
  lift_gradient(n);
}
