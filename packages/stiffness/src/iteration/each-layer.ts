import type { Block } from "@stiffnet/kernels";
import type { ProxySpace } from "../proxy.ts";
import type { IterativeMethod, MethodBatch } from "./iterate.ts";

/** Arguments of a kernel for one layer. */
export interface MethodLayer {
  readonly batch: number;
  readonly stride: number;
  readonly effort: number;
  readonly weights: Block;
  readonly slopes: Block;
  readonly vectors: Block;
  readonly values: Block;
  readonly residuals: Block;
  readonly flags: Block;
  /** The blocks of start vectors. */
  readonly start: readonly Block[];
}

type Buffers = Pick<IterativeMethod, "start" | "blocks" | "values" | "residuals" | "flagged">;

/** Runs a kernel layer by layer; returns the sum of the products that it tells. */
export function eachLayer(
  { depth, width, gradient }: ProxySpace,
  terms: number,
  { batch, stride, efforts, weights, slopes, vectors }: MethodBatch,
  { start, blocks, values, residuals, flagged = values }: Buffers,
  run: (layer: MethodLayer) => number,
): number {
  const far = width * stride;
  let products = 0;
  for (let n = 0; n < depth; n++) {
    products += run({
      batch,
      stride,
      effort: efforts.array[n]!,
      weights: weights.at(n * width * width, width * width),
      slopes: slopes.at(n * far, far),
      vectors: vectors.at(gradient ? 3 * terms * n * far : 0),
      values: values.at(n * stride),
      residuals: residuals.at(n * stride),
      flags: flagged.at(n * stride),
      start: Array.from({ length: blocks }, (_, k) => start.at((n * blocks + k) * terms * far)),
    });
  }
  return products;
}
