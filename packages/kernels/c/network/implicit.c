#include "network/network.h"

/* Implicit one-stage steps on h' = s(W(t) h + b(t)), as deep as the network has blocks:

       u = h_n + beta s(W u + b),   h_{n+1} = h_n + alpha s(W u + b)

   with beta = alpha for backward Euler and alpha / 2 for the implicit midpoint rule. Newton's method solves
   each sample by itself in float64, with a dense LU factorisation of A = I - beta diag(s') W. The
   factorisation is kept as long as it converges. A full step that enlarges the residual is damped. */
STRUCT(Implicit) {
  OFFSET(const Network) network;
  OFFSET(const int32_t) node; /* [depth]: which of the network's weights a step takes */
  int start;       /* whether slopes where each step begins are wanted too, held as `slope` and `curvature` */
  int iterations;  /* most of them */
  int unsolved;    /* samples that Newton gave up in the last forward pass: their states are NaN from there */
  double beta;
  double tolerance;         /* of Newton's last update, relative to 1 + |u|, in the largest component */
  OFFSET(double) u;         /* [depth][batch][width]: the stage, and s'(W u + b) there */
  OFFSET(double) slope;
  OFFSET(double) weight;    /* [width][width] */
  OFFSET(double) bias;      /* [width] */
  OFFSET(double) lu;        /* [width][width] */
  OFFSET(int32_t) pivot;    /* [width] */
  OFFSET(double) vectors;   /* [6][width] */
  OFFSET(float) square;     /* [width][width] */
};

/* y <- y - c x */
INLINE void subtract_row(int from, int to, double *y, double c, const double *x) {
  int j = from;
  for (; j + 4 <= to; j += 4) {
    store_pair(y + j, load_pair(y + j) - c * load_pair(x + j));
    store_pair(y + j + 2, load_pair(y + j + 2) - c * load_pair(x + j + 2));
  }
  for (; j < to; j++) y[j] -= c * x[j];
}

/* PA = LU by partial pivoting; returns 0 where A is singular or not finite. */
APART int factorise(int n, double *a, int32_t *pivot) {
  for (int k = 0; k < n; k++) {
    int largest = k;
    for (int i = k + 1; i < n; i++) {
      if (__builtin_fabs(a[i * n + k]) > __builtin_fabs(a[largest * n + k])) largest = i;
    }
    pivot[k] = largest;
    const double head = a[largest * n + k];
    if (!(__builtin_fabs(head) > 0 && __builtin_fabs(head) < __builtin_inf())) return 0;
    if (largest != k) {
      for (int j = 0; j < n; j++) {
        const double swapped = a[k * n + j];
        a[k * n + j] = a[largest * n + j];
        a[largest * n + j] = swapped;
      }
    }
    for (int i = k + 1; i < n; i++) {
      const double c = a[i * n + k] / head;
      a[i * n + k] = c;
      if (c != 0) subtract_row(k + 1, n, a + i * n, c, a + k * n);
    }
  }
  return 1;
}

INLINE double dot(int from, int to, const double *x, const double *y) {
  vd2 even = {0, 0}, odd = {0, 0};
  int j = from;
  for (; j + 4 <= to; j += 4) even += load_pair(x + j) * load_pair(y + j), odd += load_pair(x + j + 2) * load_pair(y + j + 2);
  const vd2 both = even + odd;
  double sum = both[0] + both[1];
  for (; j < to; j++) sum += x[j] * y[j];
  return sum;
}

/* x <- A^-1 x */
APART void solve(int n, const double *lu, const int32_t *pivot, double *x) {
  for (int k = 0; k < n; k++) {
    const double swapped = x[pivot[k]];
    x[pivot[k]] = x[k];
    x[k] = swapped;
  }
  for (int i = 0; i < n; i++) x[i] -= dot(0, i, lu + i * n, x);
  for (int i = n - 1; i >= 0; i--) x[i] = (x[i] - dot(i + 1, n, lu + i * n, x)) / lu[i * n + i];
}

/* x <- A^-T x */
APART void solve_transposed(int n, const double *lu, const int32_t *pivot, double *x) {
  for (int i = 0; i < n; i++) {
    x[i] /= lu[i * n + i];
    subtract_row(i + 1, n, x, x[i], lu + i * n);
  }
  for (int i = n - 1; i >= 0; i--) subtract_row(0, i, x, x[i], lu + i * n);
  for (int k = n - 1; k >= 0; k--) {
    const double swapped = x[pivot[k]];
    x[pivot[k]] = x[k];
    x[k] = swapped;
  }
}

/* A = I - beta diag(slope) W, factorised. */
static int factorise_step(const Implicit *m, int n, double beta, const double *slope) {
  for (int i = 0; i < n; i++) {
    const double c = -beta * slope[i];
    for (int j = 0; j < n; j++) AT(m->lu)[i * n + j] = c * AT(m->weight)[i * n + j];
    AT(m->lu)[i * n + i] += 1;
  }
  return factorise(n, AT(m->lu), AT(m->pivot));
}

/* value = s(W u + b), slope = s'(W u + b), residual = u - h - beta value; returns |residual|^2. */
static double defect(const Implicit *m, int n, double beta, const double *h, const double *u, double *value,
                     double *slope, double *residual) {
  double sum = 0;
  for (int i = 0; i < n; i++) {
    const Curve64 c = curve64(AT(m->network)->activation, AT(m->bias)[i] + dot(0, n, AT(m->weight) + i * n, u));
    value[i] = c.value;
    slope[i] = c.slope;
    residual[i] = (u[i] - h[i]) - beta * value[i];
    sum += residual[i] * residual[i];
  }
  return sum;
}

INLINE double largest_of(int n, const double *x) {
  double largest = 0;
  for (int i = 0; i < n; i++) largest = __builtin_fabs(x[i]) > largest ? __builtin_fabs(x[i]) : largest;
  return largest;
}

/* Solves for u, starting from the given u. Sets `value` and `slope` to those of the solution. Returns 0 if it
   fails. */
static int newton(const Implicit *m, int n, double beta, const double *h, double *u, double *value, double *slope) {
  double *residual = AT(m->vectors) + 2 * n, *update = AT(m->vectors) + 3 * n, *trial = AT(m->vectors) + 4 * n;
  double norm = defect(m, n, beta, h, u, value, slope, residual), before = __builtin_inf();
  int fresh = 0;
  for (int iteration = 0; iteration < m->iterations; iteration++) {
    if (!(norm < __builtin_inf())) return 0;
    if (!fresh && !factorise_step(m, n, beta, slope)) return 0;
    const int exact = !fresh;
    fresh = 1;
    for (int i = 0; i < n; i++) update[i] = -residual[i];
    solve(n, AT(m->lu), AT(m->pivot), update);
    const double size = largest_of(n, update);
    if (!(size < __builtin_inf())) return 0;
    if (size <= m->tolerance * (1 + largest_of(n, u))) {
      for (int i = 0; i < n; i++) u[i] += update[i];
      defect(m, n, beta, h, u, value, slope, residual);
      return 1;
    }
    double share = 1, next = 0;
    for (int halvings = 0; halvings < 12; halvings++, share /= 2) {
      for (int i = 0; i < n; i++) trial[i] = u[i] + share * update[i];
      next = defect(m, n, beta, h, trial, value, slope, residual);
      if (next < norm) break;
      /* An old factorisation is no direction to search along. */
      if (!exact) break;
    }
    if (!(next < norm)) {
      if (exact) return 0;
      norm = defect(m, n, beta, h, u, value, slope, residual);
      fresh = 0;
      before = __builtin_inf();
      continue;
    }
    for (int i = 0; i < n; i++) u[i] = trial[i];
    norm = next;
    /* The factorisation serves on while updates shrink tenfold. */
    if (share < 1 || size > 0.1 * before) fresh = 0;
    before = size;
  }
  return 0;
}

/* The stage from h. If Newton's method fails, beta grows to its value in adaptive steps, and each solution
   starts the next one. So the solution stays on the branch that leaves from h, as far as that goes. */
static int solve_stage(const Implicit *m, int n, const double *h, double *u, double *value, double *slope) {
  double *reached = AT(m->vectors) + 5 * n;
  for (int i = 0; i < n; i++) u[i] = h[i];
  if (newton(m, n, m->beta, h, u, value, slope)) return 1;
  double share = 0, step = 0.25;
  for (int i = 0; i < n; i++) reached[i] = h[i];
  for (int attempt = 0; attempt < 64; attempt++) {
    const double next = share + step < 1 ? share + step : 1;
    for (int i = 0; i < n; i++) u[i] = reached[i];
    if (newton(m, n, next * m->beta, h, u, value, slope)) {
      if (next == 1) return 1;
      for (int i = 0; i < n; i++) reached[i] = u[i];
      share = next;
      step *= 2;
    } else {
      step /= 4;
      if (step < 1e-6) return 0;
    }
  }
  return 0;
}

INLINE void start_of(int i, const int count, const int kind, const float *z, float *slope, float *curvature) {
  const Curve c = curve(kind, load_some(z + i, count));
  store_some(slope + i, c.slope, count);
  if (curvature) store_some(curvature + i, c.curvature, count);
}
INLINE void start_curve(const int kind, int size, const float *z, float *slope, float *curvature) {
  OVER_GROUPS(0, size, start_of, kind, z, slope, curvature);
}

APART void start_slopes(const Implicit *m, const Tensors *t, int l) {
  const Network *n = AT(m->network);
  const int size = n->width * n->stride;
  weigh(n, t->weight + l * n->width * n->width, t->bias + l * n->width, AT(n->h) + l * size);
  BY_ACTIVATION(n->activation, start_curve, size, AT(n->z), AT(n->slope) + l * size, curvature_of(n, l))
}

static void take_weights(const Implicit *m, const Tensors *t, int l) {
  const int n = AT(m->network)->width, node = AT(m->node)[l];
  for (int i = 0; i < n * n; i++) AT(m->weight)[i] = t->weight[node * n * n + i];
  for (int i = 0; i < n; i++) AT(m->bias)[i] = t->bias[node * n + i];
}

EXPORT void implicit_forward(Implicit *m) {
  const Network *n = AT(m->network);
  const Tensors t = tensors(n, AT(n->parameters));
  const int width = n->width, stride = n->stride, size = width * stride;
  double *h = AT(m->vectors), *value = AT(m->vectors) + width;
  m->unsolved = 0;
  lift_forward(n, all_lanes(n));
  for (int l = 0; l < n->depth; l++) {
    const float *from = AT(n->h) + l * size;
    float *next = AT(n->h) + (l + 1) * size;
    if (m->start) start_slopes(m, &t, l);
    take_weights(m, &t, l);
    for (int i = 0; i < size; i++) next[i] = 0;
    for (int b = 0; b < n->batch; b++) {
      double *u = AT(m->u) + (l * n->batch + b) * width, *slope = AT(m->slope) + (l * n->batch + b) * width;
      int known = 1;
      for (int i = 0; i < width; i++) {
        h[i] = from[i * stride + b];
        known = known && h[i] == h[i];
      }
      if (known && solve_stage(m, width, h, u, value, slope)) {
        for (int i = 0; i < width; i++) next[i * stride + b] = (float)(h[i] + n->alpha * value[i]);
      } else {
        m->unsolved += known;
        for (int i = 0; i < width; i++) next[i * stride + b] = __builtin_nanf("");
      }
    }
  }
  readout_forward(n, all_lanes(n));
}

INLINE void times(int i, const int count, const float *x, const float *y, float *out) {
  store_some(out + i, load_some(x + i, count) * load_some(y + i, count), count);
}

/* Adds the gradient of a penalty on the slopes at the start of step l: z = extra s'', then through W h +
   b. */
APART void start_backward(const Implicit *m, const Tensors *t, const Tensors *d, int l) {
  const Network *n = AT(m->network);
  const int width = n->width, size = width * n->stride, square = width * width;
  const float *extra = grad_slope_of(n, l), *curvature = curvature_of(n, l);
  OVER_GROUPS(0, size, times, extra, curvature, AT(n->z));
  transpose(width, n->batch, AT(n->h) + l * size, n->stride, AT(n->rows), n->row);
  add_outer(n, AT(m->square), (float *)d->weight + l * square, (float *)d->bias + l * width);
  weigh_back(n, t->weight + l * square, AT(n->g), 1);
}

/* The implicit function theorem gives, from g = dL/dh_{n+1}:

       A^T mu = alpha g,  zeta = s' mu,  dW = zeta u^T,  db = zeta,
       dL/dh_n = g + W^T zeta = (1 - alpha / beta) g + mu / beta. */
EXPORT void implicit_backward(const Implicit *m) {
  const Network *n = AT(m->network);
  const Tensors t = tensors(n, AT(n->parameters)), d = tensors(n, AT(n->gradient));
  const int width = n->width, stride = n->stride, size = width * stride, square = width * width;
  double *mu = AT(m->vectors);
  const double kept = 1 - n->alpha / m->beta;
  for (float *w = (float *)d.weight; w < d.readout_weight; w++) *w = 0;
  readout_gradient(n, AT(n->rows));
  readout_back(n, all_lanes(n));
  for (int l = n->depth - 1; l >= 0; l--) {
    const int node = AT(m->node)[l];
    take_weights(m, &t, l);
    for (int i = 0; i < size; i++) AT(n->z)[i] = 0;
    for (int b = 0; b < n->batch; b++) {
      const double *u = AT(m->u) + (l * n->batch + b) * width, *slope = AT(m->slope) + (l * n->batch + b) * width;
      const int regular = factorise_step(m, width, m->beta, slope);
      for (int i = 0; i < width; i++) mu[i] = regular ? n->alpha * (double)AT(n->g)[i * stride + b] : __builtin_nan("");
      if (regular) solve_transposed(width, AT(m->lu), AT(m->pivot), mu);
      for (int i = 0; i < width; i++) {
        AT(n->z)[i * stride + b] = (float)(slope[i] * mu[i]);
        AT(n->g)[i * stride + b] = (float)(kept * AT(n->g)[i * stride + b] + mu[i] / m->beta);
        AT(n->rows)[b * n->row + i] = (float)u[i];
      }
    }
    add_outer(n, AT(m->square), (float *)d.weight + node * square, (float *)d.bias + node * width);
    if (grad_slope_of(n, l)) start_backward(m, &t, &d, l);
  }
  lift_back(n, all_lanes(n));
  lift_gradient(n);
}
