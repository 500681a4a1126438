/* Right-hand sides (and Jacobians, where they are short) of the problems of `stiffnet-bench ode`, for CVODE
 * and IDA, which include this file, and for SciPy, which loads it as a shared library. Jacobians are
 * column-major, or the columns of a band, and zero on entry. Sources of the definitions are in
 * src/experiments/ode. */
#include <math.h>
#include <string.h>

/* The number of jumps of f that are past. A step that ends at a jump sees the side before it. */
static int after_stop = 0;

static void rober_f(double t, const double *y, double *d) {
  double r1 = 0.04 * y[0], r2 = 1e4 * y[1] * y[2], r3 = 3e7 * y[1] * y[1];
  d[0] = r2 - r1; d[1] = r1 - r2 - r3; d[2] = r3;
}
static void rober_j(double t, const double *y, double *jac) {
  double *c0 = jac, *c1 = jac + 3, *c2 = jac + 6;
  double a = 1e4 * y[2], b = 1e4 * y[1], c = 6e7 * y[1];
  c0[0] = -0.04; c0[1] = 0.04; c0[2] = 0; c1[0] = a; c1[1] = -a - c; c1[2] = c; c2[0] = b; c2[1] = -b; c2[2] = 0;
}
static void orego_f(double t, const double *y, double *d) {
  d[0] = 77.27 * (y[1] + y[0] * (1 - 8.375e-6 * y[0] - y[1]));
  d[1] = (y[2] - (1 + y[0]) * y[1]) / 77.27;
  d[2] = 0.161 * (y[0] - y[2]);
}
static void orego_j(double t, const double *y, double *jac) {
  double *c0 = jac, *c1 = jac + 3, *c2 = jac + 6;
  c0[0] = 77.27 * (1 - 2 * 8.375e-6 * y[0] - y[1]); c0[1] = -y[1] / 77.27; c0[2] = 0.161;
  c1[0] = 77.27 * (1 - y[0]); c1[1] = -(1 + y[0]) / 77.27; c1[2] = 0;
  c2[0] = 0; c2[1] = 1 / 77.27; c2[2] = -0.161;
}
static void hires_f(double t, const double *y, double *d) {
  double meet = 280 * y[5] * y[7];
  d[0] = -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007;
  d[1] = 1.71 * y[0] - 8.75 * y[1];
  d[2] = -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4];
  d[3] = 8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3];
  d[4] = -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6];
  d[5] = -meet + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6];
  d[6] = meet - 1.81 * y[6];
  d[7] = -d[6];
}
static void hires_j(double t, const double *y, double *jac) {
  double a = 280 * y[7], b = 280 * y[5];
  jac[0] = -1.71; jac[1] = 1.71; jac[8] = 0.43; jac[9] = -8.75; jac[11] = 8.32; jac[16] = 8.32; jac[18] = -10.03;
  jac[19] = 1.71; jac[26] = 0.43; jac[27] = -1.12; jac[29] = 0.69; jac[34] = 0.035; jac[36] = -1.745; jac[37] = 1.71;
  jac[44] = 0.43; jac[45] = -a - 0.43; jac[46] = a; jac[47] = -a; jac[52] = 0.43; jac[53] = 0.69; jac[54] = -1.81;
  jac[55] = 1.81; jac[61] = -b; jac[62] = b; jac[63] = -b;
}
static void vdpol_f(double t, const double *y, double *d) {
  d[0] = y[1]; d[1] = ((1 - y[0] * y[0]) * y[1] - y[0]) / 1e-6;
}
static void vdpol_j(double t, const double *y, double *jac) {
  jac[0] = 0; jac[1] = (-2 * y[0] * y[1] - 1) / 1e-6; jac[2] = 1; jac[3] = (1 - y[0] * y[0]) / 1e-6;
}
static void e5_f(double t, const double *y, double *d) {
  double r1 = 7.89e-10 * y[0], r2 = 1.1e7 * y[0] * y[2], r3 = 1.13e9 * y[1] * y[2], r4 = 1.13e3 * y[3];
  d[0] = -r1 - r2; d[1] = r1 - r3; d[3] = r2 - r4; d[2] = d[1] - d[3];
}
static void e5_j(double t, const double *y, double *jac) {
  double A = 7.89e-10, a = 1.1e7 * y[2], b = 1.1e7 * y[0], c = 1.13e9 * y[2], e = 1.13e9 * y[1], C = 1.13e3;
  jac[0] = -A - a; jac[1] = A; jac[2] = A - a; jac[3] = a; jac[5] = -c; jac[6] = -c;
  jac[8] = -b; jac[9] = -e; jac[10] = -e - b; jac[11] = b; jac[14] = C; jac[15] = -C;
}
static const double polluK[25] = {0.35, 26.6, 1.23e4, 8.6e-4, 8.2e-4, 1.5e4, 1.3e-4, 2.4e4, 1.65e4, 9e3, 0.022, 1.2e4, 1.88,
  1.63e4, 4.8e6, 3.5e-4, 0.0175, 1e8, 4.44e11, 1240, 2.1, 5.78, 0.0474, 1780, 3.12};
// Reactants, then products. -1 is none.
static const int polluR[25][2] = {{0,-1},{1,3},{4,1},{6,-1},{6,-1},{6,5},{8,-1},{8,5},{10,1},{10,0},{12,-1},{9,1},{13,-1},{0,5},
  {2,-1},{3,-1},{3,-1},{15,-1},{15,-1},{16,5},{18,-1},{18,-1},{0,3},{18,0},{19,-1}};
static const int polluP[25][3] = {{1,2,-1},{0,-1,-1},{5,0,-1},{4,4,7},{7,-1,-1},{4,7,-1},{9,4,7},{10,-1,-1},{0,9,11},{12,-1,-1},
  {10,0,-1},{13,0,-1},{6,4,-1},{14,-1,-1},{3,-1,-1},{15,-1,-1},{2,-1,-1},{5,5,-1},{2,-1,-1},{17,4,-1},{1,-1,-1},{0,2,-1},
  {18,-1,-1},{19,-1,-1},{0,18,-1}};
static void pollu_f(double t, const double *y, double *d) {
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
}
static void pollu_j(double t, const double *y, double *jac) {
  for (int r = 0; r < 25; r++)
    for (int j = 0; j < 2; j++) {
      if (polluR[r][j] < 0) continue;
      double slope = polluK[r];
      for (int i = 0; i < 2; i++) if (i != j && polluR[r][i] >= 0) slope *= y[polluR[r][i]];
      double *column = jac + 20 * polluR[r][j];
      for (int q = 0; q < 2; q++) if (polluR[r][q] >= 0) column[polluR[r][q]] -= slope;
      for (int q = 0; q < 3; q++) if (polluP[r][q] >= 0) column[polluP[r][q]] += slope;
    }
}
#define POINTS 100
#define BAND(i, j) jac[2 + (i) - (j) + 5 * (j)]
static void bruss_f(double t, const double *y, double *d) {
  const int n = 2 * POINTS;
  const double k = (POINTS + 1.0) * (POINTS + 1.0) / 50;
  for (int i = 0; i < n; i += 2) {
    double a = y[i], b = y[i + 1];
    double al = i == 0 ? 1 : y[i - 2], bl = i == 0 ? 3 : y[i - 1];
    double ar = i == n - 2 ? 1 : y[i + 2], br = i == n - 2 ? 3 : y[i + 3];
    d[i] = 1 + a * a * b - 4 * a + k * (al - 2 * a + ar);
    d[i + 1] = 3 * a - a * a * b + k * (bl - 2 * b + br);
  }
}
static void bruss_j(double t, const double *y, double *jac) {
  const int n = 2 * POINTS;
  const double k = (POINTS + 1.0) * (POINTS + 1.0) / 50;
  for (int i = 0; i < n; i += 2) {
    double a = y[i], b = y[i + 1];
    BAND(i, i) = 2 * a * b - 4 - 2 * k; BAND(i + 1, i) = 3 - 2 * a * b;
    BAND(i, i + 1) = a * a; BAND(i + 1, i + 1) = -a * a - 2 * k;
    for (int q = 0; q < 2; q++) {
      if (i > 0) BAND(i - 2 + q, i + q) = k;
      if (i < n - 2) BAND(i + 2 + q, i + q) = k;
    }
  }
}
static void lorenz_f(double t, const double *y, double *d) {
  d[0] = 10 * (y[1] - y[0]); d[1] = y[0] * (28 - y[2]) - y[1]; d[2] = y[0] * y[1] - 8.0 / 3 * y[2];
}

/* --- not stiff, or oscillating --- */
static void arenstorf_f(double t, const double *y, double *d) {
  const double mu = 0.012277471, other = 1 - mu;
  const double a = y[0] + mu, b = y[0] - other;
  const double d1 = pow(a * a + y[1] * y[1], 1.5), d2 = pow(b * b + y[1] * y[1], 1.5);
  d[0] = y[2]; d[1] = y[3];
  d[2] = y[0] + 2 * y[3] - other * a / d1 - mu * b / d2;
  d[3] = y[1] - 2 * y[2] - other * y[1] / d1 - mu * y[1] / d2;
}
static void pleiades_f(double t, const double *y, double *d) {
  for (int i = 0; i < 14; i++) { d[i] = y[14 + i]; d[14 + i] = 0; }
  for (int i = 0; i < 7; i++)
    for (int j = 0; j < 7; j++) {
      if (i == j) continue;
      const double dx = y[j] - y[i], dy = y[7 + j] - y[7 + i];
      const double w = (j + 1) / pow(dx * dx + dy * dy, 1.5);
      d[14 + i] += w * dx; d[21 + i] += w * dy;
    }
}
#define LINKS 40
static void beam_f(double t, const double *y, double *d) {
  const double pi = 3.14159265358979323846;
  const double force = t < pi ? 1.5 * sin(t) * sin(t) : 0;
  double v[LINKS], w[LINKS], u[LINKS], c[LINKS], s[LINKS], pivot[LINKS];
  c[0] = s[0] = 0;
  for (int i = 1; i < LINKS; i++) { c[i] = cos(y[i] - y[i - 1]); s[i] = sin(y[i] - y[i - 1]); }
  for (int i = 0; i < LINKS; i++) {
    const double bend = i == 0 ? y[1] - 3 * y[0] : i == LINKS - 1 ? y[i - 1] - y[i] : y[i - 1] - 2 * y[i] + y[i + 1];
    v[i] = 2560000.0 * bend + 1600 * force * (cos(y[i]) + sin(y[i]));
  }
  for (int i = 0; i < LINKS; i++) {
    w[i] = y[LINKS + i] * y[LINKS + i];
    if (i > 0) w[i] -= s[i] * v[i - 1];
    if (i < LINKS - 1) w[i] += s[i + 1] * v[i + 1];
  }
  pivot[0] = 1; u[0] = w[0];
  for (int i = 1; i < LINKS; i++) {
    const double m = -c[i] / pivot[i - 1];
    pivot[i] = (i == LINKS - 1 ? 3 : 2) + m * c[i];
    u[i] = w[i] - m * u[i - 1];
  }
  u[LINKS - 1] /= pivot[LINKS - 1];
  for (int i = LINKS - 2; i >= 0; i--) u[i] = (u[i] + c[i + 1] * u[i + 1]) / pivot[i];
  for (int i = 0; i < LINKS; i++) {
    double sum = (i == 0 ? 1 : i == LINKS - 1 ? 3 : 2) * v[i];
    if (i > 0) sum -= c[i] * v[i - 1] + s[i] * u[i - 1];
    if (i < LINKS - 1) sum += s[i + 1] * u[i + 1] - c[i + 1] * v[i + 1];
    d[i] = y[LINKS + i]; d[LINKS + i] = sum;
  }
}
static double diode(double u) { return 40.67286402e-9 * (exp(17.7493332 * u) - 1); }
static void ring_f(double t, const double *y, double *d) {
  const double pi = 3.14159265358979323846, C = 1.6e-8, Cs = 2e-12, Cp = 1e-8, Lh = 4.45, L1 = 2e-3, L2 = 5e-4;
  const double in1 = 0.5 * sin(2000 * pi * t), in2 = 2 * sin(20000 * pi * t);
  const double q1 = diode(y[2] - y[4] - y[6] - in2), q2 = diode(-y[3] + y[5] - y[6] - in2);
  const double q3 = diode(y[3] + y[4] + y[6] + in2), q4 = diode(-y[2] - y[5] + y[6] + in2);
  d[0] = (y[7] - 0.5 * y[9] + 0.5 * y[10] + y[13] - y[0] / 25e3) / C;
  d[1] = (y[8] - 0.5 * y[11] + 0.5 * y[12] + y[14] - y[1] / 25e3) / C;
  d[2] = (y[9] - q1 + q4) / Cs; d[3] = (-y[10] + q2 - q3) / Cs;
  d[4] = (y[11] + q1 - q3) / Cs; d[5] = (-y[12] - q2 + q4) / Cs;
  d[6] = (-y[6] / 50 + q1 + q2 - q3 - q4) / Cp;
  d[7] = -y[0] / Lh; d[8] = -y[1] / Lh;
  d[9] = (0.5 * y[0] - y[2] - 17.3 * y[9]) / L2; d[10] = (-0.5 * y[0] + y[3] - 17.3 * y[10]) / L2;
  d[11] = (0.5 * y[1] - y[4] - 17.3 * y[11]) / L2; d[12] = (-0.5 * y[1] + y[5] - 17.3 * y[12]) / L2;
  d[13] = (-y[0] + in1 - 86.3 * y[13]) / L1; d[14] = (-y[1] - 636.3 * y[14]) / L1;
}

/* --- lines --- */
static void medakzo_f(double t, const double *y, double *d) {
  const double h = 1.0 / 200;
  for (int j = 0; j < 200; j++) {
    const double z = (j + 1) * h - 1, u = y[2 * j];
    const double left = j > 0 ? y[2 * j - 2] : !after_stop ? 2 : 0, right = j < 199 ? y[2 * j + 2] : u;
    const double r = 100 * u * y[2 * j + 1];
    d[2 * j] = z * z * z / 8 * (right - left) / (2 * h) + z * z * z * z / 16 * (left - 2 * u + right) / (h * h) - r;
    d[2 * j + 1] = -r;
  }
}
static void heat_f(double t, const double *y, double *d) {
  const double k = 401.0 * 401.0;
  for (int i = 0; i < 400; i++) d[i] = k * ((i > 0 ? y[i - 1] : 0) - 2 * y[i] + (i < 399 ? y[i + 1] : 0));
}
static void allen_f(double t, const double *y, double *d) {
  const double k = 1e-3 * 100 * 100;
  for (int i = 0; i < 200; i++) {
    const double left = i > 0 ? y[i - 1] : y[1], right = i < 199 ? y[i + 1] : y[198];
    d[i] = k * (left - 2 * y[i] + right) + y[i] - y[i] * y[i] * y[i];
  }
}

/* --- a plane --- */
#define SIDE 64
static int reflected(int x) { return x < 0 ? 1 : x >= SIDE ? SIDE - 2 : x; }
static void bruss2d_f(double t, const double *y, double *d) {
  const double h = 1.0 / (SIDE - 1), k = 0.1 / (h * h);
  for (int r = 0; r < SIDE; r++)
    for (int x = 0; x < SIDE; x++) {
      const int i = 2 * (x + SIDE * r), w = 2 * (reflected(x - 1) + SIDE * r), e = 2 * (reflected(x + 1) + SIDE * r);
      const int s = 2 * (x + SIDE * reflected(r - 1)), n = 2 * (x + SIDE * reflected(r + 1));
      const double u = y[i], v = y[i + 1], q = u * u * v, px = x * h - 0.3, py = r * h - 0.6;
      d[i] = 1 + q - 4.4 * u + k * (y[w] + y[e] + y[n] + y[s] - 4 * u) + (after_stop && px * px + py * py <= 0.01 ? 5 : 0);
      d[i + 1] = 3.4 * u - q + k * (y[w + 1] + y[e + 1] + y[n + 1] + y[s + 1] - 4 * v);
    }
}

/* --- air above Europe, from four in the morning: light for 16 hours, then none for 8 --- */
#include "emep-reactions.h"
enum { EMEP_SPECIES, EMEP_UNKNOWNS };
enum { ARRHENIUS, LIGHT, WATER, PEROXIDE, DEPOSITION, EMISSION };
static const struct { int law; double a, b; int from[2]; struct { int species; double amount; } to[9]; } emep[] = {EMEP_REACTIONS};
#define EMEP_COUNT ((int)(sizeof emep / sizeof *emep))
static const double *emep_rates(double t) {
  static double k[EMEP_COUNT], at = -1;
  static int piece = -1;
  if (t == at && after_stop == piece) return k;
  at = t; piece = after_stop;
  const int light = piece % 2 == 0;
  const double degree = 3.14159265358979323846 / 180, T = 298, M = 2.55e19, clock = fmod(t + 14400, 86400);
  const double sec = 1 / (cos((180 + clock / 240) * degree) * cos(50 * degree) * cos(23.5 * degree) + sin(50 * degree) * sin(23.5 * degree));
  const double vapour = (597.3 - 0.57 * (T - 273.16)) * 18 / 1.986 * (1 / T - 1 / 273.16);
  const double water = 6.1078 * exp(-vapour) * 10 / (1.38e-16 * T) * (23 * sin(2.43 - 7.93e-5 * clock) + 66.5);
  for (int r = 0; r < EMEP_COUNT; r++) {
    const double a = emep[r].a, b = emep[r].b;
    switch (emep[r].law) {
      case ARRHENIUS: k[r] = a * exp(b / T); break;
      case LIGHT: k[r] = light ? a * exp(-b * sec) : 1e-40; break;
      case WATER: k[r] = a * water; break;
      case PEROXIDE: k[r] = (2.3e-13 * exp(600 / T) + M * 1.7e-33 * exp(1000 / T)) * (1 + 1.4e-21 * water * exp(2200 / T)); break;
      case DEPOSITION: k[r] = a * (light ? 1 : 0.25) / 1.2e5; break;
      default: k[r] = a / 1.2e5;
    }
  }
  return k;
}
static void emep_add(int r, double amount, double *out) {
  for (int q = 0; q < 2; q++) out[emep[r].from[q]] -= amount;
  for (int q = 0; emep[r].to[q].species; q++) out[emep[r].to[q].species] += emep[r].to[q].amount * amount;
}
static void emep_f(double t, const double *y, double *d) {
  const double *k = emep_rates(t);
  double z[EMEP_UNKNOWNS] = {1}, out[EMEP_UNKNOWNS] = {0};
  memcpy(z + 1, y, sizeof z - sizeof *z);
  for (int r = 0; r < EMEP_COUNT; r++) emep_add(r, k[r] * z[emep[r].from[0]] * z[emep[r].from[1]], out);
  memcpy(d, out + 1, sizeof z - sizeof *z);
}
static void emep_j(double t, const double *y, double *jac) {
  const double *k = emep_rates(t);
  double z[EMEP_UNKNOWNS] = {1}, out[EMEP_UNKNOWNS];
  memcpy(z + 1, y, sizeof z - sizeof *z);
  for (int r = 0; r < EMEP_COUNT; r++)
    for (int q = 0; q < 2; q++) {
      const int from = emep[r].from[q];
      if (!from) continue;
      memset(out, 0, sizeof out);
      emep_add(r, k[r] * z[emep[r].from[1 - q]], out);
      for (int i = 1; i < EMEP_UNKNOWNS; i++) jac[i - 1 + (EMEP_UNKNOWNS - 1) * (from - 1)] += out[i];
    }
}

/* --- with equations without a derivative: M y' = f --- */
static void robdae_f(double t, const double *y, double *d) {
  d[0] = -0.04 * y[0] + 1e4 * y[1] * y[2]; d[1] = 0.04 * y[0] - 1e4 * y[1] * y[2] - 3e7 * y[1] * y[1]; d[2] = y[0] + y[1] + y[2] - 1;
}
static void akzo_f(double t, const double *y, double *d) {
  const double root = sqrt(y[1] > 0 ? y[1] : 0);
  const double r1 = 18.7 * y[0] * y[0] * y[0] * y[0] * root, r2 = 0.58 * y[2] * y[3], r3 = 0.58 / 34.4 * y[0] * y[4];
  const double r4 = 0.09 * y[0] * y[3] * y[3], r5 = 0.42 * y[5] * y[5] * root, in = 3.3 * (0.9 / 737 - y[1]);
  d[0] = -2 * r1 + r2 - r3 - r4; d[1] = -0.5 * r1 - r4 - 0.5 * r5 + in; d[2] = r1 - r2 + r3;
  d[3] = -r2 + r3 - 2 * r4; d[4] = r2 - r3 + r5; d[5] = 115.83 * y[0] * y[3] - y[5];
}
static double junction(double u) { return 1e-6 * (exp(u / 0.026) - 1); }
static void transistor_f(double t, const double *y, double *d) {
  const double in = 0.1 * sin(200 * 3.14159265358979323846 * t), a = junction(y[1] - y[2]), b = junction(y[4] - y[5]);
  d[0] = (y[0] - in) / 1000; d[1] = (2 * y[1] - 6) / 9000 + 0.01 * a; d[2] = y[2] / 9000 - a; d[3] = (y[3] - 6) / 9000 + 0.99 * a;
  d[4] = (2 * y[4] - 6) / 9000 + 0.01 * b; d[5] = y[5] / 9000 - b; d[6] = (y[6] - 6) / 9000 + 0.99 * b; d[7] = y[7] / 9000;
}
static void pendulum1_f(double t, const double *y, double *d) {
  d[0] = y[2]; d[1] = y[3]; d[2] = -2 * y[0] * y[4]; d[3] = -9.81 - 2 * y[1] * y[4];
  d[4] = y[2] * y[2] + y[3] * y[3] - 9.81 * y[1] - 2 * y[4] * (y[0] * y[0] + y[1] * y[1]);
}
/* M v into `out`. */
static void robdae_m(const double *v, double *out) { out[0] = v[0]; out[1] = v[1]; out[2] = 0; }
static void pendulum1_m(const double *v, double *out) { memcpy(out, v, 4 * sizeof(double)); out[4] = 0; }
static void akzo_m(const double *v, double *out) { memcpy(out, v, 5 * sizeof(double)); out[5] = 0; }
static void transistor_m(const double *v, double *out) {
  for (int i = 0; i < 8; i++) out[i] = 0;
  for (int k = 0; k < 3; k++) {
    const double c = (2 * k + 1) * 1e-6;
    out[3 * k] = c * (v[3 * k + 1] - v[3 * k]); out[3 * k + 1] = c * (v[3 * k] - v[3 * k + 1]);
  }
  out[2] = -2e-6 * v[2]; out[5] = -4e-6 * v[5];
}

/* f jumps at the times in `ends`, except the last, which is the end. `band` is the half-bandwidth, 0 for
   dense.
 * atol = scale * rtol, or -scale if it is negative. */
struct ode_problem {
  const char *name;
  int n;
  double ends[10];
  int band, stiff;
  double scale;
  void (*f)(double, const double *, double *);
  void (*jac)(double, const double *, double *);
  void (*mass)(const double *, double *);
};
static const struct ode_problem ode_problems[] = {
  {"ROBER", 3, {1e11}, 0, 1, 0, rober_f, rober_j, 0}, {"OREGO", 3, {360}, 0, 1, 1e-2, orego_f, orego_j, 0},
  {"HIRES", 8, {321.8122}, 0, 1, 1e-4, hires_f, hires_j, 0}, {"VDPOL", 2, {2}, 0, 1, 1, vdpol_f, vdpol_j, 0},
  {"E5", 4, {1e13}, 0, 1, -1.7e-24, e5_f, e5_j, 0}, {"POLLU", 20, {60}, 0, 1, 1e-7, pollu_f, pollu_j, 0},
  {"BRUSS", 2 * POINTS, {10}, 2, 1, 1, bruss_f, bruss_j, 0}, {"LORENZ", 3, {2}, 0, 0, 0.1, lorenz_f, 0, 0},
  {"ARENSTORF", 4, {17.0652165601579625588917206249}, 0, 0, 1, arenstorf_f, 0, 0}, {"PLEIADES", 28, {3}, 0, 0, 1, pleiades_f, 0, 0},
  {"BEAM", 2 * LINKS, {3.14159265358979323846, 5}, 0, 1, 1, beam_f, 0, 0}, {"RING", 15, {1e-3}, 0, 1, 1e-2, ring_f, 0, 0},
  {"MEDAKZO", 400, {5, 20}, 2, 1, 1e-2, medakzo_f, 0, 0}, {"HEAT", 400, {0.1}, 1, 1, 1, heat_f, 0, 0},
  {"ALLEN", 200, {30}, 1, 1, 1, allen_f, 0, 0}, {"BRUSS2D", 2 * SIDE * SIDE, {1.1, 11.5}, 2 * SIDE, 1, 1, bruss2d_f, 0, 0},
  {"ROBDAE", 3, {1e5}, 0, 1, 1e-6, robdae_f, 0, robdae_m}, {"AKZO", 6, {180}, 0, 1, 1e-3, akzo_f, 0, akzo_m},
  {"TRANSISTOR", 8, {0.2}, 0, 1, 1, transistor_f, 0, transistor_m},
  {"PENDULUM1", 5, {2}, 0, 1, 1, pendulum1_f, 0, pendulum1_m},
  {"EMEP", 66, {57600, 86400, 144000, 172800, 230400, 259200, 316800, 345600, 403200}, 0, 1, 1e4, emep_f, emep_j, 0},
};
static void ode_zero(double *y, int n) { for (int i = 0; i < n; i++) y[i] = 0; }

int ode_find(const char *name) {
  for (int i = 0; i < (int)(sizeof ode_problems / sizeof *ode_problems); i++) if (!strcmp(ode_problems[i].name, name)) return i;
  return -1;
}
void ode_pass_stop(int past) { after_stop = past; }
int ode_unknowns(int id) { return ode_problems[id].n; }
int ode_band(int id) { return ode_problems[id].band; }
int ode_has_jacobian(int id) { return ode_problems[id].jac != 0; }
double ode_end(int id, int piece) { return ode_problems[id].ends[piece]; }
void ode_field(int id, double t, const double *y, double *d) { ode_problems[id].f(t, y, d); }
void ode_jacobian(int id, double t, const double *y, double *jac) { ode_problems[id].jac(t, y, jac); }
void ode_tolerances(int id, double rtol, double *atol) {
  const double scale = ode_problems[id].scale;
  for (int i = 0; i < ode_problems[id].n; i++) atol[i] = scale < 0 ? -scale : scale * rtol;
  if (!strcmp(ode_problems[id].name, "ROBER")) { atol[0] = 1e-8 * rtol; atol[1] = 1e-14 * rtol; atol[2] = 1e-4 * rtol; }
}
void ode_start(int id, double *y) {
  const char *name = ode_problems[id].name;
  const int n = ode_problems[id].n;
  static const double pleiades[28] = {3, 3, -1, -3, 2, -2, 2, 3, -3, 2, 0, 0, -4, 4, 0, 0, 0, 0, 0, 1.75, -1.5, 0, 0, 0, -1.25, 1, 0, 0};
  static const double akzo[6] = {0.444, 0.00123, 0, 0.007, 0, 115.83 * 0.444 * 0.007}, transistor[8] = {0, 3, 3, 6, 3, 3, 6, 0};
  static const double emep_start[6] = {1e9, 5e9, 5e9, 3.8e12, 3.5e13, 1e7};
  ode_zero(y, n);
  if (!strcmp(name, "ROBER") || !strcmp(name, "ROBDAE") || !strcmp(name, "PENDULUM1")) y[0] = 1;
  else if (!strcmp(name, "OREGO") || !strcmp(name, "LORENZ")) { y[0] = 1; y[1] = 2; y[2] = 3; }
  else if (!strcmp(name, "HIRES")) { y[0] = 1; y[7] = 0.0057; }
  else if (!strcmp(name, "VDPOL")) y[0] = 2;
  else if (!strcmp(name, "E5")) y[0] = 1.76e-3;
  else if (!strcmp(name, "POLLU")) { y[1] = 0.2; y[3] = 0.04; y[6] = 0.1; y[7] = 0.3; y[8] = 0.01; y[16] = 0.007; }
  else if (!strcmp(name, "BRUSS"))
    for (int i = 0; i < POINTS; i++) { y[2 * i] = 1 + sin(2 * 3.14159265358979323846 * (i + 1) / (POINTS + 1)); y[2 * i + 1] = 3; }
  else if (!strcmp(name, "ARENSTORF")) { y[0] = 0.994; y[3] = -2.00158510637908252240537862224; }
  else if (!strcmp(name, "PLEIADES")) memcpy(y, pleiades, sizeof pleiades);
  else if (!strcmp(name, "MEDAKZO")) for (int j = 0; j < 200; j++) y[2 * j + 1] = 1;
  else if (!strcmp(name, "HEAT")) for (int i = 0; i < n; i++) { const double x = (i + 1.0) / (n + 1); y[i] = x < 0.5 ? x : 1 - x; }
  else if (!strcmp(name, "ALLEN")) for (int i = 0; i < n; i++) y[i] = 0.5 * cos(3 * 3.14159265358979323846 * i / (n - 1)) + 0.1 * sin(0.3 * i);
  else if (!strcmp(name, "BRUSS2D"))
    for (int r = 0; r < SIDE; r++)
      for (int x = 0; x < SIDE; x++) {
        const double px = x / (SIDE - 1.0), py = r / (SIDE - 1.0);
        y[2 * (x + SIDE * r)] = 22 * py * pow(1 - py, 1.5); y[2 * (x + SIDE * r) + 1] = 27 * px * pow(1 - px, 1.5);
      }
  else if (!strcmp(name, "AKZO")) memcpy(y, akzo, sizeof akzo);
  else if (!strcmp(name, "EMEP")) {
    for (int i = 0; i < n; i++) y[i] = i < 5 ? emep_start[i] : i < 13 ? emep_start[5] : 100;
    y[O3 - 1] = 5e11; y[OD - 1] = 1e-3;
  } else if (!strcmp(name, "TRANSISTOR")) memcpy(y, transistor, sizeof transistor);
}
