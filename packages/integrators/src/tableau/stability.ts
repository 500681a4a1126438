import { DenseLu } from "../direct/dense-lu.ts";
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
  // I - z A as a real matrix of twice the size: the imaginary parts follow the real ones.
  const matrix = new Float64Array(4 * s * s);
  const write = (i: number, j: number, x: number) => {
    matrix[i + 2 * s * j] = x;
  };
  for (let i = 0; i < s; i++) {
    for (let j = 0; j < s; j++) {
      const x = a[i]![j]!;
      write(i, j, Number(i === j) - re * x);
      write(s + i, s + j, Number(i === j) - re * x);
      write(i, s + j, im * x);
      write(s + i, j, -im * x);
    }
  }
  const stages = new Float64Array(2 * s).fill(1, 0, s);
  const lu = new DenseLu(2 * s);
  lu.factor(matrix);
  lu.solve(stages);
  const sum = (from: number) => b.reduce((total, x, i) => total + x * stages[from + i]!, 0);
  const [sumR, sumI] = [sum(0), sum(s)];
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
