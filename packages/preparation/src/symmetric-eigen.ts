/** All eigenvalues, largest first, and orthonormal eigenvectors of a symmetric matrix, by cyclic Jacobi
 *  rotations: slow for large matrices, accurate for small ones. */
export function symmetricEigen(matrix: readonly (readonly number[])[]): {
  values: number[];
  vectors: number[][];
} {
  const n = matrix.length;
  const a = matrix.map((row) => Float64Array.from(row));
  const v = matrix.map((_, i) => Float64Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let p = 0; p < n - 1; p++) {
      for (let q = p + 1; q < n; q++) {
        const apq = a[p]![q]!;
        if (Math.abs(apq) <= 1e-17 * Math.sqrt(Math.abs(a[p]![p]! * a[q]![q]!)) || apq === 0) continue;
        rotated = true;
        const theta = (a[q]![q]! - a[p]![p]!) / (2 * apq);
        const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        const c = 1 / Math.sqrt(t * t + 1);
        rotate(a, v, p, q, c, t * c);
      }
    }
    if (!rotated) break;
  }
  const order = a.map((_, i) => i).sort((i, j) => a[j]![j]! - a[i]![i]!);
  return { values: order.map((i) => a[i]![i]!), vectors: order.map((i) => Array.from(v[i]!)) };
}

/** A <- J^T A J; row i of v is the i-th eigenvector so far. */
function rotate(a: Float64Array[], v: Float64Array[], p: number, q: number, c: number, s: number): void {
  const n = a.length;
  for (let k = 0; k < n; k++) {
    const kp = a[k]![p]!;
    const kq = a[k]![q]!;
    a[k]![p] = c * kp - s * kq;
    a[k]![q] = s * kp + c * kq;
  }
  for (const rows of [a, v]) {
    const rowP = rows[p]!;
    const rowQ = rows[q]!;
    for (let k = 0; k < n; k++) {
      const x = rowP[k]!;
      const y = rowQ[k]!;
      rowP[k] = c * x - s * y;
      rowQ[k] = s * x + c * y;
    }
  }
}
