/** Epochs from the first to the last, at about equal ratios. */
export function pointsOf(epochs: number, count: number): number[] {
  const at = Array.from({ length: count }, (_, k) =>
    Math.round(count === 1 ? epochs : epochs ** (k / (count - 1))),
  );
  return [...new Set(at)];
}
