/** Names of the proxies as they stand in a record, for readers. */
const labels: Readonly<Record<string, string>> = {
  spectralRadius: "spectral radius",
  largestSingularValue: "largest singular value",
  frobenius: "Frobenius norm",
  eigenRatio: "stiffness ratio |l1| / |ln|",
  singularRatio: "singular ratio s1 / sn",
};

export function proxyLabel(name: string): string {
  return labels[name] ?? name;
}

/** Ratios have no unit and another size; medians are told of them, one tiny eigenvalue makes their mean. */
export function isRatio(name: string): boolean {
  return name.endsWith("Ratio");
}
