#include "dense/dense.h"

/* Scales rows and columns by powers of two until their norms are alike (Parlett and Reinsch 1969). */
static void balance(int n, double *a) {
  for (int changed = 1, round = 0; changed && round < 100; round++) {
    changed = 0;
    for (int i = 0; i < n; i++) {
      double column = 0, row = 0;
      for (int j = 0; j < n; j++) {
        if (j != i) column += size_of(A(j, i)), row += size_of(A(i, j));
      }
      if (column == 0 || row == 0) continue;
      double f = 1;
      const double before = column + row;
      while (column < row / 2) column *= 4, f *= 2;
      while (column > row * 2) column /= 4, f /= 2;
      if ((column + row) / f < 0.95 * before) {
        changed = 1;
        for (int j = 0; j < n; j++) A(i, j) /= f;
        for (int j = 0; j < n; j++) A(j, i) *= f;
      }
    }
  }
}

/* Householder reduction to upper Hessenberg form. v: n numbers of scratch. */
static void hessenberg(int n, double *a, double *v) {
  for (int k = 0; k + 2 < n; k++) {
    double scale = 0, square = 0;
    for (int i = k + 1; i < n; i++) scale += size_of(A(i, k));
    if (scale == 0) continue;
    for (int i = k + 1; i < n; i++) v[i] = A(i, k) / scale, square += v[i] * v[i];
    const double head = v[k + 1] > 0 ? -__builtin_sqrt(square) : __builtin_sqrt(square);
    const double beta = square - v[k + 1] * head; /* |v - head e|^2 / 2 */
    v[k + 1] -= head;
    if (beta == 0) continue;
    for (int j = k; j < n; j++) {
      double dot = 0;
      for (int i = k + 1; i < n; i++) dot += v[i] * A(i, j);
      for (int i = k + 1; i < n; i++) A(i, j) -= dot / beta * v[i];
    }
    for (int i = 0; i < n; i++) {
      double dot = 0;
      for (int j = k + 1; j < n; j++) dot += A(i, j) * v[j];
      for (int j = k + 1; j < n; j++) A(i, j) -= dot / beta * v[j];
    }
    for (int i = k + 2; i < n; i++) A(i, k) = 0;
  }
}

/* The eigenvalues of the trailing 2 x 2 block. */
static void pair(double p, double q, double r, double s, double *re, double *im) {
  const double half = (p - s) / 2, square = half * half + q * r;
  if (square >= 0) {
    const double root = half >= 0 ? half + __builtin_sqrt(square) : half - __builtin_sqrt(square);
    re[0] = s + root;
    re[1] = root == 0 ? s : s - q * r / root;
    im[0] = im[1] = 0;
  } else {
    re[0] = re[1] = s + half;
    im[0] = __builtin_sqrt(-square);
    im[1] = -im[0];
  }
}

/* One Francis double-shift sweep on rows and columns lo..hi of a Hessenberg matrix, with the eigenvalues of a
   2 x 2 matrix of diagonal (p, s) and off-diagonal product qr for shifts; the rest of the matrix is left
   behind, as only eigenvalues are wanted. The first column of (H - shift1)(H - shift2) is formed of
   differences, without which close eigenvalues would cancel to noise. */
static void francis(int n, double *a, int lo, int hi, double p, double s, double qr) {
  double x = (A(lo, lo) - p) * (A(lo, lo) - s) - qr + A(lo, lo + 1) * A(lo + 1, lo);
  double y = A(lo + 1, lo) * ((A(lo, lo) - p) + (A(lo + 1, lo + 1) - s));
  double z = lo + 2 <= hi ? A(lo + 1, lo) * A(lo + 2, lo + 1) : 0;
  for (int k = lo; k < hi; k++) {
    const int rows = k + 2 <= hi ? 3 : 2;
    const double scale = size_of(x) + size_of(y) + (rows == 3 ? size_of(z) : 0);
    if (scale != 0) {
      x /= scale, y /= scale, z = rows == 3 ? z / scale : 0;
      const double norm = __builtin_sqrt(x * x + y * y + z * z);
      const double head = x > 0 ? -norm : norm;
      /* I - v v^T / beta maps (x, y, z) to (head, 0, 0). */
      const double v0 = x - head, v1 = y, v2 = z, beta = norm * norm - x * head;
      const int from = k > lo ? k - 1 : lo;
      for (int j = from; j <= hi; j++) {
        const double dot = (v0 * A(k, j) + v1 * A(k + 1, j) + (rows == 3 ? v2 * A(k + 2, j) : 0)) / beta;
        A(k, j) -= dot * v0;
        A(k + 1, j) -= dot * v1;
        if (rows == 3) A(k + 2, j) -= dot * v2;
      }
      const int last = k + 3 <= hi ? k + 3 : hi;
      for (int i = lo; i <= last; i++) {
        const double dot = (A(i, k) * v0 + A(i, k + 1) * v1 + (rows == 3 ? A(i, k + 2) * v2 : 0)) / beta;
        A(i, k) -= dot * v0;
        A(i, k + 1) -= dot * v1;
        if (rows == 3) A(i, k + 2) -= dot * v2;
      }
    }
    if (k + 1 < hi) {
      x = A(k + 1, k);
      y = A(k + 2, k);
      z = k + 3 <= hi ? A(k + 3, k) : 0;
    }
    if (k > lo) {
      A(k + 1, k - 1) = 0;
      if (rows == 3) A(k + 2, k - 1) = 0;
    }
  }
}

/* Eigenvalues of a (n x n, overwritten) by the double-shift QR algorithm (Francis 1961): re, im in no order,
   and n more numbers of scratch behind im. NOT_CONVERGED: after 60 n sweeps. */
EXPORT int eigenvalues(int n, double *a, double *re, double *im) {
  int status = CONVERGED;
  double largest = 0;
  for (int i = 0; i < n * n; i++) {
    if (!(size_of(a[i]) < 1e300)) status = NOT_FINITE;
    if (size_of(a[i]) > largest) largest = size_of(a[i]);
  }
  int hi = n - 1, sweeps = 0;
  if (status == CONVERGED && largest > 0) {
    for (int i = 0; i < n * n; i++) a[i] /= largest;
    balance(n, a);
    hessenberg(n, a, im + n);
    int since = 0;
    while (hi >= 0) {
      int lo = hi;
      for (; lo > 0; lo--) {
        double around = size_of(A(lo - 1, lo - 1)) + size_of(A(lo, lo));
        if (around == 0) around = 1;
        if (size_of(A(lo, lo - 1)) <= 2.3e-16 * around) {
          A(lo, lo - 1) = 0;
          break;
        }
      }
      if (lo == hi) {
        re[hi] = A(hi, hi), im[hi] = 0;
        hi--, since = 0;
      } else if (lo == hi - 1) {
        pair(A(lo, lo), A(lo, hi), A(hi, lo), A(hi, hi), re + lo, im + lo);
        hi -= 2, since = 0;
      } else if (++sweeps > 60 * n) {
        status = NOT_CONVERGED;
        break;
      } else {
        double p = A(hi - 1, hi - 1), s = A(hi, hi), qr = A(hi - 1, hi) * A(hi, hi - 1);
        if (++since % 10 == 0) {
          /* An unusual shift breaks a cycle: sum 1.5 off and product off^2, from A(hi, hi). */
          const double off = size_of(A(hi, hi - 1)) + size_of(A(hi - 1, hi - 2));
          p = s = A(hi, hi) + 0.75 * off, qr = -0.4375 * off * off;
        }
        francis(n, a, lo, hi, p, s, qr);
      }
    }
  } else {
    for (int i = 0; i < n; i++) re[i] = im[i] = 0;
  }
  for (int i = 0; i < n; i++) {
    re[i] = status ? __builtin_nan("") : re[i] * largest;
    im[i] = status ? __builtin_nan("") : im[i] * largest;
  }
  return status;
}
