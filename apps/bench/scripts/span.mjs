// Trials in one cell of a table: the median, and the least and the largest.
export const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
};
export const span = (list) =>
  `${median(list).toPrecision(3)} (${Math.min(...list).toPrecision(3)} to ${Math.max(...list).toPrecision(3)})`;
