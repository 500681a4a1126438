// CVODE (BDF with KLU, or with GMRES and alternating directions as the preconditioner) on squares of any number of points, for
// `stiffnet-bench ode-growth`: one JSON line. Jacobians are analytic, products with them differences, as there. The time is processor time, the best of at least
// one run and of as many as begin within SECONDS; the memory is the most that the process ever held.
// usage: growth HEAT2D|BRUSS2D SIDE sparse|krylov RTOL SECONDS
#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sundials/sundials_version.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunlinsol/sunlinsol_spgmr.h>
#include <sunmatrix/sunmatrix_sparse.h>
#include <sys/resource.h>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

#ifndef SUN_COMM_NULL
#define SUN_COMM_NULL nullptr
#endif

static int m, parts, n;
static bool heat, late;
static double d;
static std::vector<double> source;
static long evaluations, factorisations;
static double* data(N_Vector v) { return N_VGetArrayPointer(v); }
static int mirrored(int x) { return x < 0 ? 1 : x >= m ? m - 2 : x; }
static double tent(double x) { return x < 0.5 ? x : 1 - x; }

static int field(double, N_Vector state, N_Vector slope, void*) {
  evaluations++;
  const double *y = data(state);
  double *dy = data(slope);
  if (heat) {
    for (int r = 0; r < m; r++)
      for (int x = 0; x < m; x++) {
        const int j = x + m * r;
        const double w = x > 0 ? y[j - 1] : 0, e = x < m - 1 ? y[j + 1] : 0, s = r > 0 ? y[j - m] : 0, u = r < m - 1 ? y[j + m] : 0;
        dy[j] = d * (w + e + s + u - 4 * y[j]);
      }
    return 0;
  }
  for (int r = 0; r < m; r++) {
    const double* below = y + 2 * m * mirrored(r - 1);
    const double* above = y + 2 * m * mirrored(r + 1);
    for (int x = 0; x < m; x++) {
      const int i = 2 * (x + m * r), w = 2 * (mirrored(x - 1) + m * r), e = 2 * (mirrored(x + 1) + m * r), c = 2 * x;
      const double u = y[i], v = y[i + 1], q = u * u * v;
      dy[i] = 1 + q - 4.4 * u + d * (y[w] + y[e] + above[c] + below[c] - 4 * u) + (late ? source[i / 2] : 0);
      dy[i + 1] = 3.4 * u - q + d * (y[w + 1] + y[e + 1] + above[c + 1] + below[c + 1] - 4 * v);
    }
  }
  return 0;
}

// J column by column.
static int jacobian(double, N_Vector state, N_Vector, SUNMatrix J, void*, N_Vector, N_Vector, N_Vector) {
  const double* y = data(state);
  sunindextype *starts = SM_INDEXPTRS_S(J), *rows = SM_INDEXVALS_S(J);
  double* values = SM_DATA_S(J);
  sunindextype at = 0;
  for (int j = 0; j < n; j++) {
    starts[j] = at;
    const int c = j % parts, x = j / parts % m, r = j / parts / m;
    const auto put = [&](int i, double value) { rows[at] = i; values[at++] = value; };
    // How the neighbours' slopes depend on this point: twice where it is seen again behind the boundary.
    const double south = r > 0 ? (!heat && r - 1 == 0 ? 2 : 1) : 0, north = r < m - 1 ? (!heat && r + 1 == m - 1 ? 2 : 1) : 0;
    const double west = x > 0 ? (!heat && x - 1 == 0 ? 2 : 1) : 0, east = x < m - 1 ? (!heat && x + 1 == m - 1 ? 2 : 1) : 0;
    if (south > 0) put(j - parts * m, south * d);
    if (west > 0) put(j - parts, west * d);
    if (heat) put(j, -4 * d);
    else {
      const double u = y[j - c], v = y[j - c + 1];
      const double own = (c == 0 ? 2 * u * v - 4.4 : -u * u) - 4 * d, other = c == 0 ? 3.4 - 2 * u * v : u * u;
      if (c == 0) { put(j, own); put(j + 1, other); } else { put(j - 1, other); put(j, own); }
    }
    if (east > 0) put(j + parts, east * d);
    if (north > 0) put(j + parts * m, north * d);
  }
  starts[n] = at;
  return 0;
}

// Alternating directions, as in adi.ts: near I - gamma J.
static std::vector<double> lower, upper, inverse;
static double scale;
static int prepare(double, N_Vector, N_Vector, int, int* current, double gamma, void*) {
  const double shift = 1 / gamma;
  scale = shift * shift;
  lower.assign(m, 0); upper.assign(m, 0); inverse.assign(m, 0);
  for (int i = 0; i < m; i++) {
    upper[i] = -d * (!heat && i == 0 ? 2 : 1);
    if (i > 0) lower[i] = -d * (!heat && i == m - 1 ? 2 : 1) * inverse[i - 1];
    inverse[i] = 1 / (shift + 2 * d - (i > 0 ? lower[i] * upper[i - 1] : 0));
  }
  *current = 1;
  return 0;
}
static int precondition(double, N_Vector, N_Vector, N_Vector right, N_Vector out, double, double, int, void*) {
  N_VScale(1, right, out);
  double* b = data(out);
  const int row = m * parts;
  for (int start = 0; start < n; start += row) {
    for (int i = 1; i < m; i++)
      for (int at = start + i * parts; at < start + (i + 1) * parts; at++) b[at] -= lower[i] * b[at - parts];
    for (int at = start + row - parts; at < start + row; at++) b[at] *= inverse[m - 1];
    for (int i = m - 2; i >= 0; i--)
      for (int at = start + i * parts; at < start + (i + 1) * parts; at++) b[at] = (b[at] - upper[i] * b[at + parts]) * inverse[i];
  }
  for (int i = 1; i < m; i++)
    for (int at = i * row; at < (i + 1) * row; at++) b[at] -= lower[i] * b[at - row];
  for (int at = (m - 1) * row; at < m * row; at++) b[at] *= scale * inverse[m - 1];
  for (int i = m - 2; i >= 0; i--)
    for (int at = i * row; at < (i + 1) * row; at++) b[at] = (scale * b[at] - upper[i] * b[at + row]) * inverse[i];
  return 0;
}

static void begin(double* y) {
  late = false;
  source.assign(m * m, 0);
  for (int r = 0; r < m; r++)
    for (int x = 0; x < m; x++) {
      const int j = x + m * r;
      if (heat) { y[j] = tent((x + 1.0) / (m + 1)) * tent((r + 1.0) / (m + 1)); continue; }
      const double px = x / (m - 1.0), py = r / (m - 1.0);
      y[2 * j] = 22 * py * std::pow(1 - py, 1.5);
      y[2 * j + 1] = 27 * px * std::pow(1 - px, 1.5);
      // Points on the edge of the disc: rounded as in JavaScript, product by product.
      const double h = 1.0 / (m - 1);
      volatile double a = x * h, b = r * h;
      a = a - 0.3; b = b - 0.6; a = a * a; b = b * b;
      source[j] = a + b <= 0.01 ? 5 : 0;
    }
}

int main(int argc, char** argv) {
  if (argc < 6) { fprintf(stderr, "usage: growth HEAT2D|BRUSS2D SIDE sparse|krylov RTOL SECONDS\n"); return 2; }
  heat = !strcmp(argv[1], "HEAT2D");
  m = atoi(argv[2]);
  const bool sparse = !strcmp(argv[3], "sparse");
  const double rtol = atof(argv[4]), budget = atof(argv[5]);
  parts = heat ? 1 : 2;
  n = parts * m * m;
  d = heat ? (m + 1.0) * (m + 1.0) : 0.1 * (m - 1.0) * (m - 1.0);
  char version[64] = "";
  SUNDIALSGetVersion(version, sizeof version);
  SUNContext context;
  SUNContext_Create(SUN_COMM_NULL, &context);
  N_Vector y = N_VNew_Serial(n, context);
  double best = 1e300;
  long steps = 0;
  int flag = 0;
  const std::clock_t began = std::clock();
  const auto since = [](std::clock_t start) { return double(std::clock() - start) / CLOCKS_PER_SEC; };
  for (int run = 0; run == 0 || since(began) < budget; run++) {
    begin(data(y));
    evaluations = factorisations = steps = 0;
    const std::clock_t start = std::clock();
    SUNMatrix A = sparse ? SUNSparseMatrix(n, n, 6L * n, CSC_MAT, context) : nullptr;
    SUNLinearSolver ls = sparse ? SUNLinSol_KLU(y, A, context) : SUNLinSol_SPGMR(y, SUN_PREC_LEFT, 20, context);
    // A symmetric pattern: minimum degree fits it better than the default.
    if (sparse) SUNLinSol_KLUSetOrdering(ls, 0);
    else SUNLinSol_SPGMRSetMaxRestarts(ls, 2);
    double from = 0;
    const int pieces = heat ? 1 : 2;
    for (int piece = 0; piece < pieces && flag >= 0; piece++) {
      const double to = heat ? 0.1 : piece == 0 ? 1.1 : 11.5;
      late = piece == 1;
      void* mem = CVodeCreate(CV_BDF, context);
      CVodeInit(mem, field, from, y);
      CVodeSStolerances(mem, rtol, rtol);
      CVodeSetMaxNumSteps(mem, 1000000);
      CVodeSetLinearSolver(mem, ls, A);
      if (sparse) CVodeSetJacFn(mem, jacobian);
      else CVodeSetPreconditioner(mem, prepare, precondition);
      CVodeSetStopTime(mem, to);
      double t = from;
      flag = CVode(mem, to, y, &t, CV_NORMAL);
      long count = 0;
      CVodeGetNumSteps(mem, &count);
      steps += count;
      CVodeGetNumLinSolvSetups(mem, &count);
      factorisations += count;
      CVodeFree(&mem);
      from = to;
    }
    SUNLinSolFree(ls);
    if (A) SUNMatDestroy(A);
    const double seconds = since(start);
    if (seconds < best) best = seconds;
  }
  rusage used;
  getrusage(RUSAGE_SELF, &used);
  printf("{\"version\":\"%s\",\"ok\":%s,\"reason\":\"%s\",\"seconds\":%.9g,\"steps\":%ld,\"evaluations\":%ld,\"factorisations\":%ld,\"peakMiB\":%.4g,\"y\":[",
         version, flag >= 0 ? "true" : "false", flag >= 0 ? "" : "gave up", best, steps, evaluations, factorisations, used.ru_maxrss / 1024.0);
  const int count = n < 61 ? n : 61;
  for (int k = 0; k < count; k++) printf("%s%.17g", k ? "," : "", data(y)[(int)std::floor((k + 0.5) * n / count)]);
  printf("]}\n");
  return 0;
}
