// CVODE (BDF with a dense or banded direct solver and analytic Jacobian; Adams with fixed-point iteration where the problem is not
// stiff) on the standard problems, for `stiffnet ode`: one JSON line.
// The time is processor time, the best of at least one run and of as many as begin within SECONDS.
// usage: cvode PROBLEM RTOL SECONDS
#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>
#include <sunlinsol/sunlinsol_band.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunmatrix/sunmatrix_band.h>
#include <sundials/sundials_version.h>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

using State = std::vector<double>;
struct Problem {
  int n;
  double end;
  State y0;
  State atol;
  int (*f)(double, N_Vector, N_Vector, void*);
  int (*jac)(double, N_Vector, N_Vector, SUNMatrix, void*, N_Vector, N_Vector, N_Vector);
  int band;
};

#define Y(i) y[i]
static double* data(N_Vector v) { return N_VGetArrayPointer(v); }

static int roberF(double, N_Vector u, N_Vector du, void*) {
  double *y = data(u), *d = data(du);
  double r1 = 0.04 * y[0], r2 = 1e4 * y[1] * y[2], r3 = 3e7 * y[1] * y[1];
  d[0] = r2 - r1; d[1] = r1 - r2 - r3; d[2] = r3;
  return 0;
}
static int roberJ(double, N_Vector u, N_Vector, SUNMatrix J, void*, N_Vector, N_Vector, N_Vector) {
  double* y = data(u);
  double *c0 = SM_COLUMN_D(J, 0), *c1 = SM_COLUMN_D(J, 1), *c2 = SM_COLUMN_D(J, 2);
  double a = 1e4 * y[2], b = 1e4 * y[1], c = 6e7 * y[1];
  c0[0] = -0.04; c0[1] = 0.04; c0[2] = 0; c1[0] = a; c1[1] = -a - c; c1[2] = c; c2[0] = b; c2[1] = -b; c2[2] = 0;
  return 0;
}
static int oregoF(double, N_Vector u, N_Vector du, void*) {
  double *y = data(u), *d = data(du);
  d[0] = 77.27 * (y[1] + y[0] * (1 - 8.375e-6 * y[0] - y[1]));
  d[1] = (y[2] - (1 + y[0]) * y[1]) / 77.27;
  d[2] = 0.161 * (y[0] - y[2]);
  return 0;
}
static int oregoJ(double, N_Vector u, N_Vector, SUNMatrix J, void*, N_Vector, N_Vector, N_Vector) {
  double* y = data(u);
  double *c0 = SM_COLUMN_D(J, 0), *c1 = SM_COLUMN_D(J, 1), *c2 = SM_COLUMN_D(J, 2);
  c0[0] = 77.27 * (1 - 2 * 8.375e-6 * y[0] - y[1]); c0[1] = -y[1] / 77.27; c0[2] = 0.161;
  c1[0] = 77.27 * (1 - y[0]); c1[1] = -(1 + y[0]) / 77.27; c1[2] = 0;
  c2[0] = 0; c2[1] = 1 / 77.27; c2[2] = -0.161;
  return 0;
}
static int hiresF(double, N_Vector u, N_Vector du, void*) {
  double *y = data(u), *d = data(du);
  double meet = 280 * y[5] * y[7];
  d[0] = -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007;
  d[1] = 1.71 * y[0] - 8.75 * y[1];
  d[2] = -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4];
  d[3] = 8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3];
  d[4] = -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6];
  d[5] = -meet + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6];
  d[6] = meet - 1.81 * y[6];
  d[7] = -d[6];
  return 0;
}
static int hiresJ(double, N_Vector u, N_Vector, SUNMatrix J, void*, N_Vector, N_Vector, N_Vector) {
  double* y = data(u);
  double a = 280 * y[7], b = 280 * y[5];
  SUNMatZero(J);
#define E(i, j) SM_ELEMENT_D(J, i, j)
  E(0, 0) = -1.71; E(1, 0) = 1.71; E(0, 1) = 0.43; E(1, 1) = -8.75; E(3, 1) = 8.32; E(0, 2) = 8.32; E(2, 2) = -10.03;
  E(3, 2) = 1.71; E(2, 3) = 0.43; E(3, 3) = -1.12; E(5, 3) = 0.69; E(2, 4) = 0.035; E(4, 4) = -1.745; E(5, 4) = 1.71;
  E(4, 5) = 0.43; E(5, 5) = -a - 0.43; E(6, 5) = a; E(7, 5) = -a; E(4, 6) = 0.43; E(5, 6) = 0.69; E(6, 6) = -1.81;
  E(7, 6) = 1.81; E(5, 7) = -b; E(6, 7) = b; E(7, 7) = -b;
  return 0;
}
static int vdpolF(double, N_Vector u, N_Vector du, void*) {
  double *y = data(u), *d = data(du);
  d[0] = y[1]; d[1] = ((1 - y[0] * y[0]) * y[1] - y[0]) / 1e-6;
  return 0;
}
static int vdpolJ(double, N_Vector u, N_Vector, SUNMatrix J, void*, N_Vector, N_Vector, N_Vector) {
  double* y = data(u);
  E(0, 0) = 0; E(1, 0) = (-2 * y[0] * y[1] - 1) / 1e-6; E(0, 1) = 1; E(1, 1) = (1 - y[0] * y[0]) / 1e-6;
  return 0;
}
static int e5F(double, N_Vector u, N_Vector du, void*) {
  double *y = data(u), *d = data(du);
  double r1 = 7.89e-10 * y[0], r2 = 1.1e7 * y[0] * y[2], r3 = 1.13e9 * y[1] * y[2], r4 = 1.13e3 * y[3];
  d[0] = -r1 - r2; d[1] = r1 - r3; d[3] = r2 - r4; d[2] = d[1] - d[3];
  return 0;
}
static int e5J(double, N_Vector u, N_Vector, SUNMatrix J, void*, N_Vector, N_Vector, N_Vector) {
  double* y = data(u);
  double A = 7.89e-10, a = 1.1e7 * y[2], b = 1.1e7 * y[0], c = 1.13e9 * y[2], e = 1.13e9 * y[1], C = 1.13e3;
  SUNMatZero(J);
  E(0, 0) = -A - a; E(1, 0) = A; E(2, 0) = A - a; E(3, 0) = a; E(1, 1) = -c; E(2, 1) = -c;
  E(0, 2) = -b; E(1, 2) = -e; E(2, 2) = -e - b; E(3, 2) = b; E(2, 3) = C; E(3, 3) = -C;
  return 0;
}
static const double polluK[25] = {0.35, 26.6, 1.23e4, 8.6e-4, 8.2e-4, 1.5e4, 1.3e-4, 2.4e4, 1.65e4, 9e3, 0.022, 1.2e4, 1.88,
  1.63e4, 4.8e6, 3.5e-4, 0.0175, 1e8, 4.44e11, 1240, 2.1, 5.78, 0.0474, 1780, 3.12};
// reactants, then products; -1 is none
static const int polluR[25][2] = {{0,-1},{1,3},{4,1},{6,-1},{6,-1},{6,5},{8,-1},{8,5},{10,1},{10,0},{12,-1},{9,1},{13,-1},{0,5},
  {2,-1},{3,-1},{3,-1},{15,-1},{15,-1},{16,5},{18,-1},{18,-1},{0,3},{18,0},{19,-1}};
static const int polluP[25][3] = {{1,2,-1},{0,-1,-1},{5,0,-1},{4,4,7},{7,-1,-1},{4,7,-1},{9,4,7},{10,-1,-1},{0,9,11},{12,-1,-1},
  {10,0,-1},{13,0,-1},{6,4,-1},{14,-1,-1},{3,-1,-1},{15,-1,-1},{2,-1,-1},{5,5,-1},{2,-1,-1},{17,4,-1},{1,-1,-1},{0,2,-1},
  {18,-1,-1},{19,-1,-1},{0,18,-1}};
static int polluF(double, N_Vector u, N_Vector du, void*) {
  double *y = data(u), *d = data(du);
  const double* k = polluK;
  const double r1 = k[0] * y[0], r2 = k[1] * y[1] * y[3], r3 = k[2] * y[4] * y[1], r4 = k[3] * y[6],
      r5 = k[4] * y[6], r6 = k[5] * y[6] * y[5], r7 = k[6] * y[8], r8 = k[7] * y[8] * y[5], r9 = k[8] * y[10] * y[1],
      r10 = k[9] * y[10] * y[0], r11 = k[10] * y[12], r12 = k[11] * y[9] * y[1], r13 = k[12] * y[13],
      r14 = k[13] * y[0] * y[5], r15 = k[14] * y[2], r16 = k[15] * y[3], r17 = k[16] * y[3], r18 = k[17] * y[15],
      r19 = k[18] * y[15], r20 = k[19] * y[16] * y[5], r21 = k[20] * y[18], r22 = k[21] * y[18],
      r23 = k[22] * y[0] * y[3], r24 = k[23] * y[18] * y[0], r25 = k[24] * y[19];
  d[0] = r2 + r3 + r9 + r11 + r12 + r22 + r25 - r1 - r10 - r14 - r23 - r24; d[1] = r1 + r21 - r2 - r3 - r9 - r12;
  d[2] = r1 + r17 + r19 + r22 - r15; d[3] = r15 - r2 - r16 - r17 - r23; d[4] = 2 * r4 + r6 + r7 + r13 + r20 - r3;
  d[5] = r3 + 2 * r18 - r6 - r8 - r14 - r20; d[6] = r13 - r4 - r5 - r6; d[7] = r4 + r5 + r6 + r7;
  d[8] = -r7 - r8; d[9] = r7 + r9 - r12; d[10] = r8 + r11 - r9 - r10; d[11] = r9; d[12] = r10 - r11;
  d[13] = r12 - r13; d[14] = r14; d[15] = r16 - r18 - r19; d[16] = -r20; d[17] = r20;
  d[18] = r23 + r25 - r21 - r22 - r24; d[19] = r24 - r25;
  return 0;
}
static int polluJ(double, N_Vector u, N_Vector, SUNMatrix J, void*, N_Vector, N_Vector, N_Vector) {
  double* y = data(u);
  SUNMatZero(J);
  for (int r = 0; r < 25; r++)
    for (int j = 0; j < 2; j++) {
      if (polluR[r][j] < 0) continue;
      double slope = polluK[r];
      for (int i = 0; i < 2; i++) if (i != j && polluR[r][i] >= 0) slope *= y[polluR[r][i]];
      double* column = SM_COLUMN_D(J, polluR[r][j]);
      for (int i : polluR[r]) if (i >= 0) column[i] -= slope;
      for (int i : polluP[r]) if (i >= 0) column[i] += slope;
    }
  return 0;
}
static const int POINTS = 100;
static int brussF(double, N_Vector u, N_Vector du, void*) {
  double *y = data(u), *d = data(du);
  const int n = 2 * POINTS;
  const double k = (POINTS + 1.0) * (POINTS + 1.0) / 50;
  for (int i = 0; i < n; i += 2) {
    double a = y[i], b = y[i + 1];
    double al = i == 0 ? 1 : y[i - 2], bl = i == 0 ? 3 : y[i - 1];
    double ar = i == n - 2 ? 1 : y[i + 2], br = i == n - 2 ? 3 : y[i + 3];
    d[i] = 1 + a * a * b - 4 * a + k * (al - 2 * a + ar);
    d[i + 1] = 3 * a - a * a * b + k * (bl - 2 * b + br);
  }
  return 0;
}
static int brussJ(double, N_Vector u, N_Vector, SUNMatrix J, void*, N_Vector, N_Vector, N_Vector) {
  double* y = data(u);
  const int n = 2 * POINTS;
  const double k = (POINTS + 1.0) * (POINTS + 1.0) / 50;
  SUNMatZero(J);
  for (int i = 0; i < n; i += 2) {
    double a = y[i], b = y[i + 1];
    SM_ELEMENT_B(J, i, i) = 2 * a * b - 4 - 2 * k; SM_ELEMENT_B(J, i + 1, i) = 3 - 2 * a * b;
    SM_ELEMENT_B(J, i, i + 1) = a * a; SM_ELEMENT_B(J, i + 1, i + 1) = -a * a - 2 * k;
    for (int q = 0; q < 2; q++) {
      if (i > 0) SM_ELEMENT_B(J, i - 2 + q, i + q) = k;
      if (i < n - 2) SM_ELEMENT_B(J, i + 2 + q, i + q) = k;
    }
  }
  return 0;
}
static int lorenzF(double, N_Vector u, N_Vector du, void*) {
  double *y = data(u), *d = data(du);
  d[0] = 10 * (y[1] - y[0]); d[1] = y[0] * (28 - y[2]) - y[1]; d[2] = y[0] * y[1] - 8.0 / 3 * y[2];
  return 0;
}

static Problem problemOf(const char* name) {
  auto rep = [](int n, double x) { return State(n, x); };
  if (!strcmp(name, "ROBER")) return {3, 1e11, {1, 0, 0}, {1e-8, 1e-14, 1e-4}, roberF, roberJ, 0};
  if (!strcmp(name, "OREGO")) return {3, 360, {1, 2, 3}, rep(3, 1e-2), oregoF, oregoJ, 0};
  if (!strcmp(name, "HIRES")) return {8, 321.8122, {1, 0, 0, 0, 0, 0, 0, 0.0057}, rep(8, 1e-4), hiresF, hiresJ, 0};
  if (!strcmp(name, "VDPOL")) return {2, 2, {2, 0}, {1, 1}, vdpolF, vdpolJ, 0};
  if (!strcmp(name, "E5")) return {4, 1e13, {1.76e-3, 0, 0, 0}, rep(4, -1.7e-24), e5F, e5J, 0};
  // No Jacobian: not stiff.
  if (!strcmp(name, "LORENZ")) return {3, 2, {1, 2, 3}, rep(3, 1e-1), lorenzF, nullptr, 0};
  if (!strcmp(name, "POLLU")) {
    State y0(20, 0.0);
    y0[1] = 0.2; y0[3] = 0.04; y0[6] = 0.1; y0[7] = 0.3; y0[8] = 0.01; y0[16] = 0.007;
    return {20, 60, y0, rep(20, 1e-7), polluF, polluJ, 0};
  }
  if (strcmp(name, "BRUSS")) {
    fprintf(stderr, "no problem %s\n", name);
    exit(2);
  }
  State y0(2 * POINTS, 3.0);
  for (int i = 0; i < POINTS; i++) y0[2 * i] = 1 + sin(2 * M_PI * (i + 1) / (POINTS + 1));
  return {2 * POINTS, 10, y0, rep(2 * POINTS, 1), brussF, brussJ, 2};
}

int main(int argc, char** argv) {
  if (argc < 4) { fprintf(stderr, "usage: cvode PROBLEM RTOL SECONDS\n"); return 2; }
  Problem p = problemOf(argv[1]);
  const double rtol = atof(argv[2]);
  const double budget = atof(argv[3]);
  char version[64] = "";
  SUNDIALSGetVersion(version, sizeof version);
  SUNContext context;
  SUNContext_Create(SUN_COMM_NULL, &context);
  N_Vector y = N_VNew_Serial(p.n, context), atol = N_VNew_Serial(p.n, context);
  for (int i = 0; i < p.n; i++) data(atol)[i] = p.atol[i] < 0 ? -p.atol[i] : p.atol[i] * rtol;
  SUNMatrix A = p.band ? SUNBandMatrix(p.n, p.band, p.band, context) : SUNDenseMatrix(p.n, p.n, context);
  SUNLinearSolver ls = p.band ? SUNLinSol_Band(y, A, context) : SUNLinSol_Dense(y, A, context);
  SUNNonlinearSolver iteration = SUNNonlinSol_FixedPoint(y, 0, context);
  double best = 1e300;
  long steps = 0, evaluations = 0;
  int flag = 0;
  const std::clock_t began = std::clock();
  const auto since = [](std::clock_t start) { return double(std::clock() - start) / CLOCKS_PER_SEC; };
  for (int r = 0; r == 0 || since(began) < budget; r++) {
    for (int i = 0; i < p.n; i++) data(y)[i] = p.y0[i];
    const std::clock_t start = std::clock();
    void* mem = CVodeCreate(p.jac ? CV_BDF : CV_ADAMS, context);
    CVodeInit(mem, p.f, 0, y);
    CVodeSVtolerances(mem, rtol, atol);
    CVodeSetMaxNumSteps(mem, 1000000);
    if (p.jac) {
      CVodeSetLinearSolver(mem, ls, A);
      CVodeSetJacFn(mem, p.jac);
    } else {
      CVodeSetNonlinearSolver(mem, iteration);
    }
    CVodeSetStopTime(mem, p.end);
    double t = 0;
    flag = CVode(mem, p.end, y, &t, CV_NORMAL);
    CVodeGetNumSteps(mem, &steps);
    CVodeGetNumRhsEvals(mem, &evaluations);
    CVodeFree(&mem);
    const double seconds = since(start);
    if (seconds < best) best = seconds;
  }
  printf("{\"version\":\"%s\",\"ok\":%s,\"seconds\":%.9g,\"steps\":%ld,\"evaluations\":%ld,\"y\":[", version, flag >= 0 ? "true" : "false", best, steps, evaluations);
  for (int i = 0; i < p.n; i++) printf("%s%.17g", i ? "," : "", data(y)[i]);
  printf("]}\n");
  return 0;
}
