/** Groups of columns that share no row, found greedily in the order of falling column counts: one evaluation
 *  of f then gives the finite differences of a whole group.
 *  @see Curtis, Powell and Reid, On the estimation of sparse Jacobian matrices, 1974 */
export function colourColumns(sparsity: readonly (readonly number[])[], n: number): number[][] {
  const order = sparsity.map((_, j) => j).sort((a, b) => sparsity[b]!.length - sparsity[a]!.length || a - b);
  const groups: number[][] = [];
  const taken: Uint8Array[] = [];
  for (const j of order) {
    const rows = sparsity[j]!;
    let g = 0;
    while (g < groups.length && rows.some((i) => taken[g]![i] === 1)) g++;
    if (g === groups.length) {
      groups.push([]);
      taken.push(new Uint8Array(n));
    }
    groups[g]!.push(j);
    for (const i of rows) taken[g]![i] = 1;
  }
  return groups;
}

/** The pattern of a band: column j holds the rows j - upper .. j + lower. */
export function bandPattern(n: number, lower: number, upper: number): number[][] {
  return Array.from({ length: n }, (_, j) => {
    const rows: number[] = [];
    for (let i = Math.max(0, j - upper); i <= Math.min(n - 1, j + lower); i++) rows.push(i);
    return rows;
  });
}

/** The narrowest band that holds a pattern. */
export function bandOf(sparsity: readonly (readonly number[])[]): { lower: number; upper: number } {
  let lower = 0;
  let upper = 0;
  sparsity.forEach((rows, j) => {
    for (const i of rows) {
      lower = Math.max(lower, i - j);
      upper = Math.max(upper, j - i);
    }
  });
  return { lower, upper };
}
