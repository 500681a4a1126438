/** Samples that are computed at once. Sums over samples go chunk by chunk, so it is part of the result's last bits. */
export const largestChunk = 64;

/** The smallest multiple of `step` that is at least `count`. */
export function roundUp(count: number, step: number): number {
  return Math.ceil(count / step) * step;
}
