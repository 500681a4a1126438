/** Minimises |A s - b| for each right side b by Householder QR with column pivoting. A and b are given, and
 *  overwritten, by columns. Directions below 1e-10 of the largest count as dependent and get 0. */
export function leastSquares(
  a: Float64Array[],
  b: Float64Array[],
): { solution: Float64Array[]; rank: number } {
  const rows = a[0]?.length ?? 0;
  const pivots = a.map((_, i) => i);
  let largest = 0;
  let rank = 0;
  for (let k = 0; k < Math.min(a.length, rows); k++) {
    let best = k;
    let bestNorm = -1;
    for (let j = k; j < a.length; j++) {
      const norm = normFrom(a[pivots[j]!]!, k);
      if (norm > bestNorm) [best, bestNorm] = [j, norm];
    }
    [pivots[k], pivots[best]] = [pivots[best]!, pivots[k]!];
    largest ||= bestNorm;
    if (!(bestNorm > 1e-10 * largest)) break;
    rank = k + 1;
    const reflector = a[pivots[k]!]!.slice(k);
    reflector[0]! += reflector[0]! < 0 ? -bestNorm : bestNorm;
    const square = normFrom(reflector, 0) ** 2;
    for (const column of [...pivots.slice(k).map((p) => a[p]!), ...b]) reflect(column, reflector, square, k);
  }
  const solution = b.map((side) => {
    const s = new Float64Array(a.length);
    for (let k = rank - 1; k >= 0; k--) {
      let sum = side[k]!;
      for (let j = k + 1; j < rank; j++) sum -= a[pivots[j]!]![k]! * s[pivots[j]!]!;
      s[pivots[k]!] = sum / a[pivots[k]!]![k]!;
    }
    return s;
  });
  return { solution, rank };
}

function reflect(column: Float64Array, reflector: Float64Array, square: number, from: number): void {
  let dot = 0;
  for (let i = 0; i < reflector.length; i++) dot += reflector[i]! * column[from + i]!;
  const factor = (2 * dot) / square;
  for (let i = 0; i < reflector.length; i++) column[from + i]! -= factor * reflector[i]!;
}

function normFrom(column: Float64Array, from: number): number {
  let sum = 0;
  for (let i = from; i < column.length; i++) sum += column[i]! * column[i]!;
  return Math.sqrt(sum);
}
