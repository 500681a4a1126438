import type { RandomStream } from "@stiffnet/base";
import { factorise, inverse } from "../gaussian/cholesky.ts";
import { minimise } from "../gaussian/minimise.ts";
import { type LogDensity, uniform } from "./trajectory.ts";

/** The start of a chain. It climbs from a random point to a maximum of the density, `position`. `root` is
 *  Cholesky's factor of the covariance, estimated from the curvature there. From a point further down, the
 *  first steps of a density with small errors would fly off. */
export interface Start {
  readonly position: Float64Array;
  readonly root: number[];
  readonly evaluations: number;
}

export function startOf(density: LogDensity, dimension: number, random: RandomStream): Start {
  let evaluations = 0;
  const objective = (at: Float64Array) => {
    const gradient = new Float64Array(dimension);
    const value = -density(at, gradient);
    evaluations++;
    const finite = Number.isFinite(value);
    return { value: finite ? value : Number.POSITIVE_INFINITY, gradient: gradient.map((g) => -g) };
  };
  const point = () => Float64Array.from({ length: dimension }, () => 4 * uniform(random) - 2);
  let at = point();
  for (let tries = 0; tries < 100 && objective(at).value === Number.POSITIVE_INFINITY; tries++) at = point();
  const box = Array.from(at, () => [-30, 30] as const);
  const position = minimise(objective, at, box, 200);
  const gradientAt = (i: number, by: number) =>
    objective(position.map((value, j) => (i === j ? value + by : value))).gradient;
  const step = 1e-4;
  const slopes = Array.from(position, (_, i) => {
    const before = gradientAt(i, -step);
    return gradientAt(i, step).map((g, j) => (g - before[j]!) / (2 * step));
  });
  return { position, root: rootOf(slopes), evaluations };
}

/** The factor of the curvature's inverse, with so much added to its diagonal that there is one. */
function rootOf(curvature: readonly Float64Array[]): number[] {
  const n = curvature.length;
  for (let ridge = 0.05; ridge < 1e9; ridge *= 4) {
    const matrix = Float64Array.from({ length: n * n }, (_, k) => {
      const [i, j] = [Math.floor(k / n), k % n];
      return (curvature[i]![j]! + curvature[j]![i]!) / 2 + (i === j ? ridge : 0);
    });
    if (!factorise(matrix, n)) continue;
    const covariance = inverse(matrix, n);
    if (factorise(covariance, n)) return lowerOf(covariance, n);
  }
  return Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 : 0));
}

/** A factor with zeros in its upper half. */
export function lowerOf(factor: Float64Array, n: number): number[] {
  return Array.from(factor, (value, k) => (k % n > Math.floor(k / n) ? 0 : value));
}
