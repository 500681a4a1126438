import { memoised } from "../memoised.ts";

/** R(z) = 1 + z b^T (I - z A)^-1 1 at the complex z = re + i im: what one step does to y' = lambda y, z = h
 *  lambda. Rosenbrock methods pass beta as A. */
export function stabilityFunction(
  a: readonly (readonly number[])[],
  b: readonly number[],
  re: number,
  im: number,
): { re: number; im: number } {
  const s = b.length;
  // Gaussian elimination on the complex matrix I - z A with right-hand side 1.
  const mr = a.map((row, i) => row.map((x, j) => (i === j ? 1 : 0) - re * x));
  const mi = a.map((row) => row.map((x) => -im * x));
  const xr = new Array<number>(s).fill(1);
  const xi = new Array<number>(s).fill(0);
  for (let k = 0; k < s; k++) {
    let p = k;
    for (let i = k + 1; i < s; i++) {
      if (Math.hypot(mr[i]![k]!, mi[i]![k]!) > Math.hypot(mr[p]![k]!, mi[p]![k]!)) p = i;
    }
    for (const rows of [mr, mi, xr, xi] as unknown[][]) [rows[k], rows[p]] = [rows[p], rows[k]];
    const size = mr[k]![k]! ** 2 + mi[k]![k]! ** 2;
    for (let i = 0; i < s; i++) {
      if (i === k) continue;
      const fr = (mr[i]![k]! * mr[k]![k]! + mi[i]![k]! * mi[k]![k]!) / size;
      const fi = (mi[i]![k]! * mr[k]![k]! - mr[i]![k]! * mi[k]![k]!) / size;
      for (let j = k; j < s; j++) {
        mr[i]![j] = mr[i]![j]! - (fr * mr[k]![j]! - fi * mi[k]![j]!);
        mi[i]![j] = mi[i]![j]! - (fr * mi[k]![j]! + fi * mr[k]![j]!);
      }
      const r = xr[k]!;
      xr[i] = xr[i]! - (fr * r - fi * xi[k]!);
      xi[i] = xi[i]! - (fr * xi[k]! + fi * r);
    }
  }
  let sumR = 0;
  let sumI = 0;
  for (let i = 0; i < s; i++) {
    const size = mr[i]![i]! ** 2 + mi[i]![i]! ** 2;
    sumR += (b[i]! * (xr[i]! * mr[i]![i]! + xi[i]! * mi[i]![i]!)) / size;
    sumI += (b[i]! * (xi[i]! * mr[i]![i]! - xr[i]! * mi[i]![i]!)) / size;
  }
  return { re: 1 + re * sumR - im * sumI, im: re * sumI + im * sumR };
}

type Matrices = { readonly a: readonly (readonly number[])[]; readonly b: readonly number[] };

/** The real stability interval: the largest x with |R(-z)| <= 1 for 0 <= z <= x. */
export const realStabilityLimit: (matrices: Matrices) => number = /* @__PURE__ */ memoised(findLimit);

function findLimit({ a, b }: Matrices): number {
  const stable = (x: number) => Math.abs(stabilityFunction(a, b, -x, 0).re) <= 1 + 1e-12;
  let x = 0;
  while (x < 100 && stable(x + 0.05)) x += 0.05;
  let outside = x + 0.05;
  for (let k = 0; k < 30; k++) {
    const middle = (x + outside) / 2;
    if (stable(middle)) x = middle;
    else outside = middle;
  }
  return x;
}
