import { readFileSync } from "node:fs";
import type { JacobianBatch } from "@stiffnet/core";
import { createKernels } from "@stiffnet/kernels";
import { eigenvaluesOf, spectralRadius } from "../src/index.ts";

export interface Case {
  name: string;
  matrix: number[];
  re: number[];
  im: number[];
}
/** Matrices of every kind that is hard for an eigenvalue method, with LAPACK's eigenvalues. */
export const { cases }: { cases: Case[] } = JSON.parse(
  readFileSync(new URL("./reference/matrices.json", import.meta.url), "utf8"),
);
export const radiusOf = (matrix: ArrayLike<number>): number => {
  const { re, im } = eigenvaluesOf(matrix);
  return Math.hypot(re[0]!, im[0]!);
};

/** Values by Arnoldi iteration after `visits` evaluations of the same Jacobians, each starting from the
 *  vectors of the one before. */
export function trackArnoldi(
  jacobians: JacobianBatch,
  visits: number,
  cotangent?: Float32Array,
  options = {},
) {
  const kernels = createKernels();
  const { depth, width, batch } = jacobians;
  const weights = kernels.arena.float32(jacobians.weights.length);
  const slopes = kernels.arena.float32(jacobians.slopes.length);
  const gradWeights = kernels.arena.float32(weights.length);
  const gradSlopes = kernels.arena.float32(slopes.length);
  weights.array.set(jacobians.weights);
  slopes.array.set(jacobians.slopes);
  const bound = spectralRadius({ most: 31, ...options }).bind({
    kernels,
    depth,
    width,
    capacity: batch,
    rows: batch,
    gradient: true,
  });
  const values = new Float32Array(depth * batch);
  const inside = () => ({ ...jacobians, weights: weights.array, slopes: slopes.array });
  for (let visit = 0; visit < visits; visit++) bound.evaluate(inside(), values);
  if (cotangent) bound.pullbackSlopes(inside(), cotangent, gradSlopes.array);
  bound.pullbackWeights(gradWeights.array);
  return {
    values,
    residuals: bound.residuals!(),
    gradWeights: gradWeights.array,
    gradSlopes: gradSlopes.array,
    statistics: bound.statistics!(),
  };
}
