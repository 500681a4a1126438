// CVODE (BDF with a dense, banded or KLU solver; Adams with fixed-point iteration where the problem is not stiff) and IDA (where there are
// equations without a derivative) on the problems of ode-problems.c, for `stiffnet-bench ode`: one JSON line. Jacobians are analytic where
// ode-problems.c has them, and by coloured differences with KLU, else the solver's own differences.
// The time is processor time, the best of at least one run and of as many as begin within SECONDS.
// usage: cvode PROBLEM RTOL SECONDS
#include <cvode/cvode.h>
#include <ida/ida.h>
#include <nvector/nvector_serial.h>
#include <sunlinsol/sunlinsol_band.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_band.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>
#include <sundials/sundials_version.h>
#include <sunlinsol/sunlinsol_klu.h>
#include <sunmatrix/sunmatrix_sparse.h>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <vector>

#include "ode-problems.c"

#ifndef SUN_COMM_NULL
#define SUN_COMM_NULL nullptr
#endif

static const ode_problem* p;
static long evaluations = 0;
static double* data(N_Vector v) { return N_VGetArrayPointer(v); }

static int field(double t, N_Vector y, N_Vector d, void*) {
  evaluations++;
  p->f(t, data(y), data(d));
  return 0;
}
static int residual(double t, N_Vector y, N_Vector slope, N_Vector r, void*) {
  static std::vector<double> product;
  product.resize(p->n);
  evaluations++;
  p->f(t, data(y), data(r));
  p->mass(data(slope), product.data());
  for (int i = 0; i < p->n; i++) data(r)[i] -= product[i];
  return 0;
}
static int jacobian(double t, N_Vector y, N_Vector, SUNMatrix J, void*, N_Vector, N_Vector, N_Vector) {
  SUNMatZero(J);
  if (!p->band) {
    p->jac(t, data(y), SM_DATA_D(J));
    return 0;
  }
  const int width = 2 * p->band + 1;
  static std::vector<double> band;
  band.assign(width * p->n, 0);
  p->jac(t, data(y), band.data());
  for (int j = 0; j < p->n; j++)
    for (int r = 0; r < width; r++) {
      const int i = j - p->band + r;
      if (i >= 0 && i < p->n) SM_ELEMENT_B(J, i, j) = band[width * j + r];
    }
  return 0;
}
// The plane's pattern, and groups of columns that share no row: found greedily.
static std::vector<std::vector<int>> columns, groups;
static void colour() {
  columns.assign(p->n, {});
  for (int r = 0; r < SIDE; r++)
    for (int x = 0; x < SIDE; x++)
      for (int c = 0; c < 2; c++) {
        const int j = c + 2 * (x + SIDE * r);
        if (r > 0) columns[j].push_back(j - 2 * SIDE);
        if (x > 0) columns[j].push_back(j - 2);
        columns[j].push_back(j - c);
        columns[j].push_back(j - c + 1);
        if (x < SIDE - 1) columns[j].push_back(j + 2);
        if (r < SIDE - 1) columns[j].push_back(j + 2 * SIDE);
      }
  std::vector<std::vector<char>> taken;
  groups.clear();
  for (int j = 0; j < p->n; j++) {
    size_t g = 0;
    for (; g < groups.size(); g++) {
      bool free = true;
      for (int i : columns[j]) free = free && !taken[g][i];
      if (free) break;
    }
    if (g == groups.size()) { groups.emplace_back(); taken.emplace_back(p->n, 0); }
    groups[g].push_back(j);
    for (int i : columns[j]) taken[g][i] = 1;
  }
}
static int sparseJacobian(double t, N_Vector y, N_Vector slope, SUNMatrix J, void*, N_Vector a, N_Vector b, N_Vector) {
  sunindextype *starts = SM_INDEXPTRS_S(J), *rows = SM_INDEXVALS_S(J);
  double* values = SM_DATA_S(J);
  int e = 0;
  for (int j = 0; j < p->n; j++) { starts[j] = e; for (int i : columns[j]) rows[e++] = i; }
  starts[p->n] = e;
  for (const auto& group : groups) {
    for (int i = 0; i < p->n; i++) data(a)[i] = data(y)[i];
    for (int j : group) data(a)[j] += 1.5e-8 * std::fmax(std::fabs(data(y)[j]), 1e-3);
    field(t, a, b, nullptr);
    for (int j : group)
      for (sunindextype k = starts[j]; k < starts[j + 1]; k++) values[k] = (data(b)[rows[k]] - data(slope)[rows[k]]) / (data(a)[j] - data(y)[j]);
  }
  return 0;
}

struct Run { int flag; long steps; };

static Run cvode(N_Vector y, N_Vector atol, double rtol, SUNMatrix A, SUNLinearSolver ls, SUNNonlinearSolver iteration, bool klu, SUNContext context) {
  Run run = {0, 0};
  double from = 0;
  for (int piece = 0; p->ends[piece] && run.flag >= 0; piece++) {
    const double to = p->ends[piece];
    ode_pass_stop(piece);
    void* mem = CVodeCreate(p->stiff ? CV_BDF : CV_ADAMS, context);
    CVodeInit(mem, field, from, y);
    CVodeSVtolerances(mem, rtol, atol);
    CVodeSetMaxNumSteps(mem, 1000000);
    if (p->stiff) {
      CVodeSetLinearSolver(mem, ls, A);
      if (p->jac) CVodeSetJacFn(mem, jacobian);
      else if (klu) CVodeSetJacFn(mem, sparseJacobian);
    } else CVodeSetNonlinearSolver(mem, iteration);
    CVodeSetStopTime(mem, to);
    double t = from;
    run.flag = CVode(mem, to, y, &t, CV_NORMAL);
    long steps = 0;
    CVodeGetNumSteps(mem, &steps);
    run.steps += steps;
    CVodeFree(&mem);
    from = to;
  }
  return run;
}

static Run ida(N_Vector y, N_Vector atol, double rtol, SUNMatrix A, SUNLinearSolver ls, SUNContext context) {
  Run run = {0, 0};
  N_Vector slope = N_VClone(y), id = N_VClone(y);
  std::vector<double> unit(p->n), product(p->n);
  field(0, y, slope, nullptr);
  for (int j = 0; j < p->n; j++) {
    for (int i = 0; i < p->n; i++) unit[i] = i == j;
    p->mass(unit.data(), product.data());
    data(id)[j] = 0;
    for (double x : product) if (x != 0) data(id)[j] = 1;
    if (data(id)[j] == 0) data(slope)[j] = 0;
  }
  void* mem = IDACreate(context);
  IDAInit(mem, residual, 0, y, slope);
  IDASVtolerances(mem, rtol, atol);
  IDASetMaxNumSteps(mem, 1000000);
  IDASetLinearSolver(mem, ls, A);
  IDASetId(mem, id);
  // A mass matrix that is not diagonal: all of y stays, and y' is found; where that cannot be, y too.
  if (p->n != 8) IDACalcIC(mem, IDA_YA_YDP_INIT, 1e-6 * p->ends[0]);
  else for (int i = 0; i < p->n; i++) data(slope)[i] = 0;
  if (p->n == 8) {
    // The transistor amplifier's consistent derivatives (Mazzia and Magherini).
    const double k = 6.0 / 9000;
    const double start[8] = {51.338775, 51.338775, -3 / (2e-6 * 9000), -24.9757667, -24.9757667, -3 / (4e-6 * 9000), -10.00564453, -10.00564453};
    (void)k;
    for (int i = 0; i < 8; i++) data(slope)[i] = start[i];
    IDAReInit(mem, 0, y, slope);
  }
  IDASetStopTime(mem, p->ends[0]);
  double t = 0;
  run.flag = IDASolve(mem, p->ends[0], &t, y, slope, IDA_NORMAL);
  IDAGetNumSteps(mem, &run.steps);
  IDAFree(&mem);
  N_VDestroy(slope);
  N_VDestroy(id);
  return run;
}

int main(int argc, char** argv) {
  if (argc < 4) { fprintf(stderr, "usage: cvode PROBLEM RTOL SECONDS\n"); return 2; }
  const int id = ode_find(argv[1]);
  if (id < 0) { fprintf(stderr, "no problem %s\n", argv[1]); return 2; }
  p = &ode_problems[id];
  const double rtol = atof(argv[2]), budget = atof(argv[3]);
  char version[64] = "";
  SUNDIALSGetVersion(version, sizeof version);
  SUNContext context;
  SUNContext_Create(SUN_COMM_NULL, &context);
  N_Vector y = N_VNew_Serial(p->n, context), atol = N_VNew_Serial(p->n, context);
  ode_tolerances(id, rtol, data(atol));
  bool klu = false;
  SUNMatrix A = nullptr;
  SUNLinearSolver ls = nullptr;
  if (p->band == 2 * SIDE) {
    klu = true;
    colour();
    size_t entries = 0;
    for (const auto& column : columns) entries += column.size();
    A = SUNSparseMatrix(p->n, p->n, entries, CSC_MAT, context);
    ls = SUNLinSol_KLU(y, A, context);
  }
  if (A == nullptr) {
    A = p->band ? SUNBandMatrix(p->n, p->band, p->band, context) : SUNDenseMatrix(p->n, p->n, context);
    ls = p->band ? SUNLinSol_Band(y, A, context) : SUNLinSol_Dense(y, A, context);
  }
  SUNNonlinearSolver iteration = SUNNonlinSol_FixedPoint(y, 0, context);
  double best = 1e300;
  Run run = {0, 0};
  const std::clock_t began = std::clock();
  const auto since = [](std::clock_t start) { return double(std::clock() - start) / CLOCKS_PER_SEC; };
  for (int r = 0; r == 0 || since(began) < budget; r++) {
    ode_start(id, data(y));
    evaluations = 0;
    const std::clock_t start = std::clock();
    run = p->mass ? ida(y, atol, rtol, A, ls, context) : cvode(y, atol, rtol, A, ls, iteration, klu, context);
    const double seconds = since(start);
    if (seconds < best) best = seconds;
  }
  printf("{\"version\":\"%s\",\"klu\":%s,\"ok\":%s,\"seconds\":%.9g,\"steps\":%ld,\"evaluations\":%ld,\"y\":[", version, klu ? "true" : "false",
         run.flag >= 0 ? "true" : "false", best, run.steps, evaluations);
  for (int i = 0; i < p->n; i++) printf("%s%.17g", i ? "," : "", data(y)[i]);
  printf("]}\n");
  return 0;
}
