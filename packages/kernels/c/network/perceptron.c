#include "activation/activation.h"

/* A small multilayer perceptron as a vector field in float64, for solvers that ask it again and again:

       out = output_scale * MLP(u / input_scale),   MLP: n -> width (layers times) -> n

   with its Jacobian and its pullback. Parameters layer by layer: weight [out][in], bias [out]. */
STRUCT(Perceptron) {
  int variables, width, layers, activation;
  OFFSET(const double) parameters, input_scale, output_scale;
  OFFSET(const double) u, v;
  OFFSET(double) out;                    /* [n], or the Jacobian, column-major [n][n] */
  OFFSET(double) gradient_u, gradient;   /* [n] and [parameters], which are added to */
  OFFSET(double) into;                   /* [layers + 1][larger of width and n]: what goes into each layer */
  OFFSET(double) slope;                  /* [layers][width] */
  OFFSET(double) work;                   /* [2][larger of width and n][n] */
};

INLINE int most(const Perceptron *m) { return m->width > m->variables ? m->width : m->variables; }
INLINE int rows_of(const Perceptron *m, int l) { return l == m->layers ? m->variables : m->width; }
INLINE int columns_of(const Perceptron *m, int l) { return l == 0 ? m->variables : m->width; }

/* Fills `into` and `slope`, and the last layer's outputs, unscaled, into end. */
APART void pass(const Perceptron *m, double *end) {
  const double *p = AT(m->parameters);
  for (int i = 0; i < m->variables; i++) AT(m->into)[i] = AT(m->u)[i] / AT(m->input_scale)[i];
  for (int l = 0; l <= m->layers; l++) {
    const int rows = rows_of(m, l), columns = columns_of(m, l);
    const double *x = AT(m->into) + l * most(m), *bias = p + rows * columns;
    for (int r = 0; r < rows; r++) {
      double z = bias[r];
      for (int c = 0; c < columns; c++) z += p[r * columns + c] * x[c];
      if (l == m->layers) end[r] = z;
      if (l == m->layers) continue;
      const Curve64 c = curve64(m->activation, z);
      AT(m->into)[(l + 1) * most(m) + r] = c.value;
      AT(m->slope)[l * m->width + r] = c.slope;
    }
    p = bias + rows;
  }
}

EXPORT void perceptron_value(const Perceptron *m) {
  pass(m, AT(m->out));
  for (int i = 0; i < m->variables; i++) AT(m->out)[i] *= AT(m->output_scale)[i];
}

EXPORT void perceptron_jacobian(const Perceptron *m) {
  const int n = m->variables;
  const double *p = AT(m->parameters);
  pass(m, AT(m->out));
  for (int l = 0; l <= m->layers; l++) {
    const int rows = rows_of(m, l), columns = columns_of(m, l);
    const double *from = AT(m->work) + (l % 2) * most(m) * n;
    double *to = AT(m->work) + ((l + 1) % 2) * most(m) * n;
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        if (l == 0) sum = p[r * columns + j] / AT(m->input_scale)[j];
        else for (int c = 0; c < columns; c++) sum += p[r * columns + c] * from[c * n + j];
        if (l == m->layers) AT(m->out)[r + n * j] = AT(m->output_scale)[r] * sum;
        else to[r * n + j] = AT(m->slope)[l * m->width + r] * sum;
      }
    }
    p += rows * (columns + 1);
  }
}

/* gradient_u += v^T d(out)/du, gradient += v^T d(out)/d(parameters) */
EXPORT void perceptron_pullback(const Perceptron *m) {
  const int n = m->variables;
  double *g = AT(m->work), *back = AT(m->work) + most(m) * n;
  pass(m, g);
  int offset = 0;
  for (int l = 0; l <= m->layers; l++) offset += rows_of(m, l) * (columns_of(m, l) + 1);
  for (int i = 0; i < n; i++) g[i] = AT(m->output_scale)[i] * AT(m->v)[i];
  for (int l = m->layers; l >= 0; l--) {
    const int rows = rows_of(m, l), columns = columns_of(m, l);
    offset -= rows * (columns + 1);
    const double *p = AT(m->parameters) + offset, *x = AT(m->into) + l * most(m);
    double *d = AT(m->gradient) + offset;
    for (int c = 0; c < columns; c++) back[c] = 0;
    for (int r = 0; r < rows; r++) {
      const double dz = l == m->layers ? g[r] : g[r] * AT(m->slope)[l * m->width + r];
      d[rows * columns + r] += dz;
      for (int c = 0; c < columns; c++) {
        d[r * columns + c] += dz * x[c];
        back[c] += dz * p[r * columns + c];
      }
    }
    double *swapped = g;
    g = back;
    back = swapped;
  }
  for (int i = 0; i < n; i++) AT(m->gradient_u)[i] += g[i] / AT(m->input_scale)[i];
}
