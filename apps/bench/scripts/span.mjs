/** The median, and the least and the largest. */
export function span(list) {
  const sorted = [...list].sort((a, b) => a - b);
  const middle = [Math.floor, Math.ceil].map((round) => sorted[round((sorted.length - 1) / 2)]);
  const [median, low, high] = [(middle[0] + middle[1]) / 2, sorted[0], sorted.at(-1)];
  return `${median.toPrecision(3)} (${low.toPrecision(3)} to ${high.toPrecision(3)})`;
}
